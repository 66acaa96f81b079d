"""What the protocol graphql-transport-ws closes a connection for, and by which code."""

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from tests.processes.server import Deployment
from tests.streams.clients import ACTIVITY, Socket, socket


async def test_other_protocols_are_not_spoken(two: Deployment):
    url = two.servers[0].url.replace("http", "ws", 1) + "/graphql"
    async with connect(url, subprotocols=["graphql-ws"]) as raw:  # type: ignore[list-item]
        assert await Socket(raw).closing() == 4406


async def test_pages_of_other_origins_cannot_connect(two: Deployment):
    with pytest.raises(InvalidStatus) as refused:
        async with socket(two.servers[0], None, origin="https://elsewhere.example"):
            pass
    assert refused.value.response.status_code == 403


async def test_who_is_asking_must_be_said_first_once_and_hold(two: Deployment):
    server = two.servers[0]
    async with socket(server, None) as one:
        await one.subscribe(ACTIVITY)
        assert await one.closing() == 4401
    async with socket(server, None) as one:
        await one.say(type="connection_init", payload={"Authorization": "Bearer nonsense"})
        assert await one.closing() == 4403
    async with socket(server) as one:
        await one.say(type="connection_init")
        assert await one.closing() == 4429


async def test_floods_and_nonsense_close_the_connection(two: Deployment):
    server = two.servers[0]
    async with socket(server) as one:
        await one.subscribe(ACTIVITY)
        await one.subscribe(ACTIVITY)
        assert await one.closing() == 4409
    async with socket(server) as one:
        for number in range(51):
            await one.subscribe(ACTIVITY, str(number))
        assert await one.closing() == 4429
    async with socket(server) as one:
        await one.raw.send("[1]")
        assert await one.closing() == 4400
