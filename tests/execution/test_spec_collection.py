"""Specification 6.3.2: which fields are selected, under which names, in which order. Both ways alike."""

import pytest

from tests.execution.bookshop.tables import key
from tests.execution.conftest import Bookshop

A, B = key("A"), key("B")


async def test_fields_come_in_the_order_of_the_document(bookshop: Bookshop):
    document = "query ($b: UUID!) { second: author(id: $b) { name id born } lone first: author(id: $b) { born name } }"
    expected = {
        "second": {"name": "B Author", "id": B, "born": 1901},
        "lone": 1,
        "first": {"born": 1901, "name": "B Author"},
    }
    await bookshop.answers(document, expected, b=B)


async def test_a_name_that_comes_again_keeps_its_first_place(bookshop: Bookshop):
    """Selection sets of one response name are merged; so are their nested ones."""
    document = """query ($b: UUID!) {
      author(id: $b) { name }
      lone
      author(id: $b) { born bibliography { title } }
      ... on Query { author(id: $b) { id bibliography { pages title genre } } }
    }"""
    expected = {
        "author": {
            "name": "B Author",
            "born": 1901,
            "bibliography": [{"title": "B Author 0", "pages": 100, "genre": "NOVEL"}],
            "id": B,
        },
        "lone": 1,
    }
    await bookshop.answers(document, expected, b=B)


async def test_merging_below_pages(bookshop: Bookshop):
    document = """{
      authors(first: 2) { nodes { name } edges { node { born } } }
      authors(first: 2) { totalCount nodes { initial name } edges { node { name } node { id } } }
    }"""
    expected = {
        "authors": {
            "nodes": [{"name": "A Author", "initial": "A"}, {"name": "B Author", "initial": "B"}],
            "edges": [
                {"node": {"born": None, "name": "A Author", "id": A}},
                {"node": {"born": 1901, "name": "B Author", "id": B}},
            ],
            "totalCount": 26,
        }
    }
    await bookshop.answers(document, expected)


async def test_rows_below_an_object_and_below_the_objects_within_it(bookshop: Bookshop):
    """Each goes by its own object's key, whatever the outer one has under that name."""
    document = """{ pick {
      book { title }
      others { book { title author { name } bare: pages } others { book { title } } }
      next { book { title } others { book { title } next { book { title } } } }
    } }"""
    c, d = ({"title": f"{name} 0", "author": {"name": name}, "bare": 100} for name in ("C Author", "D Author"))
    others = [{"book": book, "others": []} for book in (c, None, d, c)]
    following = {"book": {"title": "D Author 0"}, "others": [{"book": {"title": "B Author 0"}, "next": None}]}
    await bookshop.answers(document, {"pick": {"book": {"title": "B Author 0"}, "others": others, "next": following}})


async def test_rows_below_an_object_that_another_computes_are_the_executors(bookshop: Bookshop):
    document = "{ pick { next { again { book { title } } } } }"
    expected = {"pick": {"next": {"again": {"book": {"title": "D Author 0"}}}}}
    await bookshop.answers(document, expected, planned="rows below an object that is computed")


async def test_one_field_under_two_names_with_two_selections(bookshop: Bookshop):
    document = """{ authors(first: 3) { nodes {
      few: books(first: 1) { nodes { title } }
      all: books { nodes { pages } totalCount }
      up: titles down: titles(descending: true)
      old: age young: age(year: 1950)
    } } }"""
    nodes = [
        {
            "few": {"nodes": []},
            "all": {"nodes": [], "totalCount": 0},
            "up": [],
            "down": [],
            "old": None,
            "young": None,
        },
        {
            "few": {"nodes": [{"title": "B Author 0"}]},
            "all": {"nodes": [{"pages": 100}], "totalCount": 1},
            "up": ["B Author 0"],
            "down": ["B Author 0"],
            "old": 99,
            "young": 49,
        },
        {
            "few": {"nodes": [{"title": "C Author 0"}]},
            "all": {"nodes": [{"pages": 100}, {"pages": 200}], "totalCount": 2},
            "up": ["C Author 0", "C Author 1"],
            "down": ["C Author 1", "C Author 0"],
            "old": 98,
            "young": 48,
        },
    ]
    await bookshop.answers(document, {"authors": {"nodes": nodes}})


