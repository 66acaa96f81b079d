"""Pages and links: keyset windows in both directions, at the root and below, and one statement for all of a list."""

import pytest

from tests.execution.conftest import Bookshop

AUTHORS = """query ($first: Int, $after: String, $last: Int, $before: String, $descending: Boolean! = false,
  $starting: [String!]) {
  authors(first: $first, after: $after, last: $last, before: $before, descending: $descending, starting: $starting) {
    nodes { name } edges { cursor } pageInfo { hasPreviousPage hasNextPage }
  }
}"""
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def letters(page: dict) -> str:
    return "".join(node["name"][0] for node in page["nodes"])


def cursors(page: dict) -> list[str]:
    return [edge["cursor"] for edge in page["edges"]]


def more(page: dict) -> list[bool]:
    return [page["pageInfo"]["hasPreviousPage"], page["pageInfo"]["hasNextPage"]]


@pytest.mark.parametrize("descending", [False, True])
async def test_forward_through_the_whole_list(bookshop: Bookshop, descending: bool):
    seen, after, onward = "", None, True
    while onward:
        page = (await bookshop.ok(AUTHORS, first=7, after=after, descending=descending))["authors"]
        seen += letters(page)
        back, onward = more(page)
        assert back == (after is not None)
        after = cursors(page)[-1]
    assert seen == (LETTERS[::-1] if descending else LETTERS)


async def test_backward_through_the_whole_list(bookshop: Bookshop):
    seen, before, back = "", None, True
    while back:
        page = (await bookshop.ok(AUTHORS, last=7, before=before))["authors"]
        seen = letters(page) + seen
        back, onward = more(page)
        assert onward == (before is not None)
        before = cursors(page)[0]
    assert seen == LETTERS


async def test_after_and_before_bound_a_window(bookshop: Bookshop):
    all_of_them = cursors((await bookshop.ok(AUTHORS))["authors"])
    page = (await bookshop.ok(AUTHORS, first=3, after=all_of_them[4], before=all_of_them[10]))["authors"]
    assert letters(page) == "FGH"
    page = (await bookshop.ok(AUTHORS, last=3, after=all_of_them[4], before=all_of_them[10]))["authors"]
    assert letters(page) == "HIJ"


async def test_a_whole_page_is_40_and_the_cursor_outlives_its_row(bookshop: Bookshop):
    page = (await bookshop.ok(AUTHORS))["authors"]
    assert (letters(page), more(page)) == (LETTERS, [False, False])


async def test_alternatives_meet_in_one_order_without_doubles(bookshop: Bookshop):
    wanted = ["M", "B", "B A", "Z", "Q"]
    page = (await bookshop.ok(AUTHORS, first=3, starting=wanted))["authors"]
    assert (letters(page), more(page)) == ("BMQ", [False, True])
    page = (await bookshop.ok(AUTHORS, first=3, starting=wanted, after=cursors(page)[-1]))["authors"]
    assert (letters(page), more(page)) == ("Z", [True, False])
    total = (await bookshop.ok('{ authors(starting: ["M", "B", "B A"]) { totalCount } }'))["authors"]["totalCount"]
    assert total == 2


@pytest.mark.parametrize(
    ("variables", "word"),
    [
        ({"first": 0}, "1 to 500"),
        ({"first": 501}, "1 to 500"),
        ({"last": -1}, "1 to 500"),
        ({"first": 1, "last": 1}, "exclude"),
        ({"after": "nonsense"}, "not a cursor"),
        ({"after": "x" * 5000}, "not a cursor"),
        ({"before": ""}, "not a cursor"),
    ],
)
async def test_a_window_that_is_none(bookshop: Bookshop, variables: dict, word: str):
    (error,) = (await bookshop.run(AUTHORS, **variables)).body["errors"]
    assert error["extensions"] == {"code": "BAD_USER_INPUT"}
    assert word in error["message"]


