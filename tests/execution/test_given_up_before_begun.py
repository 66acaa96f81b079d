"""Fields that are given up with a sibling's error before they began, or while they wait for what never comes."""

import asyncio
import gc
import warnings

import pytest
import strawberry

from execution.engine import Engine, Request
from tests.execution.bookshop.context import Context, report, translate
from tests.execution.conftest import Bookshop

TURNS = range(8)
"""How many turns of the loop a field takes until it fails, or is there: the next ones begin a turn later."""


async def _turns(count: int) -> None:
    for _ in range(count):
        await asyncio.sleep(0)


@strawberry.type
class Thing:
    """Has several fields that are awaited, which begin together once it is there."""

    @strawberry.field
    async def one(self) -> int:
        return 1

    @strawberry.field
    async def other(self) -> int:
        return 2

    @strawberry.field
    async def never(self) -> int:
        await asyncio.get_running_loop().create_future()
        return 3


@strawberry.type
class Query:
    """Two fields that may not be null: the error of one gives up the other."""

    @strawberry.field
    async def fails(self, turns: int) -> int:
        await _turns(turns)
        raise ValueError

    @strawberry.field
    def fails_at_once(self) -> int:
        raise ValueError

    @strawberry.field
    async def thing(self, turns: int) -> Thing:
        await _turns(turns)
        return Thing()


@pytest.fixture(scope="module")
def engine() -> Engine:
    """An engine over them."""
    return Engine(strawberry.Schema(Query), translate, report)


@pytest.mark.parametrize("fails", ["failsAtOnce", *(f"fails(turns: {turns})" for turns in TURNS)])
async def test_nothing_is_left_of_a_field_that_is_given_up(fails: str, engine: Engine, bookshop: Bookshop):
    before = asyncio.all_tasks()
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        for turns in TURNS:
            document = f"{{ thing(turns: {turns}) {{ one other never }} {fails} }}"
            answer = await engine.run(Request(document, {}), Context(bookshop.database))
            assert answer.body["data"] is None
            assert [error["path"] for error in answer.body["errors"]] == [[fails.partition("(")[0]]]
            assert asyncio.all_tasks() == before, turns
        gc.collect()
    assert [str(one.message) for one in warned] == []
