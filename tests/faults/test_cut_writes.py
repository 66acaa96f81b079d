"""A mutation that its deadline cuts off is wholly absent, and its key does the work when it is sent again (issue 5)."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from sqlalchemy import text

from clientela.database import make_engine
from clientela.settings import Settings
from tests.api.customers import form
from tests.api.keyed import CREATE, new_key, ran, replayed, send
from tests.clients import serve_in_process
from tests.worlds import World

AGENT = "admin-agent@litware"
SECONDS = 3.0


@asynccontextmanager
async def writers_held_up(settings: Settings) -> AsyncIterator[None]:
    """Somebody else is in the way of the last rows of a write: a log line on PostgreSQL, everything on SQLite."""
    holder = make_engine(settings)
    writing = holder.execution_options(writes=True)
    async with writing.connect() as connection, connection.begin():
        if holder.dialect.name == "postgresql":
            await connection.execute(text("lock table activity_record in access exclusive mode"))
        yield
    await holder.dispose()


@pytest.mark.parametrize("times_before", [0, 2])
async def test_a_write_that_is_cut_off_is_wholly_absent_and_its_key_does_it_later(world: World, times_before: int):
    """By the executor as by plan."""
    async with (
        world.copy() as settings,
        serve_in_process(settings.model_copy(update={"request_seconds": SECONDS})) as api,
    ):
        for _ in range(times_before):
            ran(await send(api, AGENT, new_key(), CREATE, input=form("IT")))
        key, filled = new_key(), form("IT")
        before = await api.counts()
        for _ in range(2):
            async with writers_held_up(settings):
                late = await send(api, AGENT, key, CREATE, input=filled)
            assert (late.status_code, late.headers["Retry-After"]) == (503, "1"), late.text
            assert late.json()["errors"][0]["extensions"]["code"] == "DEADLINE_EXCEEDED"
            assert await api.counts() == before
        made = ran(await send(api, AGENT, key, CREATE, input=filled))["made"]
        assert made["customer"]["domain"]
        assert replayed(await send(api, AGENT, key, CREATE, input=filled))["made"]["customer"] == made["customer"]


async def test_of_writes_that_wait_for_one_that_is_cut_off_each_is_done_once(world: World):
    """Copies of a request under one key, while the first of them holds the key and is late."""
    async with (
        world.copy() as settings,
        serve_in_process(settings.model_copy(update={"request_seconds": SECONDS})) as api,
    ):
        key, filled = new_key(), form("IT")
        before = await api.counts()
        async with writers_held_up(settings):
            answers = await asyncio.gather(*(send(api, AGENT, key, CREATE, input=filled) for _ in range(4)))
        assert {answer.status_code for answer in answers} <= {409, 503}
        assert await api.counts() == before
        ran(await send(api, AGENT, key, CREATE, input=filled))
        after = await api.counts()
        replayed(await send(api, AGENT, key, CREATE, input=filled))
        assert await api.counts() == after
        assert after["customer"] == before["customer"] + 1
