"""How large a document may be, and what an operation costs (issue 5, Limits)."""

from typing import Any

import pytest
from graphql import GraphQLError, parse
from hypothesis import given
from hypothesis import strategies as st

from execution.limits import Limits, measure
from tests.execution.bookshop.schema import build
from tests.execution.conftest import Bookshop

SCHEMA = build()._schema
DOUBLING = " ".join(f"fragment F{level} on Query {{ ...F{level + 1} ...F{level + 1} }}" for level in range(25))
BOMB = f"{{ ...F0 }} {DOUBLING} fragment F25 on Query {{ __typename }}"


def asked(text: str, **variables: Any) -> int:
    """What the only operation of a document costs."""
    (cost,) = measure(SCHEMA, parse(text), Limits()).values()
    return cost.asked(variables)


@pytest.mark.parametrize(
    ("text", "variables", "cost"),
    [
        ("{ __typename }", {}, 0),
        ("{ author { name } }", {}, 1),
        ("{ authors(first: 3) { totalCount } }", {}, 1),
        ("{ authors(first: 3) { nodes { name } } }", {}, 1 + 3),
        ("{ authors { nodes { name } } }", {}, 1 + 40),
        ("{ authors(first: 3) { edges { node { name } } } }", {}, 1 + 3 * 2),
        ("{ authors(first: 3) { nodes { books(first: 5) { nodes { title } } } } }", {}, 1 + 3 * (1 + 1 + 5)),
        ("{ authors(first: 3) { nodes { bibliography { title } } } }", {}, 1 + 3 * (1 + 5)),
        ("query ($n: Int) { authors(first: $n) { nodes { name } } }", {"n": 7}, 1 + 7),
        ("query ($n: Int) { authors(first: $n) { nodes { name } } }", {}, 1 + 40),
        ("query ($n: Int = 9) { authors(first: $n) { nodes { name } } }", {}, 1 + 9),
        ("query ($n: Int = 9) { authors(first: $n) { nodes { name } } }", {"n": None}, 1 + 40),
        ("query ($n: Int) { authors(first: $n) { nodes { name } } }", {"n": 10**9}, 1 + 500),
        ("query ($n: Int) { authors(first: $n) { nodes { name } } }", {"n": "many"}, 1 + 40),
        ("query ($f: Int, $l: Int) { authors(first: $f, last: $l) { nodes { name } } }", {"f": None, "l": 2}, 1 + 2),
        (
            "query ($n: Int) { authors(first: $n) { ...P } } "
            "fragment P on AuthorConnection { nodes { books(first: $n) { nodes { title } } } }",
            {"n": 4},
            1 + 4 * (1 + 1 + 4),
        ),
        ('mutation { a: note(step: "1") { steps } b: note(step: "2") { steps } }', {}, 2 * 11),
    ],
)
def test_cost_knows_page_sizes_and_multiplies_down_lists(text: str, variables: dict[str, Any], cost: int):
    assert asked(text, **variables) == cost


@given(sizes=st.lists(st.integers(1, 500), min_size=2, max_size=2), use=st.lists(st.booleans(), min_size=2, max_size=2))
def test_a_page_size_costs_the_same_as_a_literal_and_as_a_variable(sizes: list[int], use: list[bool]):
    first, second = (f"${name}" if by else str(size) for name, size, by in zip("ab", sizes, use, strict=True))
    books = f"books(first: {second}) {{ nodes {{ title }} }}"
    text = f"{{ authors(first: {first}) {{ nodes {{ {books} }} }} }}"
    assert asked(f"query ($a: Int, $b: Int) {text}", a=sizes[0], b=sizes[1]) == 1 + sizes[0] * (2 + sizes[1])


@pytest.mark.parametrize(
    ("text", "limit"),
    [
        (BOMB, "root_fields"),
        (
            BOMB.replace("__typename", "author { name }").replace("{ ...F0 }", "{ author { books { ...F0 } } }"),
            "fields",
        ),
        ("{ " + "author { books { nodes { author { " * 6 + "name" + "} } } }" * 6 + "}", "depth"),
        ("{ author { " + " ".join(f"a{n}: name" for n in range(201)) + " } }", "aliases"),
        ("{ author { name " + "@skip(if: false) " * 101 + "} }", "directives"),
        ("{ author { " + "...A " * 501 + "} } fragment A on Author { name }", "fragment_spreads"),
        ("{ author { " + "name " * 2001 + "} }", "fields"),
        (" ".join(f"query Q{n} {{ __typename }}" for n in range(21)), "operations"),
        ("{ __schema { types { fields { type { fields { type { fields { name } } } } } } } }", "introspection_depth"),
        ("{ ...A0 } " + " ".join(f"fragment A{n} on Query {{ ...A{n + 1} }}" for n in range(200)), "nesting"),
    ],
    ids=lambda text: text[:30],
)
def test_what_is_too_large_is_refused_by_the_name_of_the_limit(text: str, limit: str):
    with pytest.raises(GraphQLError) as refusal:
        measure(SCHEMA, parse(text), Limits())
    found = refusal.value.extensions or {}
    assert (found["code"], found["limit"]) == ("DOCUMENT_TOO_COMPLEX", limit)
    assert found["requested"] is None or found["requested"] > found["allowed"]


@pytest.mark.parametrize(
    "text", ["{ ...A } fragment A on Query { ...A author { name ...A } }", "{ nothing { at { all } } ...Missing }"]
)
async def test_what_does_not_fit_the_schema_is_left_to_validation(bookshop: Bookshop, text: str):
    response = await bookshop.run(text)
    assert {error["extensions"]["code"] for error in response.body["errors"]} == {"GRAPHQL_VALIDATION_FAILED"}


def test_sizes_by_very_many_variables_cost_what_the_largest_pages_would():
    names = [f"v{n}" for n in range(70)]
    fields = " ".join(f"a{n}: authors(first: ${name}) {{ nodes {{ name }} }}" for n, name in enumerate(names[:45]))
    more = " ".join(f"b{n}: books(first: ${name}) {{ nodes {{ title }} }}" for n, name in enumerate(names[45:]))
    declared = ", ".join(f"${name}: Int" for name in names)
    text = f"query ({declared}) {{ {fields} author {{ {more} }} }}"
    assert 70 * 400 < asked(text, **dict.fromkeys(names, 1)) <= 72 * 501
