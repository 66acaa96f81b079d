"""No N+1: a list of 50 asks the database as often as a list of 1, and what is not selected is not asked for."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from hypothesis import example, given, settings

from tests.api.portfolio import fill_up
from tests.api.selections import selections, whole
from tests.clients import Api
from tests.statements import statements_sent

AGENT = "sales-agent@fabrikam"


@pytest_asyncio.fixture(scope="module")
async def provider(api: Api) -> AsyncIterator[Api]:
    """A provider whose fifty newest customers each have everything: reseller, agreement, domain, line in the log."""
    await fill_up(api, "fabrikam", 50, "tailspin")
    yield api


async def count(api: Api, document: str) -> int:
    """Statements behind an answer without errors."""
    await api.token(AGENT)
    with statements_sent() as sent:
        answer = await api.ask(AGENT, document)
    answer.ok()
    return len(sent)


def newest(number: int, selection: str) -> str:
    return f"{{ customers(first: {number}, orderBy: {{field: CREATED_AT, direction: DESC}}) {selection} }}"


@settings(max_examples=30, derandomize=True)
@example(selection=whole("Customer"))
@given(selection=selections("Customer"))
async def test_fifty_customers_cost_what_one_costs(provider: Api, selection: str):
    """Whatever is selected, nested lists and objects included."""
    nodes = f"{{ nodes {selection} }}"
    assert await count(provider, newest(50, nodes)) == await count(provider, newest(1, nodes))


@settings(max_examples=10, derandomize=True)
@example(selection=whole("ActivityRecord"))
@given(selection=selections("ActivityRecord"))
async def test_fifty_lines_of_the_log_cost_what_one_costs(provider: Api, selection: str):
    log = "{{ activityLog(first: {}) {{ nodes {} }} }}"
    assert await count(provider, log.format(50, selection)) == await count(provider, log.format(1, selection))


@settings(max_examples=10, derandomize=True)
@example(selection=whole("Customer"))
@given(selection=selections("Customer"))
async def test_fifty_nodes_cost_what_one_costs(provider: Api, selection: str):
    """`nodes`: one statement for each type among the ids."""
    rows = (await provider.ask(AGENT, newest(50, "{ nodes { id } }"))).ok()["customers"]["nodes"]
    listed = ['"' + row["id"] + '"' for row in rows]
    document = "{{ nodes(ids: [{}]) {{ ... on Customer {} }} }}"
    many = await count(provider, document.format(" ".join(listed), selection))
    assert many == await count(provider, document.format(listed[0], selection))


async def test_everything_of_a_customer_is_a_handful_of_statements(provider: Api):
    """An upper bound, so that the number cannot creep up unseen: one for each table behind what is selected."""
    assert await count(provider, newest(50, f"{{ nodes {whole('Customer', 2)} }}")) <= 15


@pytest.mark.parametrize(
    ("selection", "cost"),
    [
        ("{ __typename }", 0),
        ("{ totalCount }", 1),
        ("{ nodes { id companyName companyProfile { domain } } }", 1),
        ("{ edges { cursor } }", 1),
        ("{ pageInfo { hasNextPage endCursor } }", 1),
        ("{ nodes { id } edges { cursor node { id } } pageInfo { hasNextPage startCursor } }", 1),
        ("{ nodes { id } pageInfo { hasNextPage } totalCount }", 2),
        ("{ nodes { contact { email } address { city } billingProfile { etag } } }", 2),
    ],
)
async def test_what_is_not_selected_costs_nothing(provider: Api, selection: str, cost: int):
    """conventions: `totalCount` and `pageInfo` cost nothing when they are not selected."""
    assert await count(provider, newest(50, selection)) == cost
