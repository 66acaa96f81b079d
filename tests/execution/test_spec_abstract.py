"""Specification 6.4.3, abstract types: fragments on interfaces, unions and concrete types. Both ways alike."""

import pytest

from tests.execution.bookshop.tables import key
from tests.execution.conftest import Bookshop, fault

ANYTHING = """query ($id: UUID!) { node(id: $id) {
  __typename id ...OnNamed
  ... on Author { born books(first: 1) { totalCount nodes { title } } }
  ... on Book { title author { ...OnNamed } }
  ... on Publisher { city }
} }
fragment OnNamed on Named { kind: __typename name ... on Publisher { called: name } }"""


@pytest.mark.parametrize(
    ("id", "expected"),
    [
        (
            key("B"),
            {
                "__typename": "Author",
                "id": key("B"),
                "kind": "Author",
                "name": "B Author",
                "born": 1901,
                "books": {"totalCount": 1, "nodes": [{"title": "B Author 0"}]},
            },
        ),
        (
            key("B", "0"),
            {
                "__typename": "Book",
                "id": key("B", "0"),
                "title": "B Author 0",
                "author": {"kind": "Author", "name": "B Author"},
            },
        ),
        (
            key("Blank"),
            {
                "__typename": "Publisher",
                "id": key("Blank"),
                "kind": "Publisher",
                "name": "Blank",
                "called": "Blank",
                "city": None,
            },
        ),
        (key("nobody"), None),
    ],
)
async def test_an_interface_of_rows(bookshop: Bookshop, id: str, expected: dict | None):  # noqa: A002
    await bookshop.answers(ANYTHING, {"node": expected}, planned=None, id=id)


async def test_selections_of_one_field_are_merged_through_fragments_on_any_type(bookshop: Bookshop):
    document = """query ($id: UUID!) { node(id: $id) {
      ... on Author { books(first: 1) { nodes { title } } name }
      ... on Named { name ... on Author { books(first: 1) { totalCount nodes { pages } } born } }
      ...Shelf ... on Node { id }
    } }
    fragment Shelf on Node { ... on Author { books(first: 1) { nodes { title author { id } } } } }"""
    books = {"nodes": [{"title": "B Author 0", "pages": 100, "author": {"id": key("B")}}], "totalCount": 1}
    expected = {"books": books, "name": "B Author", "born": 1901, "id": key("B")}
    await bookshop.answers(document, {"node": expected}, planned=None, id=key("B"))


async def test_one_text_for_objects_of_every_type(bookshop: Bookshop):
    """Whatever plan there is was made before it was known what would be found."""
    ids = [{"id": found} for found in (key("B"), key("B", "0"), key("Blank"), key("nobody"))]
    for last in ids:
        await bookshop.both_ways(ANYTHING, last, before=ids)


async def test_a_union_of_values(bookshop: Bookshop):
    document = """{ window {
      __typename ... on Magazine { issue name } ... on Poster { width } ... on Named { name } ...Never
    } }
    fragment Never on Poster { name @include(if: false) }"""
    window = [
        {"__typename": "Magazine", "issue": 7, "name": "Weekly"},
        {"__typename": "Poster", "width": 0.5, "name": "Spring"},
    ]
    await bookshop.answers(document, {"window": window}, planned=None)


async def test_one_name_for_fields_of_two_types(bookshop: Bookshop):
    """5.3.2: objects of different types may each have their own field under one name, of one shape."""
    document = "{ window { ... on Magazine { it: name } ... on Poster { it: __typename } } }"
    await bookshop.answers(document, {"window": [{"it": "Weekly"}, {"it": "Poster"}]}, planned=None)
    body, _ = await bookshop.both_ways("{ window { ... on Magazine { same } ... on Poster { same } } }", {})
    assert "conflict" in body["errors"][0]["message"]


async def test_an_interface_of_values(bookshop: Bookshop):
    document = "query ($which: Int!) { named(which: $which) { __typename name ... on Poster { width } } }"
    magazine, poster = {"__typename": "Magazine", "name": "Weekly"}, {"__typename": "Poster", "name": "Spring"}
    await bookshop.answers(document, {"named": magazine}, planned=None, which=0)
    await bookshop.answers(document, {"named": poster | {"width": 0.5}}, planned=None, which=1)
    await bookshop.answers(document, {"named": None}, planned=None, which=2)
    await bookshop.answers(document, {"named": None}, fault("named", (1, 24)), planned=None, which=3)


async def test_errors_below_an_abstract_type(bookshop: Bookshop):
    document = """query ($id: UUID!) { node(id: $id) {
      id ... on Author { decade shelfMark secret } ... on Publisher { town }
    } }"""
    author = {"id": key("A"), "decade": None, "shelfMark": None, "secret": None}
    faults = [
        fault("node.decade", (2, 26)),
        fault("node.shelfMark", (2, 33), code="FIELD"),
        fault("node.secret", (2, 43), code="FIELD"),
    ]
    await bookshop.answers(document, {"node": author}, *faults, planned=None, id=key("A"))
    await bookshop.answers(document, {"node": None}, fault("node.town", (2, 71)), planned=None, id=key("Blank"))
    await bookshop.answers(document, {"node": {"id": key("Aldus"), "town": "Venice"}}, planned=None, id=key("Aldus"))


@pytest.mark.parametrize(
    ("document", "word"),
    [
        ("{ authors { nodes { ... on Book { title } } } }", "can never be of type"),
        ("{ window { name } }", "Cannot query field"),
        ('{ node(id: "%s") { name } }' % key("A"), "Cannot query field"),  # noqa: UP031 - braces
        ("{ node { ... on Nothing { id } } }", "Unknown type"),
        ("{ named { ... on Genre { id } } }", "cannot condition on non composite"),
    ],
)
async def test_fragments_that_fit_nothing(bookshop: Bookshop, document: str, word: str):
    body, _ = await bookshop.both_ways(document, {})
    assert "data" not in body
    assert any(word in error["message"] for error in body["errors"]), body["errors"]
