"""Specification 6.4.4: errors, and how far a null goes where none may be. Both ways alike, to the path and place."""

import pytest

from execution.engine import Request
from tests.execution.bookshop.context import Context
from tests.execution.bookshop.tables import key
from tests.execution.conftest import Bookshop, fault

A, B = key("A"), key("B")


async def test_a_null_where_it_may_be(bookshop: Bookshop):
    document = "{ trial { nothing none { here } here maybe { none { here } nothing } } author(id: null) { name } }"
    trial = {"nothing": None, "none": None, "here": "here", "maybe": {"none": None, "nothing": None}}
    await bookshop.answers(document, {"trial": trial, "author": None})


@pytest.mark.parametrize(
    ("selection", "data", "faults"),
    [
        ("maybeTrial { here failing }", {"maybeTrial": {"here": "here", "failing": None}}, ["maybeTrial.failing"]),
        ("maybeTrial { here broken }", {"maybeTrial": None}, ["maybeTrial.broken"]),
        ("maybeTrial { here missing }", {"maybeTrial": None}, ["maybeTrial.missing"]),
        ("trial { here missing }", None, ["trial.missing"]),
        ("trial { maybe { sure { sure { broken } } } }", {"trial": {"maybe": None}}, ["trial.maybe.sure.sure.broken"]),
        (
            "trial { sure { maybe { failing } } }",
            {"trial": {"sure": {"maybe": {"failing": None}}}},
            ["trial.sure.maybe.failing"],
        ),
        ("trial { trials { broken } }", {"trial": {"trials": None}}, ["trial.trials.0.broken"]),
        (
            "trial { maybes { broken here } }",
            {"trial": {"maybes": [None, None, None]}},
            ["trial.maybes.0.broken", "trial.maybes.2.broken"],
        ),
        ("trial { unfit vast: here }", {"trial": {"unfit": None, "vast": "here"}}, ["trial.unfit"]),
        ("trial { here stranger }", {"trial": {"here": "here", "stranger": None}}, ["trial.stranger"]),
        ("trial { letters }", {"trial": {"letters": None}}, ["trial.letters"]),
        (
            'trial { numbers(of: ["1", null, "x", "2"]) }',
            {"trial": {"numbers": [1, None, None, 2]}},
            ["trial.numbers.2"],
        ),
        ('trial { sureNumbers(of: ["1", null]) }', {"trial": {"sureNumbers": None}}, ["trial.sureNumbers.1"]),
        ('trial { sureNumbers(of: ["x", "1"]) }', {"trial": {"sureNumbers": None}}, ["trial.sureNumbers.0"]),
        ('trial { allSure(of: ["1", null]) }', None, ["trial.allSure.1"]),
        (
            "trial { matrix(of: [[1, 2], null, [3, null], []]) }",
            {"trial": {"matrix": [[1, 2], None, None, []]}},
            ["trial.matrix.2.1"],
        ),
        ("trial { impostor { __typename } }", {"trial": {"impostor": None}}, ["trial.impostor"]),
        (
            "trial { here } maybeTrial { sure { missing } }",
            {"trial": {"here": "here"}, "maybeTrial": None},
            ["maybeTrial.sure.missing"],
        ),
    ],
)
async def test_of_values_that_are_computed(bookshop: Bookshop, selection: str, data: dict | None, faults: list[str]):
    body, handed_over = await bookshop.both_ways(f"{{ {selection} }}", {})
    assert body["data"] == data
    assert [".".join(map(str, error["path"])) for error in body["errors"]] == faults
    assert {error["extensions"]["code"] for error in body["errors"]} == {"INTERNAL"}
    assert handed_over is not None


async def test_a_column_that_is_empty_where_none_may_be(bookshop: Bookshop):
    """Book 3 has no ISBN: its author is gone with it, and nothing else."""
    document = "query ($f: UUID!) { book(id: $f) { title isbn } lone }"
    gone = fault("book.isbn", (1, 42))
    await bookshop.answers(document, {"book": None, "lone": 1}, gone, planned="", f=key("F", "3"))
    document = "{ authors(first: 6) { nodes { bibliography { isbn } } } lone }"
    body, _ = await bookshop.both_ways(document, {})
    assert (body["data"], body["errors"][0]["path"]) == (None, ["authors", "nodes", 4, "bibliography", 3, "isbn"])
    document = '{ maybe: author(id: "%s") { titles contactOrNone { sureEmail name } } }'.replace("%s", key("E"))
    expected = {"maybe": {"titles": [f"E Author {n}" for n in range(4)], "contactOrNone": None}}
    await bookshop.answers(document, expected, fault("maybe.contactOrNone.sureEmail", (1, 86)), planned="")


