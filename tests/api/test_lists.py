"""Pages of the customer list in every order and both directions, against the rows of the database (invariant 8)."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.api.listing import ORDERS, Listed, ids, in_order, listed, page
from tests.clients import Api

AGENT = "sales-agent@litware"
ITALIAN = {"country": ["IT"]}
# Everything at litware: some 1 200 customers; the Italian ones: some 280; one name.
FILTERS: list[tuple[dict[str, Any] | None, Any]] = [
    (None, lambda customer: True),
    (ITALIAN, lambda customer: customer.country == "IT"),
    ({"search": "trey"}, lambda customer: customer.name.startswith("Trey")),
]


@pytest_asyncio.fixture(scope="module")
async def customers(api: Api) -> AsyncIterator[list[Listed]]:
    yield await listed(api, "litware")


@pytest.mark.parametrize("order", ORDERS, ids=lambda order: f"{order['field']}-{order['direction']}")
@pytest.mark.parametrize("forward", [True, False], ids=["first", "last"])
async def test_the_pages_make_up_the_whole_list(api: Api, customers: list[Listed], order: Any, forward: bool):
    """conventions: order is the folded name (or the time), then the id; pages of 500 from either end."""
    expected = in_order(customers, order, lambda customer: True)
    found: list[str] = []
    cursor = None
    while True:
        window = {"first": 500, "after": cursor} if forward else {"last": 500, "before": cursor}
        connection = await page(api, AGENT, order=order, **window)
        found = found + ids(connection) if forward else ids(connection) + found
        info = connection["pageInfo"]
        assert connection["totalCount"] == len(expected)
        cursors = [edge["cursor"] for edge in connection["edges"]]
        assert (info["startCursor"], info["endCursor"]) == (cursors[0], cursors[-1])
        cursor = info["endCursor"] if forward else info["startCursor"]
        if not info["hasNextPage" if forward else "hasPreviousPage"]:
            break
    assert found == expected


@settings(max_examples=25, derandomize=True)
@given(data=st.data())
async def test_any_window_is_a_slice_of_the_list(api: Api, customers: list[Listed], data: st.DataObject):
    """Any size, from either end, behind and ahead of any row, under any filter, in any order."""
    order = data.draw(st.sampled_from(ORDERS))
    chosen, matches = data.draw(st.sampled_from(FILTERS))
    whole = in_order(customers, order, matches)
    after = data.draw(st.none() | st.integers(0, len(whole) - 1))
    before = data.draw(st.none() | st.integers(0, len(whole) - 1))
    size = data.draw(st.sampled_from([1, 2, 3, 40, 499, 500]))
    forward = data.draw(st.booleans())
    between = whole[after + 1 if after is not None else 0 : before]
    expected = between[:size] if forward else between[-size:]
    connection = await page(
        api,
        AGENT,
        filter=chosen,
        order=order,
        **{"first" if forward else "last": size},
        after=await _cursor(api, chosen, order, whole, after),
        before=await _cursor(api, chosen, order, whole, before),
    )
    assert ids(connection) == expected
    assert connection["totalCount"] == len(whole)
    more = len(between) > size
    info = connection["pageInfo"]
    assert (info["hasNextPage"], info["hasPreviousPage"]) == (
        (more, after is not None) if forward else (before is not None, more)
    )


async def _cursor(api: Api, chosen: Any, order: Any, whole: list[str], position: int | None) -> str | None:
    """The cursor of the row at a position: learnt by walking there in the largest steps."""
    cursor = None
    while position is not None:
        connection = await page(api, AGENT, filter=chosen, order=order, first=min(position + 1, 500), after=cursor)
        cursor = connection["pageInfo"]["endCursor"]
        position = position - 500 if position >= 500 else None
    return cursor


@settings(max_examples=8, derandomize=True)
@given(size=st.integers(7, 500), forward=st.booleans(), order=st.sampled_from(ORDERS))
async def test_pages_of_any_size_concatenate_to_the_whole(
    api: Api, customers: list[Listed], size: int, forward: bool, order: Any
):
    """customers.md, invariant 8, over page sizes and directions: no duplicates, nothing left out."""
    expected = in_order(customers, order, FILTERS[1][1])
    found: list[str] = []
    cursor = None
    while len(found) < len(expected):
        window = {"first": size, "after": cursor} if forward else {"last": size, "before": cursor}
        connection = await page(api, AGENT, filter=ITALIAN, order=order, **window)
        assert ids(connection)
        found = found + ids(connection) if forward else ids(connection) + found
        cursor = connection["pageInfo"]["endCursor" if forward else "startCursor"]
    assert found == expected
    assert connection["pageInfo"]["hasNextPage" if forward else "hasPreviousPage"] is False


async def test_forty_rows_by_name_when_nothing_is_said(api: Api, customers: list[Listed]):
    """conventions: `first` is 40 by default; an order without its parts is the default order."""
    expected = in_order(customers, ORDERS[0], lambda customer: True)[:40]
    for order in (None, {}, {"field": "COMPANY_NAME"}):
        assert ids(await page(api, AGENT, order=order)) == expected
    connection = await page(api, AGENT, before=(await page(api, AGENT))["pageInfo"]["endCursor"])
    assert ids(connection) == expected[:39]


async def test_an_empty_list_has_no_cursors(api: Api):
    connection = await page(api, AGENT, filter={"search": "no such company"})
    assert connection == {
        "totalCount": 0,
        "edges": [],
        "nodes": [],
        "pageInfo": {"hasNextPage": False, "hasPreviousPage": False, "startCursor": None, "endCursor": None},
    }
