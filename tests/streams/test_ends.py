"""Why streams end: the token does, or the server."""

import asyncio
import signal
from pathlib import Path

from tests.streams.clients import ACTIVITY, AGENT, event_stream, invite, newest_record, seconds_to_begin, socket
from tests.streams.servers import serving, short_token
from tests.worlds import World

SECONDS = 20


async def test_a_token_that_expires_ends_what_it_began(world: World, tmp_path: Path):
    """Also where nothing happens that a subscriber could be told of."""
    async with world.copy() as settings, serving(settings, tmp_path, clock_leeway_seconds=0) as server:
        after = await newest_record(server)
        await invite(server)
        token = short_token(settings, AGENT, await seconds_to_begin(server, after))
        async with (
            socket(server, token=token) as one,
            event_stream(server, ACTIVITY, token=token, after=after) as (_, events),
        ):
            await one.subscribe(ACTIVITY, after=after)
            await one.next()
            assert (await anext(events))[0] == "next"
            assert await one.closing() == 4403
            assert one.raw.close_reason == "UNAUTHENTICATED"
            (name, last), *rest = [event async for event in events]
            assert (name, [error["extensions"]["code"] for error in last["errors"]]) == ("next", ["UNAUTHENTICATED"])
            assert rest == [("complete", None)]


async def test_a_server_that_stops_tells_subscribers_and_waits_for_none(world: World, tmp_path: Path):
    """Streams have no end of their own: a server that waited for them would use up its time."""
    async with world.copy() as settings, serving(settings, tmp_path, shutdown_seconds=600) as server:
        after = await newest_record(server)
        await invite(server)
        async with (
            socket(server) as busy,
            socket(server) as idle,
            event_stream(server, ACTIVITY, after=after) as (_, events),
        ):
            await busy.subscribe(ACTIVITY, after=after)
            await busy.next()
            assert (await anext(events))[0] == "next"
            server.process.terminate()
            assert (await busy.closing(), await idle.closing()) == (1001, 1001)
            assert [event async for event in events] == [("complete", None)]
            assert await asyncio.to_thread(server.process.wait, SECONDS) == -signal.SIGTERM
