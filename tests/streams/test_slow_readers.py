"""Subscribers that read more slowly than things happen, or not at all."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.processes.deaf import held, small_window
from tests.processes.server import Server
from tests.streams.clients import ACTIVITY, AGENT, Socket, invite, newest_record, socket
from tests.streams.servers import serving
from tests.worlds import World

# What is kept for a subscriber does not depend on the database.
pytestmark = pytest.mark.parametrize("world", ["sqlite"], indirect=True)
SECONDS = 60
ALIASES = " ".join(f"changes{number}: changes {{ field oldValue newValue redacted }}" for number in range(150))
LARGE = f"subscription ($after: ID) {{ activity(afterRecordId: $after) {{ id {ALIASES} }} }}"
"""Some 50 kB an event, that few of them fill what the operating system holds for a connection."""


@asynccontextmanager
async def slow_socket(server: Server) -> AsyncIterator[Socket]:
    """A WebSocket that reads as slowly as the test does."""
    options = {"sock": small_window(server), "max_queue": 1, "ping_interval": None, "close_timeout": 0}
    async with socket(server, **options) as one:
        yield one


@asynccontextmanager
async def deaf_socket(server: Server, after: str) -> AsyncIterator[int]:
    """A WebSocket that subscribes and reads nothing more; its port."""
    async with slow_socket(server) as one:
        await one.subscribe(LARGE, after=after)
        yield one.raw.local_address[1]


@asynccontextmanager
async def deaf_stream(server: Server, after: str) -> AsyncIterator[int]:
    """A stream of Server-Sent Events of which nothing is read; its port."""
    raw = small_window(server)
    body = json.dumps({"query": LARGE, "variables": {"after": after}})
    head = (
        f"POST /graphql HTTP/1.1\r\nHost: {urlsplit(server.url).netloc}\r\nAccept: text/event-stream\r\n"
        f"Authorization: Bearer {await server.token(AGENT)}\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    with raw:
        await asyncio.get_running_loop().sock_sendall(raw, (head + body).encode())
        yield raw.getsockname()[1]


@pytest.mark.parametrize("deaf", [deaf_socket, deaf_stream], ids=["websocket", "events"])
async def test_who_does_not_read_is_let_go_and_others_hear_everything(deaf: object, world: World, tmp_path: Path):
    """The connection is gone, with all that was written for it: nobody waits until it is read."""
    async with world.copy() as settings, serving(settings, tmp_path, stream_send_seconds=1) as server:
        after = await newest_record(server)
        async with socket(server) as one, deaf(server, after) as port:  # type: ignore[operator]
            await one.subscribe(ACTIVITY, after=after)
            made = 0
            async with asyncio.timeout(SECONDS):
                while made == 0 or held(server, {port}):
                    await invite(server)
                    await one.next()
                    made += 1
            assert made > 1


async def test_who_is_overtaken_is_told_and_gets_the_rest_by_asking_again(world: World, tmp_path: Path):
    patient = {"max_waiting_events": 3, "stream_send_seconds": 300}
    async with world.copy() as settings, serving(settings, tmp_path, **patient) as server:
        last = await newest_record(server)
        async with socket(server) as follower, slow_socket(server) as slow:
            await follower.subscribe(ACTIVITY, after=last)
            await slow.subscribe(LARGE, after=last)
            made: list[str] = []
            told: list[str] = []
            message = None
            while message is None:
                for _ in range(len(made) + 8):
                    await invite(server)
                    made.append((await follower.next())["activity"]["id"])
                while len(told) < len(made) and message is None:
                    heard = await slow.hear()
                    if heard["type"] == "next":
                        told.append(heard["payload"]["data"]["activity"]["id"])
                    else:
                        message = heard
            assert message["type"] == "error"
            (error,) = message["payload"]
            assert error["extensions"]["code"] == "SUBSCRIBER_TOO_SLOW"
            assert "More than 3 events wait for you (CLIENTELA_MAX_WAITING_EVENTS). Subscribe again" in error["message"]
            assert told == made[: len(told)]
            await slow.subscribe(ACTIVITY, after=told[-1])
            for line in made[len(told) :]:
                assert (await slow.next())["activity"]["id"] == line
