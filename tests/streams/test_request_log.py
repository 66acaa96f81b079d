"""The log's line for each operation over a WebSocket or as Server-Sent Events; and that it holds nobody's data."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from tests.processes.server import Server
from tests.streams.clients import AGENT, Socket, event_stream, invite, newest_record, seconds_to_begin, socket
from tests.streams.servers import serving, short_token
from tests.worlds import World

HELPDESK = "helpdesk-agent@litware"
FIELDS = {"event", "level", "timestamp", "principal", "operation", "type", "way", "cost", "milliseconds", "status"}
FIELDS |= {"correlation_id"}
FOLLOW = "subscription %s($after: ID) { activity(afterRecordId: $after) { id customerName } }"
SECONDS = 20


@dataclass
class Logged:
    """A server and its log."""

    server: Server
    log: Path

    def requests(self) -> list[str]:
        """The lines about requests, as they are written."""
        whole = self.log.read_text().rpartition("\n")[0].splitlines()
        return [line for line in whole if line.startswith('{"event":"request"')]

    async def line(self, **wanted: Any) -> dict[str, Any]:
        """The one line about a request with such fields, once it is written."""
        async with asyncio.timeout(SECONDS):
            while True:
                lines = [json.loads(line) for line in self.requests()]
                found = [line for line in lines if wanted.items() <= line.items()]
                if found:
                    (line,) = found
                    return line
                await asyncio.sleep(0.02)


@pytest_asyncio.fixture(scope="module")
async def logged(world: World, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Logged]:
    """One server for all tests of this module."""
    folder = tmp_path_factory.mktemp("logged")
    async with world.copy() as settings, serving(settings, folder, clock_leeway_seconds=0) as server:
        yield Logged(server, folder / "log")


async def answered(one: Socket, document: str, **variables: Any) -> str:
    """Runs an operation to its end; what the last message was."""
    await one.subscribe(document, "q", **variables)
    while (message := await one.hear())["type"] == "next":
        pass
    kind: str = message["type"]
    return kind


async def test_an_operation_over_a_socket_is_a_line(logged: Logged):
    (await logged.server.ask(AGENT, "query OverHttp { viewer { name } }")).ok()
    async with socket(logged.server) as one:
        for _ in range(2):
            assert await answered(one, "query OverSocket { viewer { name } }") == "complete"
        assert await answered(one, "query Unsound { nothing }") == "error"
    http = await logged.line(operation="OverHttp")
    for way in ("executor", "plan"):
        line = await logged.line(operation="OverSocket", way=way)
        assert set(line) == FIELDS == set(http)
        assert (line["type"], line["status"], line["principal"]) == ("query", 200, http["principal"])
    refused = await logged.line(errors=["GRAPHQL_VALIDATION_FAILED"])
    assert (refused["status"], refused["principal"]) == (400, http["principal"])


async def test_a_subscription_is_a_line_once_it_ends(logged: Logged):
    """With how many events it sent, whichever side ends it and whatever carried it."""
    after = await newest_record(logged.server)
    for _ in range(2):
        await invite(logged.server)
    async with socket(logged.server) as one:
        await one.subscribe(FOLLOW % "Completed", "1", after=after)
        await one.next()
        await one.next()
        await one.say(id="1", type="complete")
        completed = await logged.line(operation="Completed")
        await one.subscribe(FOLLOW % "Dropped", "2", after=after)
        await one.next()
        await one.next()
        assert "Dropped" not in logged.log.read_text()
    dropped = await logged.line(operation="Dropped")
    async with event_stream(logged.server, FOLLOW % "Streamed", after=after) as (response, events):
        for _ in range(2):
            await anext(events)
    streamed = await logged.line(operation="Streamed")
    assert streamed["correlation_id"] == response.headers["x-correlation-id"]
    for line in (completed, dropped, streamed):
        assert set(line) == FIELDS | {"events"}
        assert (line["type"], line["status"], line["events"]) == ("subscription", 200, 2)
        assert line["principal"] == completed["principal"]


async def test_a_subscription_that_was_denied_or_lost_its_token_says_so(logged: Logged, world: World):
    async with socket(logged.server, HELPDESK) as one:
        assert await answered(one, "subscription Denied { relationshipRequestChanged { id } }") == "error"
    denied = await logged.line(operation="Denied")
    assert (denied["errors"], denied["events"], denied["status"]) == (["FORBIDDEN"], 0, 400)
    after = await newest_record(logged.server)
    await invite(logged.server)
    life = await seconds_to_begin(logged.server, after)
    async with world.copy() as settings:
        token = short_token(settings, AGENT, life)
    async with socket(logged.server, token=token) as one:
        await one.subscribe(FOLLOW % "Expired")
        assert await one.closing() == 4403
    expired = await logged.line(operation="Expired")
    assert (expired["errors"], expired["events"], expired["status"]) == (["UNAUTHENTICATED"], 0, 401)


async def test_no_line_holds_a_value_a_name_or_a_token(logged: Logged):
    after = await newest_record(logged.server)
    await invite(logged.server)
    async with socket(logged.server) as one:
        await one.subscribe(FOLLOW % "Discreet", after=after)
        await one.next()
    await logged.line(operation="Discreet")
    token = await logged.server.token(AGENT)
    seen = "".join(logged.requests())
    for value in (token, token.rpartition(".")[2], "@example.com", "litware", after):
        assert value not in seen
