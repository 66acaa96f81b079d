"""Writers who never give up, what they were told, and what is there in the end."""

import asyncio
import os
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from uuid import UUID

import httpx
import orjson

from tests.api.customers import UPDATE_CONTACT
from tests.clients import Answer
from tests.processes.server import Deployment, Server

AGENT = "admin-agent@litware"
SECONDS_TO_COME_BACK = 30
ROUNDS = int(os.environ.get("CLIENTELA_FAULT_ROUNDS", "1"))
"""How often the fault is repeated; `make faults` takes more."""
CUSTOMERS = "{ customers(first: 20) { nodes { id tenantId billingProfile { etag } } } }"
ETAG = "query ($id: ID!) { customer(id: $id) { billingProfile { etag } } }"


@dataclass
class Writer:
    """One customer's contact, renamed on and on.

    Attributes:
        customer: The customer's id.
        tenant: Its tenant id, as the database has it.
        name: What all its first names begin with.
        sent: Every first name that was sent, in order.
        acknowledged: Those whose update was acknowledged.
        answers: How often each kind of answer came: `ok`, an error's code, or `no answer`.
    """

    customer: str
    tenant: UUID
    name: str
    sent: list[str] = field(default_factory=list)
    acknowledged: list[str] = field(default_factory=list)
    answers: Counter[str] = field(default_factory=Counter)

    async def write(self, server: Server) -> None:
        """Renames, whatever happens; after a failure from what is there by then."""
        etag: str | None = None
        while True:
            if etag is None:
                read = await _ask(server, ETAG, id=self.customer)
                etag = read.data["customer"]["billingProfile"]["etag"] if read and not read.errors else None
                self._count(read)
                continue
            self.sent.append(f"{self.name} {len(self.sent)}")
            contact = {"firstName": self.sent[-1]}
            answer = await _ask(
                server, UPDATE_CONTACT, input={"customerId": self.customer, "etag": etag, "contact": contact}
            )
            self._count(answer)
            etag = None
            if answer is not None and not answer.errors:
                payload = answer.data["customerUpdateContact"]
                assert payload["userErrors"] == []
                self.acknowledged.append(self.sent[-1])
                etag = payload["customer"]["billingProfile"]["etag"]

    def _count(self, answer: Answer | None) -> None:
        self.answers["no answer" if answer is None else ",".join(answer.codes) or "ok"] += 1


async def _ask(server: Server, document: str, **variables: object) -> Answer | None:
    try:
        answer = await server.ask(AGENT, document, **variables)
    except httpx.TransportError:
        answer = None
    if answer is None or answer.errors:
        await asyncio.sleep(0.02)
    assert answer is None or answer.status != 503 or "Retry-After" in answer.headers
    return answer


@dataclass(frozen=True)
class Load:
    """Writers, each with a customer of its own."""

    writers: tuple[Writer, ...]

    async def more(self, number: int) -> None:
        """Comes back when so many more updates were acknowledged; the servers are up then."""
        enough = self.acknowledged + number
        async with asyncio.timeout(SECONDS_TO_COME_BACK):
            while self.acknowledged < enough:
                await asyncio.sleep(0.01)

    @property
    def acknowledged(self) -> int:
        """How many updates were acknowledged."""
        return sum(len(writer.acknowledged) for writer in self.writers)

    @property
    def answers(self) -> Counter[str]:
        """How often each kind of answer came."""
        return sum((writer.answers for writer in self.writers), Counter())


@asynccontextmanager
async def loaded(*servers: Server, each: int = 4, name: str = "Name") -> AsyncIterator[Load]:
    """Several writers a server, as long as the context lasts; all first names begin with the name."""
    found = (await servers[0].ask(AGENT, CUSTOMERS)).ok()["customers"]["nodes"]
    found = [node for node in found if node["billingProfile"]]
    load = Load(tuple(Writer(node["id"], UUID(node["tenantId"]), name) for node in found[: each * len(servers)]))
    assert len(load.writers) == each * len(servers)
    for server in servers:
        await server.token(AGENT)
    tasks = [
        asyncio.create_task(writer.write(servers[number % len(servers)])) for number, writer in enumerate(load.writers)
    ]
    try:
        yield load
    finally:
        for task in tasks:
            task.cancel()
        ends = await asyncio.gather(*tasks, return_exceptions=True)
    assert {type(end) for end in ends} == {asyncio.CancelledError}, ends


async def assert_nothing_lost(load: Load, deployment: Deployment) -> None:
    """What was acknowledged is there; what was not is there with its line of the log, or not at all."""
    unacknowledged = kept_of_them = 0
    for writer in load.writers:
        tenant = writer.tenant.hex if deployment.database.dialect.name == "sqlite" else writer.tenant
        logged = await deployment.rows(
            "select changes from activity_record where customer_id = :id and operation = :operation order by id",
            id=tenant,
            operation="update_customer_billing_profile",
        )
        names = [name for (changes,) in logged for name in _new_names(changes, writer.name)]
        assert len(set(names)) == len(names), "written twice"
        assert set(writer.acknowledged) <= set(names) <= set(writer.sent)
        ((present,),) = await deployment.rows(
            "select first_name from billing_profile where customer_id = :id", id=tenant
        )
        assert not names or present == max(names, key=writer.sent.index)
        unacknowledged += len(writer.sent) - len(writer.acknowledged)
        kept_of_them += len(set(names) - set(writer.acknowledged))
    print(
        f"{load.acknowledged} acknowledged and there; {unacknowledged} not acknowledged, "
        f"{kept_of_them} of them there whole; {dict(load.answers)}"
    )


def _new_names(changes: object, name: str) -> list[str]:
    found = orjson.loads(changes) if isinstance(changes, str) else changes
    return [change["new"] for change in found if str(change["new"]).startswith(f"{name} ")]
