"""Fields that are given up with a sibling's error end with the operation, whatever they wait for."""

import asyncio
import gc

import pytest
import strawberry

from execution.engine import Engine, Request
from tests.execution.bookshop.context import Context, report, translate
from tests.execution.conftest import Bookshop

TURNS = range(8)
"""How many turns of the loop a field takes until it fails, or is there."""
FIELDS = "{ one never itself { one never } both { one never } }"


async def _turns(count: int) -> None:
    for _ in range(count):
        await asyncio.sleep(0)


@strawberry.type
class Thing:
    """Has fields that are awaited, one of them for ever."""

    @strawberry.field
    async def one(self) -> int:
        return 1

    @strawberry.field
    def itself(self) -> "Thing":
        return self

    @strawberry.field
    def both(self) -> list["Thing"]:
        return [self, self]

    @strawberry.field
    async def never(self) -> int:
        await asyncio.get_running_loop().create_future()
        return 2


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

    @strawberry.field
    async def things(self, turns: int) -> list[Thing]:
        await _turns(turns)
        return [Thing(), Thing()]


@pytest.fixture(scope="module")
def engine() -> Engine:
    """An engine over them."""
    return Engine(strawberry.Schema(Query), translate, report)


@pytest.mark.parametrize("fails", ["failsAtOnce", *(f"fails(turns: {turns})" for turns in TURNS)])
async def test_nothing_is_left_of_a_field_that_is_given_up(fails: str, engine: Engine, bookshop: Bookshop):
    """Neither a task, nor a coroutine of which Python would say that it was never awaited."""
    before = asyncio.all_tasks()
    for turns in TURNS:
        document = f"{{ thing(turns: {turns}) {FIELDS} things(turns: {turns}) {FIELDS} {fails} }}"
        answer = await engine.run(Request(document, {}), Context(bookshop.database))
        assert answer.body["data"] is None
        assert [error["path"] for error in answer.body["errors"]] == [[fails.partition("(")[0]]]
        assert asyncio.all_tasks() <= before, turns
    gc.collect()
