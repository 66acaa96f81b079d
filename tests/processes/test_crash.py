"""A server killed in the middle of writing: what it acknowledged is there, and nothing is there by halves."""

import asyncio
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from tests.api.customers import UPDATE_CONTACT, form
from tests.clients import Answer
from tests.processes.server import Deployment, Server, deployed
from tests.worlds import World

AGENT = "admin-agent@litware"
ACKNOWLEDGED = 30
CREATE = """mutation ($input: CustomerCreateInput!) {
  customerCreate(input: $input) { customer { domain } userErrors { code field } }
}"""
READ = """query ($search: String) {
  customers(first: 1, filter: {search: $search}) { nodes { id billingProfile { etag firstName } } }
}"""
HASHED = "$argon2id$v=19$m=65536,t=3,p=4$"
"""RFC 9106's second choice: 64 mebibytes, three passes. In this process tests hash in haste."""
# Each part that a customer consists of, and how many of each.
PARTS = {
    "customer_domain": "is_initial and customer_domain.name = c.domain",
    "relationship": "status = 'active' and delegated_admin",
    "relationship_domain": "relationship_domain.name = c.domain",
    "billing_profile": "length(etag) > 0",
    "customer_user": f"is_global_admin and password_hash like '{HASHED}%'",
    "activity_record": "operation = 'add_customer' and status = 'succeeded'",
}


@dataclass
class Writing:
    """What a stream of writers was told.

    Attributes:
        created: Domains whose creation was acknowledged.
        renamed: The last first name that was acknowledged, and how many were.
        enough: Set when so much is acknowledged that the server may die.
    """

    created: list[str] = field(default_factory=list)
    renamed: list[str] = field(default_factory=list)
    enough: asyncio.Event = field(default_factory=asyncio.Event)

    def told(self) -> None:
        """Notes one more acknowledgement."""
        if len(self.created) + len(self.renamed) >= ACKNOWLEDGED and min(len(self.created), len(self.renamed)) >= 4:
            self.enough.set()


async def create_on_and_on(server: Server, writing: Writing) -> None:
    while True:
        payload = (await server.ask(AGENT, CREATE, input=form("IT"))).ok()["customerCreate"]
        assert payload["userErrors"] == []
        writing.created.append(payload["customer"]["domain"])
        writing.told()


async def rename_on_and_on(server: Server, writing: Writing) -> None:
    (node,) = (await server.ask(AGENT, READ, search="alpineskihouse")).ok()["customers"]["nodes"]
    etag, number = node["billingProfile"]["etag"], 0
    while True:
        number += 1
        sent = {"customerId": node["id"], "etag": etag, "contact": {"firstName": f"Name {number}"}}
        answer: Answer = await server.ask(AGENT, UPDATE_CONTACT, input=sent)
        profile = answer.ok()["customerUpdateContact"]["customer"]["billingProfile"]
        etag = profile["etag"]
        writing.renamed.append(profile["firstName"])
        writing.told()


async def kill_while_writing(server: Server) -> Writing:
    """Kills the server under five writers; gives back what they were told."""
    writing = Writing()
    await server.token(AGENT)
    writers = [create_on_and_on(server, writing) for _ in range(4)] + [rename_on_and_on(server, writing)]
    tasks = [asyncio.create_task(writer) for writer in writers]
    await asyncio.wait_for(writing.enough.wait(), 60)
    server.kill()
    for outcome in await asyncio.gather(*tasks, return_exceptions=True):
        assert isinstance(outcome, httpx.TransportError), outcome
    return writing


async def assert_whole(deployment: Deployment) -> set[str]:
    """Looks whether every customer is whole; gives back the domains of all."""
    for table, condition in PARTS.items():
        short = await deployment.rows(
            f"select c.domain, (select count(*) from {table} where {table}.customer_id = c.id "
            f"and {table}.cloud = c.cloud and {condition}) as parts from customer c "
            "where c.domain like 't%' and length(c.domain) = 37 order by parts"
        )
        assert {parts for _, parts in short} == {1}, (table, short[0])
    return {domain for (domain,) in await deployment.rows("select domain from customer")}


async def test_a_killed_server_loses_nothing_and_leaves_nothing_half_written(world: World, tmp_path: Path):
    """Issue 2, F: kill -9 in the middle of writes; conventions.md: one mutation field is one transaction."""
    async with world.copy() as settings:
        async with deployed(settings, tmp_path) as before:
            writing = await kill_while_writing(before.servers[0])
            assert len(writing.created) >= 4
            assert len(writing.renamed) >= 4
        async with deployed(settings, tmp_path) as after:
            assert set(writing.created) <= await assert_whole(after)
            server = after.servers[0]
            (node,) = (await server.ask(AGENT, READ, search="alpineskihouse")).ok()["customers"]["nodes"]
            # The last write may have been kept without its answer having come through.
            reached = int(node["billingProfile"]["firstName"].split()[1])
            assert reached in (len(writing.renamed), len(writing.renamed) + 1)
            ((lines,),) = await after.rows(
                "select count(*) from activity_record where operation = 'update_customer_billing_profile' "
                "and cast(changes as varchar) like '%\"Name %'"
            )
            assert lines == reached
            # And it goes on where it was.
            (await server.ask(AGENT, CREATE, input=form("IT"))).ok()
