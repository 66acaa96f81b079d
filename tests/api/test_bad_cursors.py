"""Cursors that no server gave out, or that somebody took apart and put together again (conventions: Ids and lists)."""

from base64 import urlsafe_b64decode, urlsafe_b64encode

import pytest

from tests.clients import Api

AGENT = "sales-agent@litware"


@pytest.mark.parametrize("cursor", ["", "x", "W10", "====", "é", "\x00", "bnVsbA", "e30", "WzFd", "A" * 5000])
async def test_a_cursor_that_is_none_is_bad_input(api: Api, cursor: str):
    document = "query ($c: String) { customers(after: $c) { nodes { id } } }"
    answer = await api.ask(AGENT, document, c=cursor)
    assert (answer.data, answer.codes) == ({"customers": None}, ["BAD_USER_INPUT"])


KEY = "0" * 32
FORGED = [
    ("company_name", []),
    ("company_name", ["a\x00b", KEY]),
    ("company_name", ["a"]),
    ("company_name", ["a", "no uuid"]),
    ("company_name", ["a", ""]),
    ("company_name", ["a", KEY, KEY]),
    ("company_name", ["\udce9", KEY]),
    ("created_at", ["yesterday", KEY]),
    ("created_at", ["2024-01-01T00:00:00", KEY]),
    ("created_at", ["0001-01-01T00:00:00+14:00", KEY]),
    ("created_at", ["9999-12-31T23:59:59-14:00", KEY]),
    ("created_at", ["1704067200", KEY]),
]


@pytest.mark.parametrize(("order", "values"), FORGED, ids=str)
async def test_a_cursor_that_was_tampered_with_is_bad_input(api: Api, order: str, values: list[str]):
    """Taken apart and put together again with other values: refused, whatever they are."""
    document = """query ($after: String, $order: CustomerOrder) {
      customers(first: 1, after: $after, orderBy: $order) { edges { cursor } }
    }"""
    by = {"field": order.upper()}
    own = (await api.ask(AGENT, document, order=by)).ok()["customers"]["edges"][0]["cursor"]
    listing, *known = urlsafe_b64decode(own + "=" * (-len(own) % 4)).decode().split("\0")
    assert len(known) == 2

    def put_together(parts: list[str]) -> str:
        text = "\0".join([listing, *parts])
        return urlsafe_b64encode(text.encode(errors="surrogateescape")).rstrip(b"=").decode()

    (await api.ask(AGENT, document, order=by, after=put_together(known))).ok()
    answer = await api.ask(AGENT, document, order=by, after=put_together(values))
    assert (answer.data, answer.codes) == ({"customers": None}, ["BAD_USER_INPUT"])
