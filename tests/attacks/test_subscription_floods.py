"""Subscriptions in crowds: each that is refused costs little, and others are served (issue 5)."""

import asyncio
from collections import Counter
from contextlib import AsyncExitStack, suppress

from websockets.exceptions import ConnectionClosed

from tests.attacks.victim import Victim, slowness
from tests.streams.clients import ACTIVITY, Socket, invite, newest_record, socket

SOCKETS, EACH = 15, 60
"""More together than the 100 subscriptions that one caller may have."""
PLACES_OF_SOCKET, ROUNDS = 50, 20
MOST_CPU_MILLISECONDS = 2 * slowness()
"""Of the server's process, for each subscription that it refuses."""


async def flood(victim: Victim, found: Counter[str]) -> None:
    """Begins subscriptions on one socket, whatever the answers are."""
    with suppress(ConnectionClosed):
        async with socket(victim.server) as flooding:
            for number in range(EACH):
                await flooding.subscribe(ACTIVITY, f"s{number}")
            await flooding.say(type="ping")
            while (message := await flooding.hear())["type"] != "pong":
                if message["type"] == "error":
                    found[message["payload"][0]["extensions"]["code"]] += 1
            return
    found["closed"] += 1


async def test_a_flood_of_subscriptions_is_refused_and_others_are_served(victim: Victim):
    held = victim.resident_bytes()
    found = Counter[str]()
    floods = [asyncio.create_task(flood(victim, found)) for _ in range(SOCKETS)]
    while not all(one.done() for one in floods):
        await victim.serves()
    await asyncio.gather(*floods)
    assert set(found) <= {"closed", "TOO_MANY_SUBSCRIPTIONS"}, found
    assert found["TOO_MANY_SUBSCRIPTIONS"] > SOCKETS, found
    assert victim.resident_bytes() < held + 40_000_000
    await victim.serves()


async def begin(one: Socket, after: str) -> Counter[str]:
    """Begins as many subscriptions as a socket may have; what is heard of each first, by kind."""
    for number in range(PLACES_OF_SOCKET):
        await one.subscribe(ACTIVITY, f"s{number}", after=after)
    return Counter([(await one.hear())["type"] for _ in range(PLACES_OF_SOCKET)])


async def test_each_subscription_that_is_refused_costs_little(victim: Victim):
    after = await newest_record(victim.server)
    await invite(victim.server)
    async with AsyncExitStack() as stack:
        for _ in range(2):
            holding = await stack.enter_async_context(socket(victim.server))
            assert await begin(holding, after) == {"next": PLACES_OF_SOCKET}
        flooding = await stack.enter_async_context(socket(victim.server))
        before = await victim.settled()
        for _ in range(ROUNDS):
            assert await begin(flooding, after) == {"error": PLACES_OF_SOCKET}
        spent = await victim.settled() - before
    assert spent * 1_000 < ROUNDS * PLACES_OF_SOCKET * MOST_CPU_MILLISECONDS
