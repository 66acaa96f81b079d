"""The customer list as CSV: the rows of the query, safe in a spreadsheet (customers.md 2.5, 9.11)."""

from typing import Any

import pytest

from clientela.app import create_app
from tests.api.customers import UPDATE_PROFILE, audited, profile, some_customer
from tests.api.exporting import EXPORT, export, path_of, rows_of
from tests.clients import Api

AGENT = "admin-agent@contoso"
COLUMNS = ["Microsoft ID", "Company name", "Primary domain name", "Relationship"]
LISTED = """query ($filter: CustomerFilter, $after: String) { customers(first: 500, after: $after, filter: $filter) {
  nodes { tenantId companyName domain relationship { relationshipToPartner } } pageInfo { hasNextPage endCursor }
} }"""


async def listed(api: Api, person: str, chosen: dict[str, Any] | None) -> list[list[str]]:
    """The same rows by the query, in its order."""
    rows: list[list[str]] = []
    after = None
    while True:
        found = (await api.ask(person, LISTED, filter=chosen, after=after)).ok()["customers"]
        rows += [
            [
                node["tenantId"],
                node["companyName"],
                node["domain"],
                node["relationship"]["relationshipToPartner"].capitalize(),
            ]
            for node in found["nodes"]
        ]
        if not found["pageInfo"]["hasNextPage"]:
            return rows
        after = found["pageInfo"]["endCursor"]


@pytest.mark.parametrize(
    ("person", "chosen"),
    [
        (AGENT, None),
        (AGENT, {}),
        (AGENT, {"search": "co"}),
        (AGENT, {"search": "CO", "createdAfter": "2024-06-01T00:00:00+02:00"}),
        (AGENT, {"search": "nothing begins so"}),
        (AGENT, {"partnerId": "partner_0"}),
        ("admin-agent@litware", {"country": ["IT", "GR", "BG"]}),
        ("admin-agent@litware", {"country": ["IT", "GR"], "search": "al"}),
        ("admin-agent@tailspin", None),
    ],
    ids=str,
)
async def test_the_file_holds_the_rows_of_the_query(api: Api, person: str, chosen: dict[str, Any] | None):
    """customers.md 9.11, invariant 8: the whole list or the filtered part, in the query's order, four columns."""
    made = await export(api, person, chosen)
    header, *rows = await rows_of(api, made["url"])
    assert header == made["columns"] == COLUMNS
    assert rows == await listed(api, person, chosen)


NAMES = [
    ("=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0"),
    ("+39 Sistemi", "'+39 Sistemi"),
    ("-Minus- GmbH", "'-Minus- GmbH"),
    ("@home", "'@home"),
    ('"Quoted", Inc.', '"Quoted", Inc.'),
    ("Plain; semi, comma", "Plain; semi, comma"),
    ("'=apostrophe", "'=apostrophe"),
    ("Ünïcode 🏔 Ski", "Ünïcode 🏔 Ski"),
]


async def test_no_cell_is_run_by_a_spreadsheet(api: Api):
    """customers.md 2.6 [D]: leading = + - @ neutralised, RFC 4180 quoting, UTF-8."""
    person = "admin-agent@proseware"
    for name, cell in NAMES:
        customer = (await api.ask(person, "{ customers(first: 1) { nodes { id } } }")).ok()["customers"]["nodes"][0]
        known = (
            await api.ask(
                person, "query ($i: ID!) { customer(id: $i) { tenantId billingProfile { etag } } }", i=customer["id"]
            )
        ).ok()["customer"]
        update = {
            "customerId": customer["id"],
            "etag": known["billingProfile"]["etag"],
            "billingProfile": profile(companyName=name),
        }
        assert (await api.ask(person, UPDATE_PROFILE, input=update)).ok()["customerUpdateBillingProfile"]["customer"]
        rows = await rows_of(api, (await export(api, person))["url"])
        assert [row[1] for row in rows if row[0] == known["tenantId"]] == [cell]


async def test_lines_end_as_rfc_4180_says(api: Api):
    response = await api.http.get(path_of((await export(api, "admin-agent@proseware"))["url"]))
    assert response.content.endswith(b"\r\n")
    assert response.content.count(b"\r\n") == response.content.count(b"\n")
    assert response.headers["Content-Disposition"] == 'attachment; filename="customers.csv"'
    assert response.headers["Cache-Control"] == "no-store"


async def test_the_export_is_in_the_log_with_its_filter(api: Api):
    """conventions: a successful mutation writes one line."""
    answer = await api.ask(AGENT, EXPORT, filter={"search": "co", "country": ["US"]})
    (line,) = await audited(api, answer)
    assert (line.operation, line.status) == ("export_customers", "succeeded")
    await some_customer(api, AGENT, "Wingtip")
    document = """{ activityLog(first: 1, filter: {operation: ["export_customers"]}) {
      nodes { correlationId changes { field newValue redacted } }
    } }"""
    (logged,) = (await api.ask(AGENT, document)).ok()["activityLog"]["nodes"]
    assert logged["correlationId"] == answer.headers["X-Correlation-Id"]
    (change,) = logged["changes"]
    assert (change["field"], change["redacted"]) == ("filter", False)
    assert change["newValue"]["search"] == "co"
    assert "US" in str(change["newValue"])


async def test_an_id_that_names_nothing_is_not_copied_into_the_log(api: Api):
    """Any string is an ID, of any length; the log says that there was one, and nothing comes of it."""
    for nothing in ("x", "a\x00b", "x" * 100_000):
        answer = await api.ask(AGENT, EXPORT, filter={"partnerId": nothing})
        assert answer.ok()["customerExport"]["userErrors"] == []
        correlation_id = answer.headers["X-Correlation-Id"]
        (row,) = await api.rows("select changes from activity_record where correlation_id = :id", id=correlation_id)
        assert "partnerId" in str(row.changes)
        assert len(str(row.changes)) < 200


async def test_many_rows_come_in_many_pieces(api: Api):
    """Streamed from the database: no piece grows with the number of rows."""
    made = await export(api, AGENT)
    pieces: list[bytes] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        pieces.append(message.get("body", b""))

    path, _, query = path_of(made["url"]).partition("?")
    scope = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.4"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "headers": [(b"host", b"127.0.0.1")],
        "server": ("127.0.0.1", 80),
        "client": ("127.0.0.1", 1),
        "root_path": "",
    }
    # A second server on the same database and with the same key: links are no server's own.
    app = create_app(api.settings, api.clock)
    async with app.router.lifespan_context(app):
        await app(scope, receive, send)
    lengths = [piece.count(b"\r\n") for piece in pieces]
    assert sum(lengths) == 1 + len(await listed(api, AGENT, None))
    assert sum(lengths) > 1200
    assert max(lengths) <= 1001