async def test_a_row_that_is_not_there_where_one_must_be(bookshop: Bookshop):
    """Book 1 has no publisher."""
    document = "query ($f: UUID!) { book(id: $f) { title publisher { name } } }"
    await bookshop.answers(document, {"book": {"title": "F Author 1", "publisher": None}}, f=key("F", "1"))
    document = "query ($f: UUID!) { book(id: $f) { surePublisher { name } } }"
    await bookshop.answers(document, {"book": None}, fault("book.surePublisher", (1, 36)), planned="", f=key("F", "1"))
    await bookshop.answers(document, {"book": {"surePublisher": {"name": "Aldus"}}}, f=key("F", "0"))
    document = "query ($id: UUID) { lone sureAuthor(id: $id) { name } }"
    await bookshop.answers(document, {"lone": 1, "sureAuthor": {"name": "B Author"}}, id=B)
    for nobody in (None, key("nobody")):
        await bookshop.answers(document, None, fault("sureAuthor", (1, 26)), planned=None, id=nobody)


async def test_a_list_that_is_not_there_where_one_must_be(bookshop: Bookshop):
    await bookshop.answers("{ allBooks { totalCount } lone }", {"allBooks": None, "lone": 1})
    await bookshop.answers("{ sureBooks { totalCount } lone }", None, fault("sureBooks", (1, 3)), planned=None)
    await bookshop.answers(
        "{ sureBooks { totalCount } }", {"sureBooks": {"totalCount": 63}}, kind="librarian", planned=None
    )


async def test_fields_that_fail_in_some_rows(bookshop: Bookshop):
    document = "{ authors(first: 4) { nodes { decade name } } }"
    nodes = [
        {"decade": None, "name": "A Author"},
        {"decade": "1900s", "name": "B Author"},
        {"decade": "1900s", "name": "C Author"},
        {"decade": None, "name": "D Author"},
    ]
    faults = [fault(f"authors.nodes.{row}.decade", (1, 31)) for row in (0, 3)]
    await bookshop.answers(document, {"authors": {"nodes": nodes}}, *faults, planned="TypeError")
    document = "{ authors(first: 2) { nodes { sureAge } } }"
    await bookshop.answers(document, None, fault("authors.nodes.0.sureAge", (1, 31)), planned="")
    document = "query ($b: UUID!) { author(id: $b) { sureAge monogram } }"
    await bookshop.answers(document, {"author": {"sureAge": 99, "monogram": "B."}}, b=B)


async def test_a_merged_field_fails_at_all_its_places(bookshop: Bookshop):
    document = """{ trial { failing ...T } }
    fragment T on Trial { failing again: failing }"""
    faults = [fault("trial.failing", (1, 11), (2, 27)), fault("trial.again", (2, 35))]
    await bookshop.answers(document, {"trial": {"failing": None, "again": None}}, *faults, planned="Zero")


async def test_denied_fields(bookshop: Bookshop):
    """Guards that raise and guards that answer no, at roots, in lists and below lists."""
    document = "{ till authors(first: 3) { nodes { shelfMark name greeting } } }"
    nodes = [{"shelfMark": None, "name": f"{letter} Author", "greeting": f"Dear {letter} Author"} for letter in "ABC"]
    faults = [fault("till", (1, 3), code="ROOT"), fault("authors.nodes.0.shelfMark", (1, 36), code="FIELD")]
    await bookshop.answers(document, {"till": None, "authors": {"nodes": nodes}}, *faults)
    nodes = [{"shelfMark": f"{letter} Author", "name": f"{letter} Author", "greeting": None} for letter in "ABC"]
    faults = [fault(f"authors.nodes.{row}.greeting", (1, 51), code="BAD_USER_INPUT") for row in range(3)]
    data = {"till": "coins", "authors": {"nodes": nodes}}
    await bookshop.answers(document, data, *faults, planned=None, kind="librarian")
    below = "{ authors(first: 3) { nodes { books { nodes { author { shelfMark } } } } } }"
    await bookshop.both_ways(below, {})
    await bookshop.both_ways(below, {}, kind="librarian")


async def test_a_denied_field_that_may_not_be_null(bookshop: Bookshop):
    await bookshop.answers("{ lone vault }", None, fault("vault", (1, 8), code="ROOT"), planned="may not be null")
    await bookshop.answers("{ lone vault }", {"lone": 1, "vault": "gold"}, kind="librarian")


async def test_one_text_for_callers_of_two_standings(bookshop: Bookshop):
    """A plan is made for a standing: no caller gets another's."""
    answers = {
        "librarian": {"allBooks": {"totalCount": 63}, "till": "coins"},
        "reader": {"allBooks": None, "till": None},
    }
    for _ in range(3):
        for kind, data in answers.items():
            request = Request("{ allBooks { totalCount } till }", {})
            assert (await bookshop.planning.run(request, Context(bookshop.database, kind))).body["data"] == data
