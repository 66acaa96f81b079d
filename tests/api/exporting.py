"""Asking for an export and following its link."""

import csv
import io
from typing import Any
from urllib.parse import urlsplit

from tests.clients import Api

EXPORT = """mutation ($filter: CustomerFilter) { customerExport(input: {filter: $filter}) {
  export { url expiresAt columns } userErrors { code }
} }"""


async def export(api: Api, person: str, chosen: dict[str, Any] | None = None) -> dict[str, Any]:
    """A new export: its link, when it ends, its columns."""
    payload = (await api.ask(person, EXPORT, filter=chosen)).ok()["customerExport"]
    assert payload["userErrors"] == []
    return payload["export"]


def path_of(url: str) -> str:
    """A link without scheme and host, to be followed on the server of the test."""
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}"


async def rows_of(api: Api, url: str) -> list[list[str]]:
    """The file behind a link, as a spreadsheet reads it."""
    response = await api.http.get(path_of(url))
    assert response.status_code == 200, response.text
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    return list(csv.reader(io.StringIO(response.text, newline=""), strict=True))
