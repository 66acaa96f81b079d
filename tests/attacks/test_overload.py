"""More is asked than can be answered: who comes too late is told so, and others have their turn (issue 5)."""

import asyncio
from collections import Counter
from pathlib import Path

import pytest

from tests.clients import Answer
from tests.processes.server import Server, served
from tests.worlds import World

GREEDY, OTHER = "sales-agent@litware", "admin-agent@fabrikam"
HEAVY = "{ customers(first: 50) { nodes { id companyName domains subscriptions(first: 5) { nodes { id } } } } }"
CONTROL = "{ customers(first: 1) { totalCount nodes { companyName } } }"
AT_ONCE, QUEUE = 20, 4

# SQLite has no connections that could run out.
pytestmark = pytest.mark.parametrize("world", ["postgresql"], indirect=True)


async def flood(server: Server, found: Counter[str], over: asyncio.Event) -> None:
    """One of many clients that ask again as soon as they are answered, without waiting as they are told to."""
    while not over.is_set():
        found[kind_of(await server.ask(GREEDY, HEAVY))] += 1


def kind_of(answer: Answer) -> str:
    """`answered`, or `turned away` as it should be."""
    if answer.status == 200 and not answer.errors:
        return "answered"
    assert (answer.status, answer.codes, answer.headers["Retry-After"]) == (503, ["OVERLOADED"], "1"), answer
    return "turned away"


async def test_another_callers_queries_are_answered_while_one_floods_the_queue(world: World, tmp_path: Path):
    async with world.copy() as settings:
        narrow = settings.model_copy(update={"database_pool_size": 1, "queue_length": QUEUE})
        async with served(narrow, tmp_path / "server.log") as server:
            for person in (GREEDY, OTHER):
                (await server.ask(person, CONTROL)).ok()
            found, over = Counter[str](), asyncio.Event()
            clients = [asyncio.create_task(flood(server, found, over)) for _ in range(AT_ONCE)]
            answered = 0
            while answered < 3 or found["turned away"] < 5 * QUEUE or found["answered"] < QUEUE:
                answered += kind_of(await server.ask(OTHER, CONTROL)) == "answered"
                # One that ended met something else than an answer or its being turned away.
                assert not any(client.done() for client in clients), await asyncio.gather(*clients)
            over.set()
            await asyncio.gather(*clients)
            (await server.ask(GREEDY, HEAVY)).ok()
