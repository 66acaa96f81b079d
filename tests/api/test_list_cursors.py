"""Cursors: stable while the list changes, refused where they do not belong; page sizes that are none."""

from base64 import b64decode, b64encode
from typing import Any
from uuid import UUID

import pytest

from tests.api.customers import created, form
from tests.api.listing import ORDERS, PAGE, ids, page
from tests.clients import Api

AGENT = "admin-agent@proseware"
READER = "sales-agent@litware"
DELETE = "mutation ($id: ID!) { customerDelete(input: {customerId: $id}) { deletedCustomerId } }"
LOG = "query ($after: String, $first: Int) { activityLog(after: $after, first: $first) { edges { cursor } } }"
BELOW = """query ($after: String, $first: Int) {
  customers(first: 1) { nodes { activity(first: $first, after: $after) { edges { cursor } } } }
}"""


async def test_a_cursor_survives_inserts_and_the_deletion_of_its_own_row(fresh_api: Api):
    """conventions: opaque, stable under inserts and deletes."""
    made = {}
    for name in ("Aardvark B", "Aardvark D", "Aardvark F", "Aardvark H"):
        made[name[-1]] = (await created(fresh_api, AGENT, form(changes={"companyName": name})))["id"]
    narrowed = {"filter": {"search": "aardvark"}}
    first = await page(fresh_api, AGENT, first=2, **narrowed)
    assert ids(first) == [made["B"], made["D"]]
    for name in ("Aardvark A", "Aardvark E"):
        made[name[-1]] = (await created(fresh_api, AGENT, form(changes={"companyName": name})))["id"]
    (await fresh_api.ask(AGENT, DELETE, id=made["D"])).ok()
    rest = await page(fresh_api, AGENT, first=10, after=first["pageInfo"]["endCursor"], **narrowed)
    assert ids(rest) == [made["E"], made["F"], made["H"]]
    back = await page(fresh_api, AGENT, last=10, before=first["pageInfo"]["endCursor"], **narrowed)
    assert ids(back) == [made["A"], made["B"]]


@pytest.mark.parametrize("order", ORDERS)
async def test_a_cursor_whose_key_has_hyphens_is_read_as_when_it_was_given_out(api: Api, order: dict[str, Any]):
    """Decision 27: cursors were so before; clients may hold them from then."""
    cursor = (await page(api, READER, first=3, order=order))["pageInfo"]["endCursor"]
    *rest, key = b64decode(cursor).decode().split("\0")
    before = b64encode("\0".join([*rest, str(UUID(key))]).encode()).decode()
    assert "-" not in key
    assert before != cursor
    rows = ids(await page(api, READER, first=3, after=before, order=order))
    assert rows
    assert rows == ids(await page(api, READER, first=3, after=cursor, order=order))


@pytest.mark.parametrize("argument", ["after", "before"])
async def test_a_cursor_of_another_order_or_list_is_refused(api: Api, argument: str):
    """conventions: refused with a clear error; its own order takes it."""
    size = {"after": "first", "before": "last"}[argument]
    for own in ORDERS:
        cursor = (await page(api, READER, first=1, order=own))["pageInfo"]["endCursor"]
        for order in ORDERS:
            answer = await api.ask(READER, PAGE, order=order, **{argument: cursor, size: 1})
            if order == own:
                answer.ok()
                continue
            assert (answer.data, answer.codes) == ({"customers": None}, ["BAD_USER_INPUT"])
            assert f"`{argument}`" in answer.errors[0]["message"]
    log = (await api.ask(READER, LOG, first=1)).ok()["activityLog"]["edges"][0]["cursor"]
    assert (await api.ask(READER, PAGE, **{argument: log})).codes == ["BAD_USER_INPUT"]
    (await api.ask(READER, LOG, after=log)).ok()
    assert (await api.ask(READER, BELOW, after=log)).codes == ["BAD_USER_INPUT"]
    assert (await api.ask(READER, LOG, after=cursor)).codes == ["BAD_USER_INPUT"]


@pytest.mark.parametrize(
    "window",
    [
        {"first": 0},
        {"last": 0},
        {"first": -1},
        {"last": -5},
        {"first": 501},
        {"last": 501},
        {"first": 2**31 - 1},
        {"first": 10, "last": 10},
    ],
    ids=str,
)
async def test_a_page_size_that_is_none_is_an_error(api: Api, window: dict[str, Any]):
    """conventions: 0, negative, more than 500 or both at once is an error, not a smaller page."""
    answer = await api.ask(READER, PAGE, **window)
    assert (answer.data, answer.codes) == ({"customers": None}, ["BAD_USER_INPUT"])
    assert all(f"`{name}`" in answer.errors[0]["message"] for name in window)


@pytest.mark.parametrize("first", [0, -1, 501])
async def test_nested_lists_and_the_log_have_the_same_sizes(api: Api, first: int):
    assert (await api.ask(READER, LOG, first=first)).codes == ["BAD_USER_INPUT"]
    answer = await api.ask(READER, BELOW, first=first)
    assert answer.codes == ["BAD_USER_INPUT"]
    assert answer.data["customers"]["nodes"] == [{"activity": None}]
