"""PostgreSQL connections that die: while they lie idle, while a statement runs, in the middle of a write."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
import pytest

from clientela.settings import Settings
from tests.api.customers import UPDATE_CONTACT, Json, some_customer
from tests.clients import Answer, Api

AGENT = "sales-agent@litware"
DOCUMENT = "{ customers(first: 3) { nodes { companyName relationship { since } } } }"
OURS = "datname = current_database() and application_name = 'clientela'"
CUT = f"select pg_terminate_backend(pid) from pg_stat_activity where {OURS}"
WAITING = f"select count(*) from pg_stat_activity where {OURS} and wait_event_type = 'Lock'"

WAITING_PID = f"select min(pid) from pg_stat_activity where {OURS} and wait_event_type = 'Lock'"


@asynccontextmanager
async def locked(settings: Settings, table: str) -> AsyncIterator[asyncpg.Connection]:
    """While the table is held, so that who reads it waits; another connection, to look at who does."""
    assert settings.database_url is not None
    holder, watcher = [await asyncpg.connect(settings.database_url.get_secret_value()) for _ in range(2)]
    try:
        async with holder.transaction():
            await holder.execute(f"lock table {table} in access exclusive mode")
            # Not the holder: a transaction sees who waits as it was at its first look.
            yield watcher
    finally:
        await holder.close()
        await watcher.close()


async def cut_once_somebody_waits(watcher: asyncpg.Connection) -> None:
    while await watcher.fetchval(WAITING) == 0:
        pass
    await watcher.execute(CUT)


async def test_idle_connections_that_died_are_not_noticed_by_clients(fresh_api: Api):
    if fresh_api.database.dialect.name != "postgresql":
        return
    for _ in range(3):
        (await fresh_api.ask(AGENT, DOCUMENT)).ok()
        await asyncio.gather(*(fresh_api.ask(AGENT, DOCUMENT) for _ in range(20)))
        await fresh_api.rows(CUT)
        for answer in await asyncio.gather(*(fresh_api.ask(AGENT, DOCUMENT) for _ in range(20))):
            answer.ok()


@pytest.mark.parametrize("times_before", [0, 2])
async def test_a_read_whose_connection_dies_is_read_again(fresh_api: Api, times_before: int):
    """By the executor as by plan: its first statement did nothing that could be done twice."""
    if fresh_api.database.dialect.name != "postgresql":
        return
    for _ in range(times_before):
        (await fresh_api.ask(AGENT, DOCUMENT)).ok()
    (await fresh_api.ask(AGENT, "{ viewer { name } }")).ok()
    async with locked(fresh_api.settings, "relationship") as watcher:
        asking = asyncio.create_task(fresh_api.ask(AGENT, DOCUMENT))
        await cut_once_somebody_waits(watcher)
    (await asking).ok()
    (await fresh_api.ask(AGENT, DOCUMENT)).ok()


async def waiting_pid(watcher: asyncpg.Connection, *, but: int = 0) -> int:
    """The process of PostgreSQL that works for a connection which waits, and is not the one named."""
    while (found := await watcher.fetchval(f"{WAITING_PID} and pid <> {but}")) is None:
        pass
    return int(found)


async def test_what_is_read_again_is_read_on_a_new_connection(fresh_api: Api):
    """Those that were made before may die next."""
    if fresh_api.database.dialect.name != "postgresql":
        return
    await asyncio.gather(*(fresh_api.ask(AGENT, DOCUMENT) for _ in range(20)))
    async with locked(fresh_api.settings, "relationship") as watcher:
        old = {row["pid"] for row in await watcher.fetch(f"select pid from pg_stat_activity where {OURS}")}
        assert len(old) > 1
        asking = asyncio.create_task(fresh_api.ask(AGENT, DOCUMENT))
        first = await waiting_pid(watcher)
        await watcher.execute(f"select pg_terminate_backend({first})")
        second = await waiting_pid(watcher, but=first)
    (await asking).ok()
    assert first in old
    assert second not in old


@pytest.mark.parametrize("times_before", [0, 2])
async def test_a_write_whose_connection_dies_is_told_and_not_tried_again(fresh_api: Api, times_before: int):
    if fresh_api.database.dialect.name != "postgresql":
        return
    customer = await some_customer(fresh_api, AGENT, "Blue Yonder Airlines")
    for number in range(times_before):
        written = await _rename(fresh_api, customer, f"Before {number}")
        customer = written.ok()["customerUpdateContact"]["customer"]
    before = await fresh_api.counts()
    async with locked(fresh_api.settings, "activity_record") as watcher:
        asking = asyncio.create_task(_rename(fresh_api, customer, "Lost"))
        await cut_once_somebody_waits(watcher)
        answer = await asking
    assert (answer.data, answer.codes) == ({"customerUpdateContact": None}, ["DATABASE_UNAVAILABLE"])
    assert await fresh_api.counts() == before
    (await _rename(fresh_api, customer, "Kept")).ok()


async def _rename(api: Api, customer: Json, name: str) -> Answer:
    contact = {"firstName": name}
    base = {"customerId": customer["id"], "etag": customer["billingProfile"]["etag"], "contact": contact}
    return await api.ask(AGENT, UPDATE_CONTACT, input=base)
