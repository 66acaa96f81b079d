"""Specification 6.1.2, 6.4.1 and 6.4.3: what variables, arguments and results become. Both ways alike."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.execution.bookshop.tables import key
from tests.execution.conftest import Bookshop, fault

BIG = 2**31
ORDER = "number sure maybe real text flag key genre day isbn numbers matrix search".split()  # noqa: SIM905 - to be read


@pytest.mark.parametrize(
    ("arguments", "found"),
    [
        ("", {}),
        ("number: null", {"number": None}),
        ("number: -2147483648 sure: 0 maybe: null", {"number": -(2**31), "sure": 0, "maybe": None}),
        ("real: 1", {"real": 1.0}),
        ("real: 1.5e3", {"real": 1500.0}),
        ('text: "a\\u00e9 \\uD83D\\uDE00 \\"q\\" \\n"', {"text": 'aé 😀 "q" \n'}),
        ('text: """\n    block\n      "quoted" \\"""\n    """', {"text": 'block\n  "quoted" """'}),
        ('text: "{§} %s \' {0}"', {"text": "{§} %s ' {0}"}),
        ("flag: true", {"flag": True}),
        ("key: 12", {"key": "12"}),
        ('key: "12"', {"key": "12"}),
        ('day: "2024-02-29"', {"day": "2024-02-29"}),
        ("genre: CRIME", {"genre": "Genre.CRIME"}),
        ("numbers: 3", {"numbers": [3]}),
        ("numbers: [3]", {"numbers": [3]}),
        ("numbers: []", {"numbers": []}),
        ("matrix: 1", {"matrix": [[1]]}),
        ("matrix: [1, [2, null]]", {"matrix": [[1], [2, None]]}),
        ('isbn: "9781"', {"isbn": ["9781"]}),
        ("search: {}", {"search": {}}),
        ("search: {pages: {low: 1}}", {"search": {"pages": {"low": 1, "high": 9}}}),
        (
            "search: {pages: {low: 1, high: null} text: null}",
            {"search": {"text": None, "pages": {"low": 1, "high": None}}},
        ),
        (
            "search: {genres: POETRY spans: {low: 2}}",
            {"search": {"genres": ["Genre.POETRY"], "spans": [{"low": 2, "high": 9}]}},
        ),
        ('search: {inner: {inner: {text: "deep"}}}', {"search": {"inner": {"inner": {"text": "deep"}}}}),
    ],
)
async def test_literals(bookshop: Bookshop, arguments: str, found: dict):
    document = f"{{ given({arguments}) }}" if arguments else "{ given }"
    await bookshop.answers(document, {"given": told(found)})


def told(found: dict) -> str:
    """What `given` answers: its arguments in their order, with the defaults of those that were left out."""
    order = [
        "number",
        "sure",
        "maybe",
        "real",
        "text",
        "flag",
        "key",
        "genre",
        "day",
        "isbn",
        "numbers",
        "matrix",
        "search",
    ]
    whole = {"sure": 7, "maybe": 5} | found
    return str({name: whole[name] for name in order if name in whole})


DECLARED = """query (
  $number: Int, $sure: Int! = 8, $maybe: Int, $real: Float, $text: String, $flag: Boolean, $key: ID, $genre: Genre,
  $numbers: [Int!], $matrix: [[Int]!] = [[1], [null]], $search: Search, $low: Int! = 4, $inner: String
) {
  whole: given(number: $number, sure: $sure, maybe: $maybe, real: $real, text: $text, flag: $flag, key: $key,
    genre: $genre, numbers: $numbers, matrix: $matrix, search: $search)
  parts: given(search: {pages: {low: $low, high: $number}, text: $inner, genres: [$genre]}, matrix: [[1, $number]])
}"""


@pytest.mark.parametrize(
    ("variables", "whole", "parts"),
    [
        ({}, {}, {}),
        ({"number": None, "maybe": None, "inner": None}, {"number": None, "maybe": None}, {"text": None, "high": None}),
        ({"number": 3, "sure": 1, "low": 2}, {"number": 3, "sure": 1}, {"low": 2, "high": 3, "last": 3}),
        ({"number": 3.0}, {"number": 3}, {"high": 3, "last": 3}),
        ({"real": 2, "key": 5, "flag": False}, {"real": 2.0, "key": "5", "flag": False}, {}),
        ({"numbers": 4, "matrix": 5}, {"numbers": [4], "matrix": [[5]]}, {}),
        ({"genre": "POETRY"}, {"genre": "Genre.POETRY"}, {"genres": ["Genre.POETRY"]}),
        ({"search": {"spans": {"low": 1}}}, {"search": {"spans": [{"low": 1, "high": 9}]}}, {}),
        ({"text": "</script> \u2028 \\ \" '"}, {"text": "</script> \u2028 \\ \" '"}, {}),
        ({"unknown": 1, "Number": 2}, {}, {}),
    ],
)
async def test_variables(bookshop: Bookshop, variables: dict, whole: dict, parts: dict):
    """A variable that is left out leaves out what it stands for, in an object, too; in a list it is null."""
    if "genre" not in variables:
        document = DECLARED.replace(", genres: [$genre]", "")
    else:
        document = DECLARED.replace("$genre: Genre,", "$genre: Genre!,")
    body, handed_over = await bookshop.both_ways(document, variables)
    assert handed_over is None
    data = body["data"]
    expected = {"sure": 8, "matrix": [[1], [None]]} | whole
    assert data["whole"] == told(expected)
    pages = {"low": parts.get("low", 4), "high": parts.get("high", 9)}
    search = {name: parts[name] for name in ("text", "genres") if name in parts} | {"pages": pages}
    assert data["parts"] == told({"matrix": [[1, parts.get("last")]], "search": search})


@pytest.mark.parametrize(
    "variables",
    [
        {"number": BIG},
        {"number": "3"},
        {"number": 3.5},
        {"number": True},
        {"sure": None},
        {"low": None},
        {"real": "1"},
        {"text": 5},
        {"flag": 1},
        {"key": 1.5},
        {"genre": "poetry"},
        {"genre": 2},
        {"numbers": [1, None]},
        {"matrix": [None]},
        {"search": {"pages": {}}},
        {"search": {"pages": {"low": 1, "wide": 2}}},
        {"search": []},
        {"search": "x"},
        {"number": 10**400},
        {"real": {}},
    ],
)
async def test_variables_that_do_not_fit(bookshop: Bookshop, variables: dict):
    document = DECLARED.replace(", genres: [$genre]", "")
    body, _ = await bookshop.both_ways(document, variables, before=[{}, {}])
    assert "data" not in body
    assert {error["extensions"]["code"] for error in body["errors"]} == {"BAD_USER_INPUT"}


WITHOUT_DEFAULTS = """query (
  $number: Int, $sure: Int!, $real: Float, $text: String, $flag: Boolean, $key: ID, $genre: Genre, $day: Date,
  $numbers: [Int!], $matrix: [[Int]!], $pages: Span, $spans: [Span!]
) {
  given(number: $number, sure: $sure, real: $real, text: $text, flag: $flag, key: $key, genre: $genre, day: $day,
    numbers: $numbers, matrix: $matrix, search: {pages: $pages, spans: $spans})
}"""
NUMBERS = st.none() | st.integers(-(2**31), 2**31 - 1)
SPANS = st.fixed_dictionaries({"low": st.integers(0, 9)}, optional={"high": NUMBERS})
FITTING = {
    "number": NUMBERS,
    "sure": st.integers(0, 9),
    "real": st.none() | st.floats(allow_nan=False, allow_infinity=False) | st.integers(0, 9),
    "text": st.none() | st.text(st.characters(codec="utf-8"), max_size=5),
    "flag": st.none() | st.booleans(),
    "key": st.text("ab1", max_size=3) | st.integers(0, 99),
    "genre": st.sampled_from([None, "CRIME", "POETRY"]),
    "day": st.sampled_from([None, "2024-02-29"]),
    "numbers": st.none() | st.integers(0, 9) | st.lists(st.integers(0, 9), max_size=2),
    "matrix": st.none() | st.lists(st.lists(NUMBERS, max_size=2) | st.integers(0, 9), max_size=2),
    "pages": st.none() | SPANS,
    "spans": st.none() | SPANS | st.lists(SPANS, max_size=2),
}
MISFITS: st.SearchStrategy[object] = st.sampled_from(
    [
        None,
        2**31,
        1.5,
        True,
        "x",
        "",
        [],
        [None],
        [[None]],
        {},
        {"low": None},
        {"low": 1, "wide": 2},
        [{"high": 1}],
        [1, "x"],
    ]
)


@given(
    fitting=st.fixed_dictionaries(
        {"sure": FITTING["sure"]}, optional={k: v for k, v in FITTING.items() if k != "sure"}
    ),
    misfits=st.dictionaries(st.sampled_from([*FITTING, "unknown"]), MISFITS, max_size=1),
    left_out=st.sampled_from(["", "", "", "sure"]),
)
@settings(max_examples=300)
async def test_any_values_of_variables(bookshop: Bookshop, fitting: dict, misfits: dict, left_out: str):
    """What types do with values is worked out once; what comes of it is what graphql-core makes of them."""
    variables = {name: value for name, value in (fitting | misfits).items() if name != left_out}
    body, handed_over = await bookshop.both_ways(WITHOUT_DEFAULTS, variables)
    assert ("errors" in body) == (handed_over is not None)


@pytest.mark.parametrize(
    "arguments",
    [
        f"number: {BIG}",
        "number: 1.0",
        'number: "1"',
        "sure: null",
        "real: true",
        "text: A",
        "flag: 0",
        "genre: NOTHING",
        'genre: "CRIME"',
        'day: "2023-02-29"',
        "numbers: [1, null]",
        "matrix: [null]",
        "search: {pages: {}}",
        "search: {nothing: 1}",
        "nothing: 1",
        "number: 1 number: 2",
    ],
)
async def test_literals_that_do_not_fit(bookshop: Bookshop, arguments: str):
    body, _ = await bookshop.both_ways(f"{{ lone given({arguments}) }}", {})
    assert "data" not in body
    assert body["errors"]


async def test_a_null_for_a_variable_with_a_default_where_none_may_be(bookshop: Bookshop):
    """6.4.1: `Int = 3` may stand for `Int!`; an explicit null is that field's error, not the request's."""
    document = "query ($n: Int = 3) { lone needs(number: $n) }"
    await bookshop.answers(document, {"lone": 1, "needs": "3 CRIME"})
    body, _ = await bookshop.both_ways(document, {"n": None}, before=[{}, {}])
    assert (body["data"], body["errors"][0]["path"]) == (None, ["needs"])


@pytest.mark.parametrize(
    ("arguments", "found"),
    [
        ("numbers: [1, $n]", {"numbers": [1, 3]}),
        ("matrix: [[$n], $list]", {"matrix": [[3], [1]]}),
        ("search: {pages: {low: $n}}", {"search": {"pages": {"low": 3, "high": 9}}}),
        ("search: {spans: [{low: 1, high: $n}]}", {"search": {"spans": [{"low": 1, "high": 3}]}}),
        ("sure: $n", {"sure": 3}),
    ],
)
async def test_defaults_of_variables_within_lists_and_inputs(bookshop: Bookshop, arguments: str, found: dict):
    """What stands where no null may be takes the default where the variable is left out, and no null."""
    used = ", $list: [Int] = 1" if "$list" in arguments else ""
    document = f"query ($n: Int = 3{used}) {{ lone given({arguments}) }}"
    await bookshop.answers(document, {"lone": 1, "given": told(found)})
    body, _ = await bookshop.both_ways(document, {"n": None}, before=[{}, {}])
    if "high" in arguments or "matrix" in arguments:
        assert body["data"]["given"] == told(found).replace("3", "None")
    else:
        assert (body["data"], body["errors"][0]["path"]) == (None, ["given"])
        assert body["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"


async def test_variables_of_scalars_of_ones_own(bookshop: Bookshop):
    document = "query ($day: Date, $isbn: [Isbn!]) { given(day: $day, isbn: $isbn) }"
    for variables, found in (
        ({"day": "2024-02-29", "isbn": "9781"}, {"day": "2024-02-29", "isbn": ["9781"]}),
        ({"day": None, "isbn": []}, {"day": None, "isbn": []}),
        ({}, {}),
    ):
        await bookshop.answers(document, {"given": told(found)}, **variables)
    body, _ = await bookshop.both_ways(document, {"day": "2023-02-29"}, before=[{}, {}])
    assert "data" not in body
    assert body["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"


async def test_defaults_of_variables_and_arguments(bookshop: Bookshop):
    document = """query ($f: UUID!, $year: Int, $first: Int, $genre: [Genre!] = [NOVEL]) { author(id: $f) {
      age(year: $year) books(first: $first, genre: $genre) { nodes { title } }
    } }"""
    titles = [{"title": "F Author 0"}, {"title": "F Author 3"}]
    expected = {"author": {"age": 95, "books": {"nodes": titles}}}
    # Pages below a single object are the executor's.
    await bookshop.answers(document, expected, planned=None, f=key("F"))
    expected = {"author": {"age": 5, "books": {"nodes": [{"title": "F Author 1"}]}}}
    await bookshop.answers(document, expected, planned=None, f=key("F"), year=1910, first=1, genre="POETRY")
    body, _ = await bookshop.both_ways(document, {"f": key("F"), "year": None}, before=[{"f": key("F")}] * 2)
    assert body["errors"][0]["path"] == ["author", "age"]


async def test_pages_with_arguments_of_every_kind_below_a_list(bookshop: Bookshop):
    document = """query ($genres: [Genre!], $first: Int) { authors(first: 6) { nodes {
      books(genre: $genres, first: $first) { nodes { title } totalCount }
    } } }"""
    last = {"nodes": [{"title": "F Author 0"}, {"title": "F Author 1"}], "totalCount": 4}
    for genres in (["NOVEL", "POETRY"], "NOVEL", [], None):
        body, handed_over = await bookshop.both_ways(document, {"genres": genres, "first": 2})
        assert handed_over is None
        if genres == ["NOVEL", "POETRY"]:
            assert body["data"]["authors"]["nodes"][5]["books"] == last


async def test_short_lists_with_arguments_of_every_kind(bookshop: Bookshop):
    """One text with several values, so that a plan made for one meets another: lists, inputs, nulls."""
    document = """query ($genre: [Genre!], $pages: Span, $down: Boolean! = false) { authors(first: 6) { nodes {
      titles(genre: $genre, pages: $pages, descending: $down)
    } } }"""
    values: list[tuple[dict, list[int]]] = [
        ({}, [0, 1, 2, 3, 4]),
        ({"genre": ["NOVEL", "POETRY"]}, [0, 1, 3, 4]),
        ({"genre": "NOVEL", "down": True}, [3, 0]),
        ({"genre": []}, []),
        ({"genre": None, "pages": None}, [0, 1, 2, 3, 4]),
        ({"pages": {"low": 200, "high": 300}}, [1, 2]),
        ({"pages": {"low": 300, "high": 400}, "genre": ["NOVEL"]}, [3]),
    ]
    for variables, numbers in values:
        body, handed_over = await bookshop.both_ways(
            document, variables, before=[earlier for earlier, _ in values if earlier is not variables]
        )
        assert handed_over is None
        assert body["data"]["authors"]["nodes"][5]["titles"] == [f"F Author {number}" for number in numbers]


async def test_a_list_that_comes_from_one_source_or_another(bookshop: Bookshop):
    """By its arguments, in one order: what was prepared for one source must not serve the other."""
    document = """query ($inPrint: Boolean!) { authors(first: 6) { nodes {
      written(first: 2, inPrint: $inPrint) { nodes { title inPrint } totalCount }
    } } }"""
    for only, titles, count in ((True, ["0", "2"], 3), (False, ["0", "1"], 5)):
        body, handed_over = await bookshop.both_ways(
            document, {"inPrint": only}, before=[{"inPrint": not only}, {"inPrint": not only}]
        )
        assert handed_over is None
        written = body["data"]["authors"]["nodes"][5]["written"]
        assert [node["title"][-1] for node in written["nodes"]] == titles
        assert written["totalCount"] == count


async def test_values_of_columns(bookshop: Bookshop):
    document = """query ($id: UUID!) { book(id: $id) {
      id title subtitle isbn genre pages sold inPrint published addedAt tags hasTag(anyOf: ["t1", "x"])
    } }"""
    expected = {
        "id": key("F", "2"),
        "title": "F Author 2",
        "subtitle": "Part 2",
        "isbn": "978-2",
        "genre": "CRIME",
        "pages": 300,
        "sold": 20,
        "inPrint": True,
        "published": "1992-05-01",
        "addedAt": "2020-01-03T00:00:00.000002+00:00",
        "tags": ["t0", "t1"],
        "hasTag": True,
    }
    await bookshop.answers(document, {"book": expected}, id=key("F", "2"))
    odd = 'query ($id: UUID!) { book(id: $id) { subtitle inPrint addedAt hasTag(anyOf: "x") } }'
    expected = {"subtitle": None, "inPrint": False, "addedAt": "2020-01-02T00:00:00.000001+00:00", "hasTag": False}
    await bookshop.answers(odd, {"book": expected}, id=key("F", "1"))


async def test_values_that_fit_once_they_are_coerced(bookshop: Bookshop):
    document = "{ trial { loose { key flag real text number } } }"
    loose = {"key": "5", "flag": True, "real": 2.0, "text": "true", "number": 3}
    await bookshop.answers(document, {"trial": {"loose": loose}})


async def test_a_value_that_its_type_cannot_hold(bookshop: Bookshop):
    """6.4.3: an Int has 32 bits, wherever the number comes from; that ours has more is no fault of the client's."""
    document = "query ($id: UUID!) { book(id: $id) { title sold } trial { vast unfit } }"
    places = {"book.sold": (1, 44), "trial.vast": (1, 59), "trial.unfit": (1, 64)}
    faults = [fault(path, place) for path, place in places.items()]
    data = {"book": None, "trial": {"vast": None, "unfit": None}}
    await bookshop.answers(document, data, *faults, planned="GraphQLError", id=key("F", "4"))


async def test_what_a_resolver_does_to_its_arguments_is_gone_with_the_run(bookshop: Bookshop):
    document = "{ trial { emptied(of: [1, 2]) } }"
    body, _ = await bookshop.both_ways(document, {}, before=[{}, {}, {}])
    assert body["data"] == {"trial": {"emptied": [1, 2]}}
