"""Documents and plans are kept within a bound of memory, whatever clients send."""

from execution.document_cache import BYTES_A_PART, DocumentCache
from execution.engine import DOCUMENT_BYTES, Request
from execution.limits import Limits
from tests.execution.bookshop.context import Context
from tests.execution.bookshop.schema import build
from tests.execution.bookshop.tables import key
from tests.execution.conftest import Bookshop

A = key("A")
LIMITS = Limits(root_fields=100)
BOUND = 1_000_000
FLOOD = 250
"""More documents than fit into the queue of those that came once."""


def long(number: int) -> str:
    """A document of some 100 kB in memory that nobody sent before."""
    return f"{{ {' '.join(f'a{number}_{place}: lone' for place in range(60))} }}"


def test_a_flood_of_documents_that_come_once_leaves_those_that_come_again():
    documents = DocumentCache(build()._schema, LIMITS, bytes_held=BOUND)
    kept = documents.get("{ lone }")
    assert documents.get("{ lone }") is kept
    for number in range(200):
        documents.get(long(number))
        assert documents.bytes_held <= BOUND
    assert documents.get("{ lone }") is kept
    assert (documents.hits, documents.misses) == (2, 201)
    assert documents.evicted > 150


def test_documents_that_come_again_push_out_one_another():
    documents = DocumentCache(build()._schema, LIMITS, bytes_held=BOUND)
    for number in range(100):
        for _ in range(3):
            documents.get(long(number))
        assert documents.bytes_held <= BOUND
    assert documents.misses == 100
    newest, oldest = documents.get(long(99)), documents.get(long(0))
    assert documents.misses == 101
    assert newest.errors == oldest.errors == ()


def test_a_text_that_is_no_document_is_kept_too():
    """Who sends the same fault again and again has it parsed once."""
    documents = DocumentCache(build()._schema, LIMITS, bytes_held=BOUND)
    for text in ("{", "{ nothing }", "{ " + "a{" * 400):
        assert documents.get(text).errors
        assert documents.get(text).errors
    assert documents.misses == 3


def test_a_document_larger_than_all_that_is_kept_is_read_and_not_kept():
    documents = DocumentCache(build()._schema, LIMITS, bytes_held=10_000)
    for _ in range(3):
        assert documents.get(long(0)).errors == ()
        assert documents.bytes_held == 0
    assert documents.misses == 3


async def test_plans_count_and_go_with_their_documents(bookshop: Bookshop):
    documents = bookshop.planning.documents
    before, made = documents.bytes_held, bookshop.planner.made
    text = "{ author(id: $a) { name bibliography { title } } }"
    await bookshop.answers(f"query ($a: UUID!) {text}", {"author": {"name": "A Author", "bibliography": []}}, a=A)
    assert bookshop.planner.made == made + 1
    assert documents.bytes_held - before > 2 * BYTES_A_PART


def test_the_plan_of_a_document_that_had_to_go_is_not_counted():
    """A request may wait for its turn while its document goes; what is no longer held must not count for ever."""
    documents = DocumentCache(build()._schema, LIMITS, bytes_held=BOUND)
    for _ in range(2):
        waiting = documents.get("{ lone }")
    for number in range(50):
        for _ in range(2):
            documents.get(long(number))
    held = documents.bytes_held
    documents.keep_plan(waiting, "key", "plan", 3)
    assert documents.bytes_held == held
    for _ in range(2):
        again = documents.get("{ lone }")
    documents.keep_plan(again, "key", "plan", 3)
    assert again is not waiting
    assert again.plans == {"key": "plan"}


def test_the_plans_of_one_document_are_bounded():
    documents = DocumentCache(build()._schema, LIMITS, bytes_held=100 * BOUND)
    documents.get("{ lone }")
    document = documents.get("{ lone }")
    for number in range(1000):
        documents.keep_plan(document, number, "plan", 1)
        assert len(document.plans) <= 100
    assert documents.bytes_held < 100 * 25_000 + BOUND


async def test_a_flood_makes_no_plans_and_takes_none_away(bookshop: Bookshop):
    """While texts that nobody sent before pour in, what clients send all day stays parsed and planned."""
    text = "query ($a: UUID!) { author(id: $a) { name books(first: 1) { totalCount } } }"
    daily = Request(text, {"a": A})
    expected = [(await bookshop.planning.run(daily, Context(bookshop.database))).body for _ in range(2)]
    documents, planner = bookshop.planning.documents, bookshop.planner
    made, ran, misses, hits, evicted = planner.made, planner.ran, documents.misses, documents.hits, documents.evicted
    for number in range(FLOOD):
        strange = f"{{ {' '.join(f's{number}_{place}: lone' for place in range(45))} }}"
        body = (await bookshop.planning.run(Request(strange, {}), Context(bookshop.database))).body
        assert body["data"][f"s{number}_44"] == 1
        if number % 10 == 0:
            assert (await bookshop.planning.run(daily, Context(bookshop.database))).body == expected[1] == expected[0]
        assert documents.bytes_held <= DOCUMENT_BYTES
    assert (planner.made, planner.ran) == (made, ran + FLOOD // 10)
    assert (documents.misses, documents.hits) == (misses + FLOOD, hits + FLOOD // 10)
    assert documents.evicted > evicted
