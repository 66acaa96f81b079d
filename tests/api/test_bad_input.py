"""Whatever stands in whatever argument: a clear answer, never INTERNAL, never HTTP 500 (settled: malformed values)."""

import json
import re
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.api.arguments import leaves, replaced, requests
from tests.api.customers import some_customer
from tests.api.hostile import OTHERS, TEXTS, anything, deep, texts
from tests.clients import Answer, Api

AGENT = "admin-agent@litware"
# By mutation, who may send what no partner may.
CUSTOMERS_AFFAIRS = dict.fromkeys(
    ("subscriptionOwnerAssign", "subscriptionOwnerRemove", "reservationPurchase"), "customer-admin@alpineskihouse"
)
FIELDS = sorted(requests("", ""))
PLACES = [(field, path) for field in FIELDS for path in leaves(requests("", "")[field][2])]
# Codes of a fault of the request; a denial cannot happen to an admin agent of a direct-bill partner.
CLEAR = {"BAD_USER_INPUT", "GRAPHQL_VALIDATION_FAILED", "GRAPHQL_PARSE_FAILED", "AUDIT_RANGE_TOO_OLD"}
Target = tuple[str, str]


@pytest_asyncio.fixture(scope="module")
async def target(api: Api) -> AsyncIterator[Target]:
    customer = await some_customer(api, AGENT, "Trey Research")
    yield customer["id"], customer["billingProfile"]["etag"]


async def call(api: Api, target: Target, field: str, path: tuple[Any, ...], value: Any) -> Answer:
    declared, selection, arguments = requests(*target)[field]
    names = re.findall(r"\$(\w+)", declared)
    kind = "mutation" if "input" in names else "query"
    passed = ", ".join(f"{name}: ${name}" for name in names)
    document = f"{kind} ({declared}) {{ {field}({passed}) {selection} }}"
    token = await api.token(CUSTOMERS_AFFAIRS.get(field, AGENT))
    return await api.send(document, replaced(arguments, path, value), {"Authorization": f"Bearer {token}"})


def assert_clear(answer: Answer, longest: int = 0) -> None:
    assert answer.status == 200
    assert set(answer.codes) <= CLEAR, answer.errors
    # Quotes a text at most, never a list or an object as a whole.
    assert all(0 < len(error["message"]) < 1000 + longest for error in answer.errors)
    if not answer.errors:
        for payload in answer.data.values():
            for error in (payload or {}).get("userErrors", []) if isinstance(payload, dict) else []:
                assert error["code"]
                assert 0 < len(error["message"]) < 1000
                assert "\x00" not in error["message"]


def text_length(value: Any) -> int:
    return len(value) if isinstance(value, str) else 0


async def test_the_arguments_without_a_fault_are_none(api: Api, target: Target):
    """What the other tests start from is right, so that each of their faults stands alone."""
    for field in FIELDS:
        path, *_ = leaves(requests(*target)[field][2])
        value = requests(*target)[field][2][path[0]]
        assert (await call(api, target, field, path, value)).errors == []


@pytest.mark.parametrize("field", FIELDS)
async def test_the_known_nasty_values_everywhere(api: Api, target: Target, field: str):
    """Each value of the list in turn, so that every place meets a part and every value meets every root field."""
    places = [path for name, path in PLACES if name == field]
    values = [*TEXTS, *OTHERS, deep(200)]
    for number, value in enumerate(values):
        assert_clear(await call(api, target, field, places[number % len(places)], value), text_length(value))


@pytest.mark.parametrize("value", ["a\x00b", "x" * 10_000], ids=["NUL", "10 kB"])
async def test_what_databases_choke_on_everywhere(api: Api, target: Target, value: str):
    """PostgreSQL takes no U+0000 in a text; an index no long key."""
    for field, path in PLACES:
        assert_clear(await call(api, target, field, path, value), text_length(value))


@settings(max_examples=150, derandomize=True)
@given(place=st.sampled_from(PLACES), value=anything)
async def test_any_value_anywhere(api: Api, target: Target, place: Any, value: Any):
    field, path = place
    assert_clear(await call(api, target, field, path, value), text_length(value))


@settings(max_examples=80, derandomize=True)
@given(place=st.sampled_from([place for place in PLACES if not isinstance(place[1][-1], int)]), value=texts)
async def test_any_text_anywhere(api: Api, target: Target, place: Any, value: str):
    """Texts get past the parser and into the rules and the database."""
    field, path = place
    assert_clear(await call(api, target, field, path, value), text_length(value))


@pytest.mark.parametrize(
    "literal",
    [
        "1" + "0" * 400,
        "-1" + "0" * 400,
        "9" * 5000,
        "1e999",
        "2147483648",
        "1.5",
        '"1"',
        "ASC",
        "null null",
        "[1]",
        "{}",
        "true",
        "$x",
    ],
)
async def test_numbers_that_are_none_in_the_document(api: Api, literal: str):
    """A literal of the wrong type fails before anything runs."""
    answer = await api.ask(AGENT, f"{{ customers(first: {literal}) {{ nodes {{ id }} }} }}")
    assert "data" not in answer.body
    assert_clear(answer, len(literal))
    # The library tells no place of a list or an object.
    assert "locations" in answer.errors[0] or literal in ("[1]", "{}")


@pytest.mark.parametrize(
    ("variables", "about"),
    [
        ({"first": "1"}, "first"),
        ({"first": 1.5}, "first"),
        ({"first": 2**31}, "first"),
        ({"first": True}, "first"),
        ({"after": 1}, "after"),
        ({"filter": {"createdAfter": "yesterday"}}, "createdAfter"),
        ({"filter": {"createdAfter": 0}}, "createdAfter"),
        ({"filter": {"createdAfter": "2024-01-01T00:00:00"}}, "createdAfter"),
        ({"filter": {"createdAfter": "0001-01-01T00:00:00+14:00"}}, "is not an instant"),
        ({"filter": {"country": [None]}}, "country"),
        ({"filter": {"country": 1}}, "country"),
        ({"filter": {"name": "x"}}, "name"),
        ({"filter": "x"}, "filter"),
        ({"orderBy": {"field": "NAME"}}, "NAME"),
        ({"orderBy": {"field": "company_name"}}, "company_name"),
        ({"orderBy": {"direction": None}}, "direction"),
    ],
    ids=json.dumps,
)
async def test_a_variable_of_the_wrong_type_is_refused_by_name(api: Api, variables: dict[str, Any], about: str):
    """conventions: top-level error, nothing runs, the message names the place."""
    document = """query ($first: Int, $after: String, $filter: CustomerFilter, $orderBy: CustomerOrder) {
      customers(first: $first, after: $after, filter: $filter, orderBy: $orderBy) { nodes { id } }
    }"""
    answer = await api.ask(AGENT, document, **variables)
    assert "data" not in answer.body
    assert answer.codes == ["BAD_USER_INPUT"]
    assert about in answer.errors[0]["message"]


@pytest.mark.parametrize("country", ["ZZ", "it", "", "ITA", "\x00", "I" * 5000])
async def test_a_country_that_is_none_in_a_filter_is_bad_input(api: Api, country: str):
    """Settled: a country in a query's argument is written by a program: BAD_USER_INPUT, the field null."""
    document = "query ($c: [CountryCode!]) { customers(filter: {country: $c}) { totalCount } }"
    answer = await api.ask(AGENT, document, c=[country])
    assert (answer.data, answer.codes) == ({"customers": None}, ["BAD_USER_INPUT"])
