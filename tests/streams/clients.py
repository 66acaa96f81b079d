"""Subscribers over real sockets: graphql-transport-ws and Server-Sent Events."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from tests.processes.server import Server

AGENT = "admin-agent@litware"
SECONDS = 20
ACTIVITY = """subscription ($after: ID, $filter: ActivityFilter) {
  activity(afterRecordId: $after, filter: $filter) { id operation changes { field newValue redacted } }
}"""
INVITE = """mutation ($input: RelationshipRequestCreateInput!) {
  relationshipRequestCreate(input: $input) { relationshipRequest { id } userErrors { code field } }
}"""


@dataclass
class Socket:
    """A WebSocket that speaks graphql-transport-ws."""

    raw: ClientConnection

    async def say(self, **message: Any) -> None:
        """Sends a message."""
        await self.raw.send(json.dumps(message))

    async def hear(self) -> dict[str, Any]:
        """The next message."""
        async with asyncio.timeout(SECONDS):
            message: dict[str, Any] = json.loads(await self.raw.recv())
            return message

    async def subscribe(self, document: str, name: str = "s", **variables: Any) -> None:
        """Begins an operation."""
        await self.say(id=name, type="subscribe", payload={"query": document, "variables": variables})

    async def next(self) -> dict[str, Any]:
        """The data of the next event."""
        message = await self.hear()
        assert message["type"] == "next", message
        assert "errors" not in message["payload"], message
        data: dict[str, Any] = message["payload"]["data"]
        return data

    async def closing(self) -> int:
        """The code with which the server closes; whatever comes before is passed over."""
        try:
            while True:
                await self.hear()
        except ConnectionClosed as closed:
            return closed.rcvd.code if closed.rcvd else 0


@asynccontextmanager
async def socket(
    server: Server, name: str | None = AGENT, token: str | None = None, **options: Any
) -> AsyncIterator[Socket]:
    """A WebSocket that is greeted as a person, or with a token; not greeted for no name."""
    url = server.url.replace("http", "ws", 1) + "/graphql"
    async with connect(url, subprotocols=["graphql-transport-ws"], **options) as raw:  # type: ignore[list-item]
        found = Socket(raw)
        if name is not None:
            bearer = f"Bearer {token or await server.token(name)}"
            await found.say(type="connection_init", payload={"Authorization": bearer})
            assert (await found.hear())["type"] == "connection_ack"
        yield found


async def newest_record(server: Server, name: str = AGENT) -> str:
    """A line of the log that was just written: a subscription after it misses nothing, however late it begins."""
    await invite(server, name)
    (line,) = (await server.ask(name, "{ activityLog(first: 1) { nodes { id } } }")).ok()["activityLog"]["nodes"]
    found: str = line["id"]
    return found


async def invite(server: Server, name: str = AGENT) -> str:
    """Makes a line of the log and a request; the request's id."""
    sent = {"kind": "DIRECT", "includesDelegatedAdmin": False, "targetEmail": f"{uuid4().hex}@example.com"}
    payload = (await server.ask(name, INVITE, input=sent)).ok()["relationshipRequestCreate"]
    assert payload["userErrors"] == []
    made: str = payload["relationshipRequest"]["id"]
    return made


async def seconds_to_begin(server: Server, after: str) -> float:
    """A life for a token: several times what it takes here and now to subscribe and to hear of a line."""
    begun = time.monotonic()
    async with socket(server) as one:
        await one.subscribe(ACTIVITY, after=after)
        await one.next()
    return 2 + 5 * (time.monotonic() - begun)


@asynccontextmanager
async def event_stream(
    server: Server,
    document: str,
    accept: str = "text/event-stream",
    name: str = AGENT,
    token: str | None = None,
    **variables: Any,
) -> AsyncIterator[tuple[httpx.Response, AsyncIterator[tuple[str, Any]]]]:
    """A stream of Server-Sent Events: the response, and its events as name and data."""
    headers = {"Authorization": f"Bearer {token or await server.token(name)}", "Accept": accept}
    body = {"query": document, "variables": variables}
    async with server.http.stream("POST", "/graphql", json=body, headers=headers) as response:
        yield response, _events(response)


async def _events(response: httpx.Response) -> AsyncIterator[tuple[str, Any]]:
    kind = ""
    async for line in response.aiter_lines():
        if line.startswith("event: "):
            kind = line.removeprefix("event: ")
        elif line.startswith("data:") and kind:
            data = line.removeprefix("data:").strip()
            yield kind, json.loads(data) if data else None
            kind = ""
