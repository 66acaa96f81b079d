"""Subscribers that come and go at random: each hears of each line once, in order, and nothing of them stays behind."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.processes.server import Server
from tests.streams.clients import AGENT, event_stream, newest_record, socket
from tests.streams.servers import serving
from tests.worlds import World

pytestmark = pytest.mark.timeout(400)
FOLLOWERS, ROUNDS, CUSTOMERS = 3, 8, 3
PLACES = 2 * FOLLOWERS
"""How many connections and subscriptions a server takes: what a follower left behind would be one less."""
SECONDS = 30
READING: dict[str, Any] = {"max_queue": None}
"""A client that reads whatever comes: with a full queue it would not see that its connection is closed, and be cut off
after five seconds."""
FOLLOW = "subscription ($after: ID) { activity(afterRecordId: $after) { id customer { id } } }"
LIST = "{ activityLog(first: 200) { nodes { id customer { id } } } }"
READ = "query ($first: Int) { customers(first: $first) { nodes { id billingProfile { etag } } } }"
RENAME = """mutation ($input: CustomerUpdateContactInput!) {
  customerUpdateContact(input: $input) { customer { billingProfile { etag } } userErrors { code } }
}"""
Line = tuple[str, str]
"""A line of the log and its customer, each by its id."""


@dataclass
class Customers:
    """Customers that are changed one after the other, by whoever asks for it.

    Attributes:
        etags: Their last versions.
        changes: How often any was changed.
    """

    etags: dict[str, str]
    changes: int = 0
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def change(self, server: Server, which: int) -> None:
        """Makes a line of the log."""
        async with self._turn:
            customer = [*self.etags][which]
            contact = {"firstName": f"Number {self.changes}"}
            form = {"customerId": customer, "etag": self.etags[customer], "contact": contact}
            payload = (await server.ask(AGENT, RENAME, input=form)).ok()["customerUpdateContact"]
            assert payload["userErrors"] == []
            self.etags[customer] = payload["customer"]["billingProfile"]["etag"]
            self.changes += 1


@asynccontextmanager
async def lines(server: Server, after: str, way: str) -> AsyncIterator[AsyncIterator[Line]]:
    """What a subscription tells; it is left by completing it, by closing its connection, or by cutting that."""
    if way == "events":
        async with event_stream(server, FOLLOW, after=after) as (response, events):
            assert response.status_code == 200, await response.aread()
            yield (_line(told["data"]) async for _, told in events)
        return
    async with socket(server, **READING) as one:
        await one.subscribe(FOLLOW, after=after)

        async def told() -> AsyncIterator[Line]:
            while True:
                yield _line(await one.next())

        yield told()
        if way == "cut":
            one.raw.transport.abort()
        if way == "complete":
            await one.say(id="s", type="complete")


def _line(data: dict[str, dict[str, dict[str, str]]]) -> Line:
    return str(data["activity"]["id"]), data["activity"]["customer"]["id"]


async def follow(servers: list[Server], customers: Customers, after: str, chance: random.Random) -> list[Line]:
    """Comes and goes, makes changes meanwhile and hears of some of them; in the end of all that were made so far."""
    heard: list[Line] = []
    for _ in range(ROUNDS):
        way = chance.choice(["events", "complete", "close", "cut"])
        async with lines(chance.choice(servers), heard[-1][0] if heard else after, way) as told:
            for _ in range(chance.randrange(3)):
                await customers.change(chance.choice(servers), chance.randrange(CUSTOMERS))
            few = chance.randint(0, customers.changes - len(heard))
            heard += [await anext(told) for _ in range(few)]
    return heard


async def all_places_are_free(server: Server, after: str) -> None:
    """Takes all of a server's places at once, as soon as it noticed who is gone."""
    async with asyncio.timeout(SECONDS):
        while True:
            async with AsyncExitStack() as stack:
                taken = 0
                for _ in range(PLACES):
                    one = await stack.enter_async_context(socket(server, **READING))
                    await one.subscribe(FOLLOW, after=after)
                    taken += (await one.hear())["type"] == "next"
                if taken == PLACES:
                    return


@pytest.mark.parametrize("seed", [5, 23])
async def test_random_disconnects(seed: int, world: World, tmp_path: Path):
    """On two servers with one database; whichever way a subscriber leaves, and wherever it comes back."""
    few = {"max_connections": PLACES, "max_subscriptions_of_one": PLACES}
    folders = [tmp_path / "first", tmp_path / "second"]
    async with world.copy() as settings, AsyncExitStack() as stack:
        servers = []
        for folder in folders:
            folder.mkdir()
            servers.append(await stack.enter_async_context(serving(settings, folder, **few)))
        listed = (await servers[0].ask(AGENT, READ, first=CUSTOMERS)).ok()["customers"]["nodes"]
        customers = Customers({node["id"]: node["billingProfile"]["etag"] for node in listed})
        after = await newest_record(servers[0])
        chances = [random.Random(f"{seed} {number}") for number in range(FOLLOWERS)]
        heard = await asyncio.gather(*(follow(servers, customers, after, chance) for chance in chances))
        for told in heard:
            async with lines(servers[0], told[-1][0] if told else after, "complete") as rest:
                told += [await anext(rest) for _ in range(customers.changes - len(told))]
        nodes = (await servers[0].ask(AGENT, LIST)).ok()["activityLog"]["nodes"][: customers.changes]
        log = [(node["id"], node["customer"]["id"]) for node in reversed(nodes)]
        for told in heard:
            assert sorted(told) == sorted(log)
            for customer in customers.etags:
                assert [line for line in told if line[1] == customer] == [line for line in log if line[1] == customer]
        for server in servers:
            await all_places_are_free(server, after)
    for folder in folders:
        said = (folder / "log").read_text()
        assert "internal error" not in said
        assert "Traceback" not in said
