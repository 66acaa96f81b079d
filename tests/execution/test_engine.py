"""The engine: mutations as transactions of their own, errors by field, documents kept within bounds."""

import pytest

from tests.execution.bookshop.tables import key
from tests.execution.conftest import Bookshop

A = key("A")
ADD = "mutation ($a: UUID!) {{ {} }}"


async def test_each_field_of_a_mutation_is_a_transaction_of_its_own(bookshop: Bookshop):
    """conventions.md, Faults: one mutation field is one transaction."""
    document = ADD.format(
        'one: add(author: $a, title: "one") { book { title } } '
        'two: add(author: $a, title: "two", fail: "ours") { book { title } } '
        'three: add(author: $a, title: "one") { book { title } } '
        'four: add(author: $a, title: "four") { book { title } }'
    )
    body = (await bookshop.run(document, a=A)).body
    assert body["data"] == {
        "one": {"book": {"title": "one"}},
        "two": None,
        "three": None,
        "four": {"book": {"title": "four"}},
    }
    assert [(error["path"], error["extensions"]["code"]) for error in body["errors"]] == [
        (["two"], "INTERNAL"),
        (["three"], "INTERNAL"),
    ]
    assert bookshop.context.failures == [("add", "ZeroDivisionError"), ("add", "DatabaseError")]
    assert {"one", "four"} <= await bookshop.titles()
    assert "two" not in await bookshop.titles()


async def test_a_denied_mutation_leaves_nothing_and_is_told_of_afterwards(bookshop: Bookshop):
    body = (
        await bookshop.run(ADD.format('add(author: $a, title: "denied", fail: "denied") { book { id } }'), a=A)
    ).body
    assert (body["data"], body["errors"][0]["extensions"]["code"]) == ({"add": None}, "ROOT")
    assert bookshop.context.failures == [("add", "Forbidden")]
    assert "denied" not in await bookshop.titles()


async def test_a_rehearsal_shows_what_it_rolls_back(bookshop: Bookshop):
    """conventions.md, Writes: the payload shows the outcome, nothing stays."""
    document = ADD.format('add(author: $a, title: "rehearsed", rehearse: true) { book { title author { name } } }')
    data = await bookshop.ok(document, a=A)
    assert data["add"]["book"] == {"title": "rehearsed", "author": {"name": "A Author"}}
    assert "rehearsed" not in await bookshop.titles()


async def test_a_denied_field_of_the_payload_is_the_clients_affair(bookshop: Bookshop):
    body = (await bookshop.run(ADD.format('add(author: $a, title: "shy") { secret book { title } }'), a=A)).body
    assert body["data"]["add"] == {"secret": None, "book": {"title": "shy"}}
    assert [error["extensions"]["code"] for error in body["errors"]] == ["FIELD"]
    assert "shy" in await bookshop.titles()


async def test_a_broken_statement_in_the_payload_commits_nothing(bookshop: Bookshop):
    body = (await bookshop.run(ADD.format('add(author: $a, title: "lost") { brokenStatement }'), a=A)).body
    assert body["data"] == {"add": None}
    assert {error["extensions"]["code"] for error in body["errors"]} == {"INTERNAL"}
    assert "nowhere" not in str(body)
    assert "lost" not in await bookshop.titles()


async def test_a_query_writes_nothing_and_mutations_are_refused_where_only_reads_may_be(bookshop: Bookshop):
    document = ADD.format('add(author: $a, title: "by GET") { book { title } }')
    response = await bookshop.run(document, read_only=True, a=A)
    assert not response.executed
    assert "data" not in response.body
    assert "by GET" not in await bookshop.titles()


async def test_one_fault_for_a_field_that_is_denied_in_many_rows(bookshop: Bookshop):
    """conventions.md, Faults: path of its first occurrence, how many there are."""
    body = (await bookshop.run("{ authors(first: 9) { nodes { secret again: secret name } } forbidden }")).body
    found = {
        (tuple(error["path"]), error["extensions"]["code"], error["extensions"]["occurrences"])
        for error in body["errors"]
    }
    assert found == {
        (("authors", "nodes", 0, "secret"), "FIELD", 9),
        (("authors", "nodes", 0, "again"), "FIELD", 9),
        (("forbidden",), "ROOT", 1),
    }
    assert all(node["name"] for node in body["data"]["authors"]["nodes"])


async def test_a_fault_of_ours_is_reported_and_told_without_detail(bookshop: Bookshop):
    body = (await bookshop.run("{ authors(first: 2) { nodes { broken name } } }")).body
    assert [error["message"] for error in body["errors"]] == ["Ours.", "Ours."]
    assert bookshop.context.reported == ["ZeroDivisionError"] * 2
    assert "division" not in str(body)


@pytest.mark.parametrize(
    ("document", "code"),
    [
        ("{ authors {", "GRAPHQL_PARSE_FAILED"),
        ("{ " + "a { " * 3000, "GRAPHQL_PARSE_FAILED"),
        ("{ authors { nodes { nothing } } }", "GRAPHQL_VALIDATION_FAILED"),
        ('{ author(id: "x") { name } }', "BAD_USER_INPUT"),
        ('{ authors(first: "x") { totalCount } }', "BAD_USER_INPUT"),
        ("query A { __typename } query B { __typename }", "GRAPHQL_VALIDATION_FAILED"),
        ("fragment F on Query { __typename }", "GRAPHQL_VALIDATION_FAILED"),
    ],
)
async def test_a_request_that_is_at_fault_itself_is_not_executed(bookshop: Bookshop, document: str, code: str):
    response = await bookshop.run(document)
    assert not response.executed
    assert "data" not in response.body
    assert {error["extensions"]["code"] for error in response.body["errors"]} == {code}
    assert bookshop.statements == 0


async def test_a_variable_that_does_not_fit_is_a_fault_of_the_request(bookshop: Bookshop):
    for variables in ({}, {"id": 3}, {"id": "x"}, {"id": None}):
        response = await bookshop.run("query ($id: UUID!) { author(id: $id) { name } }", **variables)
        assert not response.executed
        assert [error["extensions"]["code"] for error in response.body["errors"]] == ["BAD_USER_INPUT"]
