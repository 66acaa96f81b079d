"""Many writers, two server processes, one database: one of them wins and the others are told (issue 2, F)."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from itertools import cycle
from typing import Any

from clientela.demo.organisations import organisation
from tests.api.customers import UPDATE_CONTACT, form, prefix
from tests.api.portfolio import fill_up
from tests.clients import Answer
from tests.processes.server import Deployment, Server

AGENT = "admin-agent@litware"
SANDBOX_AGENT = "admin-agent@proseware"
CREATE = """mutation ($input: CustomerCreateInput!) {
  customerCreate(input: $input) { customer { id domain } userErrors { code field } }
}"""
READ = """query ($search: String) {
  customers(first: 1, filter: {search: $search}) { nodes { id billingProfile { etag firstName } } }
}"""


async def at_once(two: Deployment, times: int, ask: Callable[[Server, int], Awaitable[Answer]]) -> list[Answer]:
    """As many requests as asked for, turn about to either process."""
    servers = cycle(two.servers)
    return list(await asyncio.gather(*(ask(next(servers), number) for number in range(times))))


def codes(answers: list[Answer], mutation: str) -> Counter[str]:
    """How many answers were a success and how many each fault."""
    found: Counter[str] = Counter()
    for answer in answers:
        errors = answer.ok()[mutation]["userErrors"]
        found[errors[0]["code"] if errors else "done"] += 1
    return found


async def test_of_many_writers_with_one_etag_exactly_one_wins(two: Deployment):
    """conventions.md, Writes: stale is ETAG_MISMATCH, nothing written."""
    for _ in range(10):
        (node,) = (await two.servers[0].ask(AGENT, READ, search="alpineskihouse")).ok()["customers"]["nodes"]

        async def change(server: Server, number: int, node: Any = node) -> Answer:
            sent = {
                "customerId": node["id"],
                "etag": node["billingProfile"]["etag"],
                "contact": {"firstName": f"Writer {number} after {node['billingProfile']['etag']}"[:50]},
            }
            return await server.ask(AGENT, UPDATE_CONTACT, input=sent)

        answers = await at_once(two, 30, change)
        assert codes(answers, "customerUpdateContact") == {"done": 1, "ETAG_MISMATCH": 29}
        (winner,) = (found for found in (a.ok()["customerUpdateContact"]["customer"] for a in answers) if found)
        (now,) = (await two.servers[1].ask(AGENT, READ, search="alpineskihouse")).ok()["customers"]["nodes"]
        assert now["billingProfile"]["firstName"] == winner["billingProfile"]["firstName"]
        assert now["billingProfile"]["etag"] == winner["billingProfile"]["etag"]
    lines = await two.rows(
        "select count(*) from activity_record where operation = 'update_customer_billing_profile' "
        "and cast(changes as varchar) like '%Writer%'"
    )
    assert lines == [(10,)]


async def test_of_two_creations_of_one_domain_one_is_taken(two: Deployment):
    """customers.md 1.5: unique in the whole system, whoever creates."""
    for _ in range(5):
        domain = prefix()
        people = cycle((AGENT, "admin-agent@contoso"))
        forms = {AGENT: form("IT", domain=domain), "admin-agent@contoso": form("US", domain=domain.upper())}
        turns = [next(people) for _ in range(4)]

        async def create(server: Server, number: int, forms: Any = forms, turns: Any = turns) -> Answer:
            return await server.ask(turns[number], CREATE, input=forms[turns[number]])

        answers = await at_once(two, 4, create)
        assert codes(answers, "customerCreate") == {"done": 1, "DOMAIN_TAKEN": 3}
        whole = f"{domain}.onmicrosoft.com"
        for table, column in (("customer", "domain"), ("customer_domain", "name"), ("relationship_domain", "name")):
            assert await two.rows(f"select count(*) from {table} where {column} = :whole", whole=whole) == [(1,)]
        assert await two.rows(
            "select count(*) from activity_record where cast(changes as varchar) like :domain", domain=f"%{whole}%"
        ) == [(1,)]


async def test_of_many_creations_of_the_75th_sandbox_customer_one_comes_to_be(two: Deployment):
    """customers.md 4.1: a sandbox holds 75."""
    partner = organisation("proseware").id
    own = partner.hex if two.database.dialect.name == "sqlite" else partner
    held = "select count(*) from relationship where partner_id = :own"
    ((before,),) = await two.rows(held, own=own)
    await fill_up(two, "proseware", 74 - before)  # type: ignore[arg-type]

    async def create(server: Server, _number: int) -> Answer:
        return await server.ask(SANDBOX_AGENT, CREATE, input=form("US"))

    answers = await at_once(two, 6, create)
    assert codes(answers, "customerCreate") == {"done": 1, "LIMIT_REACHED": 5}
    assert await two.rows(held, own=own) == [(75,)]
