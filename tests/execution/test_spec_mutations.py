"""Specification 6.2.2: fields of a mutation run one after the other, in the document's order. Both ways alike."""

from execution.engine import Request
from tests.execution.bookshop.context import Context
from tests.execution.bookshop.tables import key
from tests.execution.conftest import Bookshop, fault


async def test_one_after_the_other_whatever_each_takes(bookshop: Bookshop):
    document = """mutation {
      slow: note(step: "one", turns: 20) { steps now } quick: note(step: "two") { steps now }
      ...Rest
      slow: note(step: "one", turns: 20) { kind: __typename }
    }
    fragment Rest on Mutation { last: note(step: "three", turns: 3) { now } }"""
    data = {
        "slow": {"steps": ["one"], "now": ["one"], "kind": "Step"},
        "quick": {"steps": ["one", "two"], "now": ["one", "two"]},
        "last": {"now": ["one", "two", "three"]},
    }
    await bookshop.answers(document, data, planned=None)


async def test_one_that_fails_stops_none_that_follows(bookshop: Bookshop):
    document = """mutation ($no: Boolean!) {
      a: note(step: "a") { now } b: note(step: "b", fail: true) { now } c: note(step: "c") { now }
      d: note(step: "d") @include(if: $no) { now }
    }"""
    data = {"a": {"now": ["a"]}, "b": None, "c": {"now": ["a", "c"]}}
    await bookshop.answers(document, data, fault("b", (2, 34)), planned=None, no=False)


async def test_a_null_where_none_may_be_ends_it(bookshop: Bookshop):
    document = 'mutation { a: note(step: "a") { now } b: sureNote(step: "b") { now } }'
    await bookshop.answers(document, None, fault("b", (1, 39)), planned=None)


async def test_a_null_below_the_payload_costs_its_object_and_not_what_was_written(bookshop: Bookshop):
    """A new book has no ISBN, where one must be: the book is null, the row stays, and the command ran once."""
    document = "mutation ($a: UUID!, $t: String!) { add(author: $a, title: $t) { book { title isbn } } }"
    for title in ("bare", "barer", "barest"):
        body = (
            await bookshop.planning.run(Request(document, {"a": key("Z"), "t": title}), Context(bookshop.database))
        ).body
        assert body["data"] == {"add": {"book": None}}
        assert [error["path"] for error in body["errors"]] == [["add", "book", "isbn"]]
        assert body["errors"][0]["extensions"]["code"] == "INTERNAL"
    assert {"bare", "barer", "barest"} <= await bookshop.titles()


async def test_the_name_of_the_root_type(bookshop: Bookshop):
    document = 'mutation { __typename noted: note(step: "a") { now } kind: __typename }'
    data = {"__typename": "Mutation", "noted": {"now": ["a"]}, "kind": "Mutation"}
    await bookshop.answers(document, data, planned=None)
    await bookshop.answers("mutation { __typename }", {"__typename": "Mutation"}, planned=None)


async def test_each_runs_once(bookshop: Bookshop):
    """A mutation is never run twice, not even where a plan would hand it over."""
    document = "mutation ($a: UUID!, $t: String!) { add(author: $a, title: $t) { secret book { title pages } } }"
    for title in ("once", "twice", "thrice"):
        request = Request(document, {"a": key("Z"), "t": title})
        response = await bookshop.planning.run(request, Context(bookshop.database))
        assert response.body["data"] == {"add": {"secret": None, "book": {"title": title, "pages": 100}}}
    assert {"once", "twice", "thrice"} <= await bookshop.titles()


class _Deaf(list[frozenset[str]]):
    """Fails when it is told of a commit."""

    def append(self, _tables: frozenset[str]) -> None:
        raise RuntimeError("told of a commit")


async def test_a_command_that_was_committed_never_runs_again(bookshop: Bookshop):
    """Whatever fails after the commit is an error of the response; what was written stands once."""
    document = "mutation ($a: UUID!, $t: String!) { add(author: $a, title: $t) { book { title } } }"
    for title in ("warm", "warmer"):
        await bookshop.planning.run(Request(document, {"a": key("Z"), "t": title}), Context(bookshop.database))
    ran = bookshop.planner.ran
    deaf = Context(bookshop.database, committed=_Deaf())
    response = await bookshop.planning.run(Request(document, {"a": key("Z"), "t": "kept"}), deaf)
    assert (response.body["data"], bookshop.planner.ran) == ({"add": None}, ran + 1)
    assert [error["extensions"]["code"] for error in response.body["errors"]] == ["INTERNAL"]
    assert "kept" in await bookshop.titles()
