"""The reference clients of subscriptions: graphql-ws and graphql-sse, also by the files that docs/clients.md shows."""

import asyncio
import json
import shutil
import signal
import socket
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from tests.frontends.conftest import HERE, Bench
from tests.processes.server import Server
from tests.streams.clients import AGENT, invite, newest_record
from tests.streams.servers import serving, short_token
from tests.worlds import World

# The first run on a machine installs the packages.
pytestmark = pytest.mark.timeout(400)
HELPDESK = "helpdesk-agent@litware"
SALES = "sales-agent@litware"
SECONDS = 40


@dataclass
class Follower:
    """A front end that prints each line of the activity log as it hears of it."""

    process: Process

    async def hear(self) -> str:
        """The id of the next line."""
        assert self.process.stdout is not None
        async with asyncio.timeout(SECONDS):
            printed = (await self.process.stdout.readline()).decode().split()
        assert len(printed) == 2, printed
        return printed[1]


@asynccontextmanager
async def following(bench: Bench, file: str, server: Server, after: str) -> AsyncIterator[Follower]:
    """A front end that runs a file of the guide, from behind a line of the log."""
    variables = {**bench.variables, "CLIENTELA_URL": server.url, "CLIENTELA_TOKEN": await server.token(AGENT)}
    node = shutil.which("node", path=variables["PATH"])
    assert node is not None
    folder = bench.folder / "subscriptions"
    process = await asyncio.create_subprocess_exec(node, file, after, cwd=folder, env=variables, stdout=PIPE)
    try:
        yield Follower(process)
    finally:
        process.kill()
        await process.wait()


async def lines_behind(server: Server, after: str) -> list[str]:
    """The ids of the log's lines behind one, the oldest first."""
    listed = (await server.ask(AGENT, "{ activityLog(first: 20) { nodes { id } } }")).ok()["activityLog"]["nodes"]
    ids = [line["id"] for line in listed]
    return ids[: ids.index(after)][::-1]


@pytest.mark.usefixtures("packages")
@pytest.mark.parametrize("file", ["socket.mjs", "events.mjs"])
async def test_a_follower_hears_of_each_line_once_whatever_becomes_of_the_server(
    file: str, bench: Bench, world: World, tmp_path: Path
):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    async with world.copy() as settings, AsyncExitStack() as stack:
        server = await stack.enter_async_context(serving(settings, tmp_path, port))
        after = await newest_record(server)
        follower = await stack.enter_async_context(following(bench, file, server, after))
        told = []
        for end in (signal.SIGTERM, signal.SIGKILL):
            await invite(server)
            told.append(await follower.hear())
            server.process.send_signal(end)
            await asyncio.to_thread(server.process.wait, SECONDS)
            server = await stack.enter_async_context(serving(settings, tmp_path, port))
            # The follower waits a moment before it comes back: mostly it is away meanwhile.
            for _ in range(2):
                await invite(server)
            told += [await follower.hear() for _ in range(2)]
        assert told == await lines_behind(server, after)


async def test_graphql_ws(bench: Bench, packages: Path, world: World, tmp_path: Path):
    """Results, errors, pings, completing, and what each refusal closes the connection with."""
    async with (
        world.copy() as settings,
        serving(settings, tmp_path, max_subscriptions_of_one=1, clock_leeway_seconds=0) as server,
    ):
        after = await newest_record(server)
        await invite(server)
        tokens = {
            "CLIENTELA_TOKEN": await server.token(AGENT),
            "HELPDESK_TOKEN": await server.token(HELPDESK),
            "SHORT_TOKEN": short_token(settings, SALES, 6),
            "NEXT_TOKEN": await server.token(SALES),
        }
        theirs = replace(bench, variables={**bench.variables, "CLIENTELA_URL": server.url, "AFTER": after, **tokens})
        (line,) = await asyncio.to_thread(theirs.run, ".", "node", str(HERE / "graphql-ws.mjs"))
        assert json.loads(line) == {
            "query": [{"data": {"viewer": {"kind": "PARTNER_USER"}}}, "complete"],
            "pong": True,
            "invalid": ["GRAPHQL_VALIDATION_FAILED"],
            "completed": [[["activity"], "complete"]] * 2,
            "denied": ["FORBIDDEN"],
            "broken": [[4403, "UNAUTHENTICATED"]],
            "expired": [True, 4403, "UNAUTHENTICATED"],
            "early": 4401,
        }
