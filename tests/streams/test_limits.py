"""How many connections and subscriptions there may be, how large a message is, and how long nothing may be said."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from typing import Any

import pytest
import pytest_asyncio
from websockets.exceptions import ConnectionClosed

from tests.processes.server import Server
from tests.streams.clients import ACTIVITY, AGENT, Socket, event_stream, invite, newest_record, socket
from tests.streams.servers import serving
from tests.worlds import World

OTHER = "sales-agent@litware"
SECONDS = 20
FULL = "3 streams are open here, the most there may be (CLIENTELA_MAX_CONNECTIONS). Try again shortly."
MOST = {"max_connections": 3, "max_subscriptions_of_one": 2, "max_operations_of_socket": 2, "max_body_bytes": 2048}


@pytest_asyncio.fixture(scope="module")
async def small(world: World, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Server]:
    """A server that takes three connections, two subscriptions of a caller and two operations a socket."""
    async with world.copy() as settings, serving(settings, tmp_path_factory.mktemp("small"), **MOST) as server:
        yield server


@pytest_asyncio.fixture(scope="module")
async def impatient(world: World, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Server]:
    """A server that waits a second for a name, and as long for whoever has nothing running."""
    short = {"stream_idle_seconds": 1, "stream_greeting_seconds": 1}
    async with world.copy() as settings, serving(settings, tmp_path_factory.mktemp("short"), **short) as server:
        yield server


@asynccontextmanager
async def placed(server: Server, name: str = AGENT) -> AsyncIterator[Socket]:
    """A socket, as soon as those of the test before, which were closed, are counted no longer."""
    async with AsyncExitStack() as stack:
        async with asyncio.timeout(SECONDS):
            one = None
            while one is None:
                with suppress(ConnectionClosed):
                    one = await stack.enter_async_context(socket(server, name))
        yield one


async def begun(one: Socket, name: str, after: str) -> dict[str, Any] | None:
    """Subscribes from behind a line that others follow; None once it runs, or the error that refused it."""
    await one.subscribe(ACTIVITY, name, after=after)
    message = await one.hear()
    assert message["id"] == name
    if message["type"] == "error":
        error: dict[str, Any] = message["payload"][0]
        return error
    return None


async def test_a_process_that_is_full_sends_further_clients_away_and_answers_requests(small: Server):
    after = await newest_record(small)
    await invite(small)
    async with AsyncExitStack() as stack:
        for name in ("admin-agent@litware", OTHER, "global-admin@litware"):
            one = await stack.enter_async_context(socket(small, name))
            assert await begun(one, "s", after) is None
        async with socket(small, None) as further:
            assert await further.closing() == 1013
            assert further.raw.close_reason == FULL
        async with event_stream(small, ACTIVITY) as (response, _):
            refused = await response.aread()
            assert (response.status_code, response.headers["retry-after"]) == (503, "5"), refused
            assert b'"TOO_MANY_CONNECTIONS"' in refused
            assert FULL.encode() in refused
        (await small.ask(OTHER, "{ viewer { name } }")).ok()
        await one.raw.close()
        async with asyncio.timeout(SECONDS):
            while True:
                async with event_stream(small, ACTIVITY, after=after) as (response, events):
                    if response.status_code == 200:
                        assert (await anext(events))[0] == "next"
                        return


async def test_a_caller_has_so_many_subscriptions_in_all_and_gets_places_back(small: Server):
    after = await newest_record(small)
    await invite(small)
    async with placed(small) as first, placed(small) as second, placed(small, OTHER) as other:
        assert await begun(first, "1", after) is None
        assert await begun(second, "2", after) is None
        refused = await begun(second, "3", after)
        assert refused is not None
        assert refused["extensions"]["code"] == "TOO_MANY_SUBSCRIPTIONS"
        assert refused["message"].startswith("You have 2 subscriptions here")
        assert refused["message"].endswith("(CLIENTELA_MAX_SUBSCRIPTIONS_OF_ONE). End one first.")
        assert await begun(other, "1", after) is None
        await first.say(id="1", type="complete")
        async with asyncio.timeout(SECONDS):
            while await begun(second, "3", after) is not None:
                pass


async def test_a_socket_runs_so_many_operations_at_a_time(small: Server):
    async with placed(small) as one:
        for name in ("1", "2", "3"):
            await one.subscribe(ACTIVITY, name)
        assert await one.closing() == 4429
        most = "More than 2 operations at a time (CLIENTELA_MAX_OPERATIONS_OF_SOCKET); end one first"
        assert one.raw.close_reason == most


@pytest.mark.parametrize("message", ["x" * 2049, ["x" * 700] * 3], ids=["one frame", "fragments"])
async def test_a_message_that_is_too_large_closes_the_socket(message: str | list[str], small: Server):
    async with placed(small) as one:
        await one.raw.send(message)
        assert await one.closing() == 1009


async def test_silence_closes_a_socket_unless_something_runs_on_it(impatient: Server):
    after = await newest_record(impatient)
    await invite(impatient)
    async with socket(impatient) as busy:
        assert await begun(busy, "s", after) is None
        async with socket(impatient, None) as silent:
            assert await silent.closing() == 4408
            assert "within 1 s (CLIENTELA_STREAM_GREETING_SECONDS)" in str(silent.raw.close_reason)
        async with socket(impatient) as idle:
            assert await idle.closing() == 1000
            nothing = "Nothing was asked for 1 s (CLIENTELA_STREAM_IDLE_SECONDS); connect again to go on"
            assert idle.raw.close_reason == nothing
        async with socket(impatient) as done:
            await done.subscribe("{ viewer { name } }")
            assert await done.closing() == 1000
        await invite(impatient)
        assert "activity" in await busy.next()


async def test_who_says_anything_but_a_name_is_not_waited_for(impatient: Server):
    async with socket(impatient, None) as one:
        closing = asyncio.create_task(one.closing())
        async with asyncio.timeout(SECONDS):
            while not closing.done():
                with suppress(ConnectionClosed):
                    await one.say(type="ping")
                    await asyncio.wait([closing], timeout=0.1)
        assert await closing == 4408
