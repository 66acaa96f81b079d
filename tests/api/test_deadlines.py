"""What takes too long is given up and leaves nothing behind; who finds the queue full is told at once (issue 5)."""

import asyncio
import re
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from sqlalchemy import text

from clientela.database import make_engine
from tests.api.posting import AGENT, RESPONSE_TYPE
from tests.clients import Answer, Api, serve_in_process
from tests.worlds import World

LIST = "{ customers(first: 2) { nodes { id } } }"
PATIENT = {"lock_seconds": 60.0, "statement_seconds": 60.0, "request_seconds": 60.0, "queue_seconds": 60.0}
SOON = 5.0
WAY_OUT = r"Ask for less|Try again"


# SQLite has neither locks on tables nor a pool.
pytestmark = pytest.mark.parametrize("world", ["postgresql"], indirect=True)


@asynccontextmanager
async def limited(world: World, **limits: Any) -> AsyncIterator[Api]:
    async with world.copy() as settings, serve_in_process(settings.model_copy(update=PATIENT | limits)) as api:
        await ask(api)
        yield api


@asynccontextmanager
async def customers_locked(api: Api) -> AsyncIterator[None]:
    """Somebody holds the customers, and whoever wants to read them waits."""
    holder = make_engine(api.settings)
    async with holder.connect() as connection, connection.begin():
        await connection.execute(text("lock table customer in access exclusive mode"))
        yield
    await holder.dispose()


async def ask(api: Api, document: str = LIST) -> Answer:
    headers = {"Authorization": f"Bearer {await api.token(AGENT)}", "Accept": RESPONSE_TYPE}
    response = await api.http.post("/graphql", json={"query": document}, headers=headers)
    return Answer(response.status_code, response.headers, response.json())


async def until_waiting(api: Api, wanted: int) -> None:
    """Until so many of the server's statements wait for a lock."""
    deadline = time.monotonic() + SOON
    statement = (
        "select count(*) from pg_stat_activity where datname = current_database() "
        "and application_name = 'clientela' and wait_event_type = 'Lock'"
    )
    while (await api.rows(statement))[0][0] != wanted:
        assert time.monotonic() < deadline
        await asyncio.sleep(0.01)


async def test_a_lock_that_is_not_given_up_ends_the_statement_and_the_answer_says_so(world: World):
    async with limited(world, lock_seconds=0.2) as api:
        for _ in range(3):
            async with customers_locked(api):
                answer = await ask(api)
            assert answer.codes == ["DEADLINE_EXCEEDED"]
            assert answer.errors[0]["path"][0] == "customers"
            (await ask(api)).ok()


async def test_a_request_that_is_late_is_ended_with_its_statement(world: World):
    """Its connection carries somebody else's answer to nobody."""
    async with limited(world, request_seconds=2.0) as api:
        for _ in range(2):
            async with customers_locked(api):
                answer = await ask(api)
                assert (answer.status, answer.codes) == (503, ["DEADLINE_EXCEEDED"])
                assert answer.headers["Retry-After"] == "1"
                await until_waiting(api, 0)
            assert [(await ask(api)).ok()["customers"] is not None for _ in range(12)] == [True] * 12


async def test_who_finds_the_queue_full_is_told_at_once(world: World):
    async with limited(world, database_pool_size=1, queue_length=1) as api:
        async with customers_locked(api):
            holding = asyncio.create_task(ask(api))
            await until_waiting(api, 1)
            queued = asyncio.create_task(ask(api))
            await asyncio.sleep(0)
            answers = [await ask(api) for _ in range(3)]
            turned_away = [answer for answer in answers if answer.status == 503]
            assert len(turned_away) >= 2
            for answer in turned_away:
                assert answer.codes == ["OVERLOADED"]
                assert answer.headers["Retry-After"] == "1"
            assert not holding.done()
        assert [(await task).status for task in (holding, queued)] == [200, 200]
        (await ask(api)).ok()


async def test_who_waits_too_long_in_the_queue_is_turned_away(world: World):
    async with limited(world, database_pool_size=1, queue_seconds=0.2) as api:
        async with customers_locked(api):
            holding = asyncio.create_task(ask(api))
            await until_waiting(api, 1)
            answers = await asyncio.gather(*(ask(api) for _ in range(5)))
            assert {(answer.status, *answer.codes) for answer in answers} == {(503, "OVERLOADED")}
        assert (await holding).status == 200
        assert [(await ask(api)).status for _ in range(3)] == [200] * 3


@pytest.mark.parametrize(
    ("limits", "setting", "value"),
    [
        ({"lock_seconds": 0.2}, "CLIENTELA_LOCK_SECONDS", "0.2 seconds"),
        ({"statement_seconds": 0.2}, "CLIENTELA_STATEMENT_SECONDS", "0.2 seconds"),
        ({"database_pool_size": 1, "queue_length": 0}, "CLIENTELA_QUEUE_LENGTH", "0 requests"),
        ({"database_pool_size": 1, "queue_seconds": 0.3}, "CLIENTELA_QUEUE_SECONDS", "0.3 seconds"),
        ({"request_seconds": 0.6}, "CLIENTELA_REQUEST_SECONDS", "0.6 seconds"),
    ],
)
async def test_the_error_says_which_limit_it_was_and_its_value(
    world: World, limits: dict[str, Any], setting: str, value: str
):
    async with limited(world, **limits) as api:
        async with customers_locked(api):
            holding = asyncio.create_task(ask(api))
            await until_waiting(api, 1)
            answer = await ask(api) if "database_pool_size" in limits else await holding
        await holding
    (error,) = answer.errors
    assert setting in error["message"]
    assert value in error["message"]
    assert re.search(WAY_OUT, error["message"])
