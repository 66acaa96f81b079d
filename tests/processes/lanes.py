"""Rounds of races side by side, each lane with customers of its own, so that thousands take minutes."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple

from tests.clients import Answer
from tests.processes.rounds import rounds
from tests.processes.server import Deployment, Server

ROUNDS = rounds(24)
LANES = 8
FIND = """{ customers(first: 40, filter: {country: "US"}) { nodes { id domain } } }"""
SERVED = """select c.domain from customer c join relationship r on r.customer_id = c.id
  join partner p on p.id = r.partner_id where p.domain like 'adatum.%' and r.origin <> 'invited'"""
Outcome = tuple[str, ...]
"""What each side was told."""


class Customer(NamedTuple):
    """A customer whom our partner does not serve yet: its id, and its global admin."""

    key: str
    admin: str


class Lanes:
    """Rounds side by side, each lane with a customer of its own: the servers are never idle between two rounds."""

    def __init__(self, two: Deployment, customers: list[Customer]) -> None:
        self.two, self.customers = two, customers

    async def play(self, what: str, round_: Callable[[int, int], Awaitable[Outcome]]) -> Counter[Outcome]:
        """Plays all rounds; says how often they had which outcome.

        Args:
            what: What is raced, for people.
            round_: Plays a round, given the lane's and the round's number; says what either side was told.
        """
        numbers = iter(range(ROUNDS))

        async def lane(own: int) -> Counter[Outcome]:
            return Counter([await round_(own, number) for number in numbers])

        found = sum(await asyncio.gather(*map(lane, range(LANES))), Counter[Outcome]())
        print(f"\n{what}, {ROUNDS} rounds: {dict(found)}")  # noqa: T201 - who was first how often is what it reports
        assert sum(found.values()) == ROUNDS
        return found

    async def at_once(self, number: int, *asked: tuple[str, str, dict[str, Any]]) -> list[Answer]:
        """What either process answers; who is asked first takes turns."""
        servers = self.two.servers

        async def ask(turn: int) -> Answer:
            person, document, form = asked[turn]
            return await servers[(number + turn) % len(servers)].ask(person, document, input=form)

        turns = (0, 1) if number % 4 < 2 else (1, 0)
        answers = dict(zip(turns, await asyncio.gather(*map(ask, turns)), strict=True))
        return [answers[0], answers[1]]

    def server(self, number: int) -> Server:
        """Whom a round prepares itself with."""
        return self.two.servers[number % len(self.two.servers)]


async def open_lanes(two: Deployment) -> Lanes:
    """A lane for each of as many customers of another partner."""
    found = (await two.servers[0].ask("admin-agent@contoso", FIND)).ok()["customers"]["nodes"]
    served = {row.domain for row in await two.rows(SERVED)}
    strangers = [one for one in found if one["domain"] not in served][:LANES]
    return Lanes(two, [Customer(one["id"], f"customer-admin@{one['domain']}") for one in strangers])
