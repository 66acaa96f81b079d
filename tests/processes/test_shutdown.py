"""The end of a server by signal: what runs is finished or rolled back, in bounded time, and nobody is sent there."""

import asyncio
import signal
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg
import httpx
import pytest

from clientela.settings import Settings
from tests.api.customers import UPDATE_CONTACT
from tests.clients import Answer
from tests.processes.server import Server, served
from tests.worlds import World

pytestmark = pytest.mark.parametrize("world", ["postgresql"], indirect=True)
AGENT = "admin-agent@litware"
READ = "{ customers(first: 1) { nodes { id billingProfile { etag } } } }"
NAMED = "select count(*) from billing_profile where first_name = 'Written at the end'"
WAITING = "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"
CONNECTED = (
    "select count(*) from pg_stat_activity where application_name = 'clientela' and datname = current_database()"
)
SECONDS = 15


@asynccontextmanager
async def held_up(server: Server, settings: Settings) -> AsyncIterator[tuple[asyncio.Task[Answer], asyncpg.Connection]]:
    """A mutation that waits for a lock as long as the context lasts, and a connection to look past it."""
    assert settings.database_url is not None
    (node,) = (await server.ask(AGENT, READ)).ok()["customers"]["nodes"]
    contact = {"firstName": "Written at the end"}
    form = {"customerId": node["id"], "etag": node["billingProfile"]["etag"], "contact": contact}
    holder, watcher = [await asyncpg.connect(settings.database_url.get_secret_value()) for _ in range(2)]
    try:
        async with holder.transaction():
            await holder.execute("lock table activity_record in access exclusive mode")
            asking = asyncio.create_task(server.ask(AGENT, UPDATE_CONTACT, input=form))
            while await watcher.fetchval(WAITING) == 0:
                pass
            yield asking, watcher
    finally:
        await holder.close()
        await watcher.close()


async def refuses_connections(url: str) -> bool:
    """Comes back once nobody accepts there any more."""
    async with asyncio.timeout(SECONDS), httpx.AsyncClient(base_url=url) as http:
        while True:
            try:
                await http.get("/healthz", headers={"Connection": "close"})
            except httpx.ConnectError:
                return True
            except httpx.TransportError:
                # Taken into the queue of a listener that was closed before it accepted: ask again.
                continue


async def ended(process: subprocess.Popen[bytes]) -> int:
    """The status that the process ends with."""
    return await asyncio.to_thread(process.wait, SECONDS)


async def written(settings: Settings) -> int:
    """How many profiles were renamed for good, once no server is connected any more."""
    assert settings.database_url is not None
    watcher = await asyncpg.connect(settings.database_url.get_secret_value())
    try:
        async with asyncio.timeout(SECONDS):
            while await watcher.fetchval(CONNECTED):
                pass
        return int(await watcher.fetchval(NAMED))
    finally:
        await watcher.close()


async def test_a_mutation_that_runs_is_finished_and_told_and_nothing_new_is_taken(world: World, tmp_path: Path):
    async with world.copy() as settings, served(settings, tmp_path / "log") as server:
        async with held_up(server, settings) as (asking, _):
            server.process.terminate()
            assert await refuses_connections(server.url)
            assert not asking.done()
        (await asking).ok()
        assert await ended(server.process) == -signal.SIGTERM


async def test_what_does_not_finish_in_time_is_rolled_back(world: World, tmp_path: Path):
    async with world.copy() as settings:
        short = settings.model_copy(update={"shutdown_seconds": 1})
        async with served(short, tmp_path / "log") as server:
            async with held_up(server, settings) as (asking, watcher):
                server.process.terminate()
                assert await ended(server.process) == -signal.SIGTERM
                with pytest.raises(httpx.TransportError):
                    await asking
                # PostgreSQL looks now and then whether somebody is still there, while it waits for the lock.
                async with asyncio.timeout(SECONDS):
                    while await watcher.fetchval(WAITING):
                        pass
            assert await written(settings) == 0


async def test_a_server_that_drains_says_so_and_answers_and_a_second_signal_ends_it_at_once(
    world: World, tmp_path: Path
):
    async with world.copy() as settings:
        draining = settings.model_copy(update={"drain_seconds": 300, "shutdown_seconds": 600})
        async with served(draining, tmp_path / "log") as server, held_up(server, settings) as (asking, watcher):
            assert (await server.http.get("/readyz")).status_code == 200
            server.process.terminate()
            async with asyncio.timeout(SECONDS):
                while (answer := await server.http.get("/readyz")).status_code != 503:
                    pass
            assert answer.json()["checks"]["serving"] == {"ok": False, "message": "this process is stopping"}
            assert (await server.http.get("/healthz")).status_code == 200
            (await server.ask(AGENT, "{ viewer { name } }")).ok()
            server.process.terminate()
            assert await ended(server.process) == -signal.SIGTERM
            with pytest.raises(httpx.TransportError):
                await asking
            assert await watcher.fetchval(NAMED) == 0
