"""Documents and plans are kept within a bound of memory, whatever clients send."""

from execution.document_cache import BYTES_A_PART, DocumentCache
from tests.execution.bookshop.schema import build
from tests.execution.bookshop.tables import key
from tests.execution.conftest import Bookshop

A = key("A")
BOUND = 1_000_000


def long(number: int) -> str:
    """A document of some 100 kB in memory that nobody sent before."""
    return f"{{ {' '.join(f'a{number}_{place}: lone' for place in range(60))} }}"


def test_a_flood_of_documents_that_come_once_leaves_those_that_come_again():
    documents = DocumentCache(build()._schema, bytes_held=BOUND)
    kept = documents.get("{ lone }")
    assert documents.get("{ lone }") is kept
    for number in range(200):
        documents.get(long(number))
        assert documents.bytes_held <= BOUND
    assert documents.get("{ lone }") is kept
    assert (documents.hits, documents.misses) == (2, 201)
    assert documents.evicted > 150


def test_documents_that_come_again_push_out_one_another():
    documents = DocumentCache(build()._schema, bytes_held=BOUND)
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
    documents = DocumentCache(build()._schema, bytes_held=BOUND)
    for text in ("{", "{ nothing }", "{ " + "a{" * 400):
        assert documents.get(text).errors
        assert documents.get(text).errors
    assert documents.misses == 3


def test_a_document_larger_than_all_that_is_kept_is_read_and_not_kept():
    documents = DocumentCache(build()._schema, bytes_held=10_000)
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


def test_the_plans_of_one_document_are_bounded():
    documents = DocumentCache(build()._schema, bytes_held=100 * BOUND)
    documents.get("{ lone }")
    document = documents.get("{ lone }")
    for number in range(1000):
        documents.keep_plan(document, number, "plan", 1)
        assert len(document.plans) <= 100
    assert documents.bytes_held < 100 * 25_000 + BOUND