async def test_named_fragments_within_fragments_and_unused_ones(bookshop: Bookshop):
    document = """query ($b: UUID!) { author(id: $b) { ...Outer born } }
    fragment Outer on Author { ...Inner initial ...Inner }
    fragment Inner on Author { name }
    fragment Books on BookConnection { nodes { title } }
    query Other($c: UUID!) { author(id: $c) { books { ...Books } } }"""
    inner = {"name": "B Author", "initial": "B", "born": 1901}
    await bookshop.answers(document.split("fragment Books", maxsplit=1)[0], {"author": inner}, b=B)
    both = document.replace("query (", "query Whole(", 1)
    await bookshop.answers(both, {"author": inner}, operation="Whole", b=B)
    books = {"books": {"nodes": [{"title": "B Author 0"}]}}
    await bookshop.answers(both, {"author": books}, operation="Other", c=B)


async def test_inline_fragments_with_and_without_a_type(bookshop: Bookshop):
    document = """query ($b: UUID!) { author(id: $b) {
      ... { name } ... on Author { ... { born ... on Node { id } } } ... on Named { name called: name }
    } }"""
    await bookshop.answers(document, {"author": {"name": "B Author", "born": 1901, "id": B, "called": "B Author"}}, b=B)


async def test_typename_everywhere(bookshop: Bookshop):
    document = """{
      __typename kind: __typename
      authors(first: 2) {
        __typename edges { __typename node { __typename contact { __typename } } } pageInfo { __typename }
        nodes { __typename books(first: 1) { __typename nodes { is: __typename publisher { __typename } } } }
      }
      trial { __typename maybe { __typename } none { __typename } trials { __typename } }
    }"""
    author = {"__typename": "Author", "contact": {"__typename": "Contact"}}
    publisher = {"__typename": "Publisher"}
    nodes = [
        {"__typename": "Author", "books": {"__typename": "BookConnection", "nodes": []}},
        {
            "__typename": "Author",
            "books": {"__typename": "BookConnection", "nodes": [{"is": "Book", "publisher": publisher}]},
        },
    ]
    expected = {
        "__typename": "Query",
        "kind": "Query",
        "authors": {
            "__typename": "AuthorConnection",
            "edges": [{"__typename": "AuthorEdge", "node": author}] * 2,
            "pageInfo": {"__typename": "PageInfo"},
            "nodes": nodes,
        },
        "trial": {
            "__typename": "Trial",
            "maybe": {"__typename": "Trial"},
            "none": None,
            "trials": [{"__typename": "Trial"}] * 2,
        },
    }
    await bookshop.answers(document, expected)


async def test_names_that_mean_something_in_python(bookshop: Bookshop):
    document = """{ class: authors(first: 1) {
      None: nodes { def: name lambda: initial __class__: born rows: name c_name: name owner: id _: name run: name }
      import: totalCount
    } info: lone build: lone }"""
    node = {
        "def": "A Author",
        "lambda": "A",
        "__class__": None,
        "rows": "A Author",
        "c_name": "A Author",
        "owner": A,
        "_": "A Author",
        "run": "A Author",
    }
    await bookshop.answers(document, {"class": {"None": [node], "import": 26}, "info": 1, "build": 1})


DIRECTED = """query ($yes: Boolean!, $no: Boolean!) { author(id: "%s") {
  name @include(if: $yes) born @skip(if: $yes)
  ... @include(if: $no) { initial } ... on Author @skip(if: $no) { email }
  ...Rest @include(if: $yes) ...Rest @skip(if: $yes)
  both: name @skip(if: $no) @include(if: $yes) neither: name @skip(if: $yes) @include(if: $yes)
} }
fragment Rest on Author { id contact @include(if: $no) { email } }"""


@pytest.mark.parametrize(
    ("yes", "no", "expected"),
    [
        (True, False, {"name": "B Author", "email": "author1@example.com", "id": B, "both": "B Author"}),
        (False, True, {"born": 1901, "initial": "B", "id": B, "contact": {"email": "author1@example.com"}}),
        (True, True, {"name": "B Author", "initial": "B", "id": B, "contact": {"email": "author1@example.com"}}),
        (False, False, {"born": 1901, "email": "author1@example.com", "id": B}),
    ],
)
async def test_skip_and_include(bookshop: Bookshop, yes: bool, no: bool, expected: dict):
    await bookshop.answers(DIRECTED % B, {"author": expected}, yes=yes, no=no)


