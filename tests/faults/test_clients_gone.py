"""A client that goes away takes its query along: the database stops, and the connection serves others (issue 5)."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import orjson
import pytest

from clientela.settings import Settings
from tests.api.customers import UPDATE_CONTACT
from tests.processes.server import Server, served
from tests.processes.test_lost_connections import WAITING, locked
from tests.worlds import World

AGENT = "sales-agent@litware"
LIST = "{ customers(first: 2) { nodes { id companyName billingProfile { etag } } } }"
PATIENT = {"lock_seconds": 60.0, "statement_seconds": 60.0, "request_seconds": 60.0}
SOON = 10.0
"""Long before any deadline of the server's would end the statement."""

# SQLite has no locks on tables, and its statements end by their own deadline.
pytestmark = pytest.mark.parametrize("world", ["postgresql"], indirect=True)


@asynccontextmanager
async def one_connection(world: World, folder: Path) -> AsyncIterator[tuple[Settings, Server]]:
    """A patient server with one connection to its database."""
    async with world.copy() as settings:
        patient = settings.model_copy(update=PATIENT | {"database_pool_size": 1})
        async with served(patient, folder / "server.log") as server:
            yield settings, server


async def send(server: Server, document: str, **variables: object) -> asyncio.StreamWriter:
    """Sends an operation over a socket of its own and does not wait for the answer."""
    address = urlsplit(server.url)
    _, writer = await asyncio.open_connection(address.hostname, address.port)
    body = orjson.dumps({"query": document, "variables": variables})
    head = f"POST /graphql HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {await server.token(AGENT)}\r\n"
    writer.write(f"{head}Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body)
    return writer


async def until_waiting(watcher: asyncpg.Connection, wanted: int) -> None:
    async with asyncio.timeout(SOON):
        while await watcher.fetchval(WAITING) != wanted:
            pass


async def test_a_client_that_goes_away_has_its_query_cancelled(world: World, tmp_path: Path):
    async with one_connection(world, tmp_path) as (settings, server):
        (await server.ask(AGENT, LIST)).ok()
        async with locked(settings, "customer") as watcher:
            for _ in range(3):
                writer = await send(server, LIST)
                await until_waiting(watcher, 1)
                writer.close()
                await until_waiting(watcher, 0)
            # The server's only connection is free again, for whoever needs no customer.
            (await server.ask(AGENT, "{ roles { role } viewer { name } }")).ok()
        (await server.ask(AGENT, LIST)).ok()


async def test_a_client_that_goes_away_leaves_nothing_of_its_mutation(world: World, tmp_path: Path):
    """It is cut off where the customer is changed already and the line of the log waits."""
    async with one_connection(world, tmp_path) as (settings, server):
        customer = (await server.ask(AGENT, LIST)).ok()["customers"]["nodes"][0]
        changed = {
            "customerId": customer["id"],
            "etag": customer["billingProfile"]["etag"],
            "contact": {"firstName": "Gone"},
        }
        async with locked(settings, "activity_record") as watcher:
            writer = await send(server, UPDATE_CONTACT, input=changed)
            await until_waiting(watcher, 1)
            writer.close()
            await until_waiting(watcher, 0)
        # Under the etag that it would have changed.
        kept = (await server.ask(AGENT, UPDATE_CONTACT, input=changed | {"contact": {"firstName": "Kept"}})).ok()
        assert kept["customerUpdateContact"]["userErrors"] == []