async def test_a_cursor_belongs_to_its_list_and_order(bookshop: Bookshop):
    (cursor,) = cursors((await bookshop.ok(AUTHORS, first=1))["authors"])
    (error,) = (await bookshop.run(AUTHORS, after=cursor, descending=True)).body["errors"]
    assert "another list or another order" in error["message"]
    document = "query ($after: String) { authors(first: 1) { nodes { books(after: $after) { totalCount } } } }"
    (error,) = (await bookshop.run(document, after=cursor)).body["errors"]
    assert "another list or another order" in error["message"]


@pytest.mark.parametrize(
    "field",
    [
        "authors(after: $after, descending: true) { totalCount }",
        "authors(first: 1) { nodes { books(after: $after) { totalCount } } }",
    ],
)
async def test_so_it_does_where_only_the_count_is_asked_for(bookshop: Bookshop, field: str):
    """By plan, too, which reads no rows then."""
    (cursor,) = cursors((await bookshop.ok(AUTHORS, first=1))["authors"])
    body, _ = await bookshop.both_ways(f"query ($after: String) {{ {field} }}", {"after": cursor}, "reader", None)
    assert "another list or another order" in body["errors"][0]["message"]


async def test_pages_below_a_list_are_one_statement_however_many_parents(bookshop: Bookshop):
    document = """query ($first: Int) {
      authors(first: $first) { nodes { name books(first: 2) {
        nodes { title } edges { cursor } pageInfo { hasPreviousPage hasNextPage } totalCount
      } } }
    }"""
    few = await bookshop.ok(document, first=2)
    sent = bookshop.statements
    many = (await bookshop.ok(document, first=26))["authors"]["nodes"]
    assert bookshop.statements == sent == 3
    assert few["authors"]["nodes"] == many[:2]
    for index, node in enumerate(many):
        of_all, page = index % 6, node["books"]
        assert page["totalCount"] == of_all
        assert [book["title"] for book in page["nodes"]] == [f"{node['name']} {n}" for n in range(min(2, of_all))]
        assert more(page) == [False, of_all > 2]
    second = (
        "query ($after: String) { authors(first: 6) { nodes { books(first: 2, after: $after) { nodes { title } } } } }"
    )
    nodes = (await bookshop.ok(second, after=cursors(many[5]["books"])[1]))["authors"]["nodes"]
    assert [book["title"] for book in nodes[5]["books"]["nodes"]] == ["F Author 2", "F Author 3"]


async def test_two_pages_of_one_field_under_two_names_do_not_mix(bookshop: Bookshop):
    document = """{ authors(first: 6) { nodes {
      one: books(first: 1) { nodes { title } } all: books { nodes { title } totalCount }
      up: titles down: titles(descending: true)
    } } }"""
    last = (await bookshop.ok(document))["authors"]["nodes"][5]
    assert bookshop.statements == 6
    assert (len(last["one"]["nodes"]), len(last["all"]["nodes"]), last["all"]["totalCount"]) == (1, 5, 5)
    assert last["up"] == last["down"][::-1] == [f"F Author {n}" for n in range(5)]


async def test_links_back_are_one_statement(bookshop: Bookshop):
    document = "{ authors { nodes { books { nodes { title author { name } } } } } }"
    nodes = (await bookshop.ok(document))["authors"]["nodes"]
    assert bookshop.statements == 3
    for node in nodes:
        for book in node["books"]["nodes"]:
            assert book["title"].startswith(book["author"]["name"])


async def test_nothing_reads_round_what_is_visible(bookshop: Bookshop):
    document = "{ authors(first: 500) { totalCount nodes { name } } }"
    assert (await bookshop.ok(document))["authors"]["totalCount"] == 26
    everybody = (await bookshop.ok(document, "librarian"))["authors"]
    assert everybody["totalCount"] == len(everybody["nodes"]) == 27
    hidden = "1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed"
    assert (await bookshop.ok("query ($id: UUID!) { author(id: $id) { name } }", id=hidden))["author"] is None


async def test_what_is_not_selected_is_not_read(bookshop: Bookshop):
    await bookshop.ok("{ authors { __typename } }")
    assert bookshop.statements == 0
    await bookshop.ok("{ authors { totalCount } }")
    assert bookshop.statements == 1