async def test_skip_and_include_with_constants_and_defaults(bookshop: Bookshop):
    document = """query ($unset: Boolean = false, $given: Boolean = true) {
      a: lone @skip(if: true) b: lone @include(if: false) c: lone @skip(if: $unset) d: lone @include(if: $given)
      e: author(id: null) @include(if: $unset) { name }
    }"""
    await bookshop.answers(document, {"c": 1, "d": 1})
    await bookshop.answers(document, {"c": 1}, given=False)


async def test_a_null_where_a_directive_decides_is_an_error_however_the_text_ran_before(bookshop: Bookshop):
    """6.3.2 with 6.4.1: null for `Boolean!` is a fault, not a no. One text, so that a plan of `false` is there."""
    document = "query ($no: Boolean = false) { lone other: lone @skip(if: $no) }"
    refused, _ = await bookshop.both_ways(document, {"no": None}, before=[{}, {}])
    assert "not to be None" in refused["errors"][0]["message"]
    below = f'query ($no: Boolean = false) {{ author(id: "{B}") {{ name @skip(if: $no) }} }}'
    refused, _ = await bookshop.both_ways(below, {"no": None}, before=[{}, {}])
    assert refused["errors"][0]["path"] == ["author"]


async def test_nothing_is_left_of_a_selection(bookshop: Bookshop):
    document = """query ($b: UUID!) {
      author(id: $b) { name @skip(if: true) } authors(first: 1) { nodes { id @skip(if: true) } }
    }"""
    await bookshop.answers(document, {"author": {}, "authors": {"nodes": [{}]}}, b=B)
    await bookshop.answers("{ lone @skip(if: true) }", {})
    below = (
        "{ authors(first: 2) { nodes { books { nodes { id @skip(if: true) } } bibliography { id @skip(if: true) } } } }"
    )
    nodes = [{"books": {"nodes": []}, "bibliography": []}, {"books": {"nodes": [{}]}, "bibliography": [{}]}]
    await bookshop.answers(below, {"authors": {"nodes": nodes}})


@pytest.mark.parametrize(
    ("document", "word"),
    [
        ("{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }", "within itself"),
        (
            "{ authors { nodes { ...A } } } fragment A on Author { books { nodes { author { ...A } } } }",
            "within itself",
        ),
        ("{ lone } fragment A on Query { lone }", "never used"),
        ("query @skip(if: true) { lone }", "may not be used on"),
        ("query ($n: Int) { lone }", "never used"),
        ("{ author(id: 1) { name } }", "cannot represent a UUID"),
        ("{ authors { nodes } }", "must have a selection"),
        ("{ lone { name } }", "must not have a selection"),
        ("{ x: lone x: till }", "conflict"),
        ("{ needs(number: 1) needs(number: 2) }", "conflict"),
        ("{ lone @defer }", "Unknown directive"),
        ("subscription { lone }", "subscription"),
    ],
)
async def test_what_no_execution_begins_with(bookshop: Bookshop, document: str, word: str):
    body, _ = await bookshop.both_ways(document, {})
    assert "data" not in body
    assert word in body["errors"][0]["message"]


@pytest.mark.parametrize("name", [None, "", "c", "C", "A B"])
async def test_an_operation_that_is_not_there(bookshop: Bookshop, name: str | None):
    body, _ = await bookshop.both_ways("query A { lone } query B { lone }", {}, operation=name)
    assert "data" not in body
    assert "`operationName` may be: A, B" in body["errors"][0]["message"]


async def test_one_document_with_several_operations(bookshop: Bookshop):
    document = """query A($n: Int! = 3) { needs(number: $n) ...Lone }
    query B($n: Int!) { other: needs(number: $n, genre: POETRY) ...Lone }
    fragment Lone on Query { lone }"""
    await bookshop.answers(document, {"needs": "3 CRIME", "lone": 1}, operation="A")
    await bookshop.answers(document, {"needs": "4 CRIME", "lone": 1}, operation="A", n=4)
    await bookshop.answers(document, {"other": "5 POETRY", "lone": 1}, operation="B", n=5)
