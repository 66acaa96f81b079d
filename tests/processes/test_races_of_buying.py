"""Buying in many hands at once: limits hold, one etag has one winner, nothing is bought after the end."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import pytest
import pytest_asyncio
from sqlalchemy import update
from sqlmodel import col

from clientela.clock import utc_now
from clientela.demo.organisations import organisation
from models import Relationship
from models.relationship import RelationshipStatus, RelationshipToPartner
from policy.principal import Principal, Standing
from policy.vocabulary import Cloud, PrincipalKind
from resolvers.faults import FaultCode
from resolvers.purchase_obstacles import purchase_obstacles
from resolvers.purchase_permission_change import end_purchase_permissions
from resolvers.relationship_lock import lock_relationship
from tests.calling import call_by
from tests.clients import Answer
from tests.processes.server import Deployment, Server, deployed
from tests.processes.test_races import at_once, codes
from tests.worlds import World

AGENT = "admin-agent@litware"
OWNER = "customer-user@alpineskihouse"
HELD = """{ customers(filter: {search: "alpineskihouse"}) { nodes {
  id tenantId subscriptions(filter: {status: [ACTIVE, SUSPENDED]}) { nodes { id kind etag status } }
} } offers(first: 500) { nodes { id name kind } } }"""
SET = """mutation ($input: CustomerSetPurchasePermissionInput!) {
  customerSetPurchasePermission(input: $input) { changed userErrors { code } }
}"""
BUY = """mutation ($input: ProductSubscriptionCreateInput!) {
  productSubscriptionCreate(input: $input) { subscription { id } userErrors { code } }
}"""
RESERVE = """mutation ($input: ReservationPurchaseInput!) {
  reservationPurchase(input: $input) { subscription { id } userErrors { code } }
}"""
SUSPEND = """mutation ($input: ProductSubscriptionSetStatusInput!) {
  productSubscriptionSuspend(input: $input) { subscription { etag } userErrors { code } }
}"""
REACTIVATE = SUSPEND.replace("Suspend(", "Reactivate(")


@pytest_asyncio.fixture(scope="module")
async def two(world: World, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Deployment]:
    """Two processes on one copy of the demo world."""
    async with world.copy() as settings, deployed(settings, tmp_path_factory.mktemp("two"), 2) as deployment:
        yield deployment


class Scene:
    """Alpine Ski House, which may buy for itself."""

    def __init__(self, found: dict[str, Any]) -> None:
        (self.customer,) = found["customers"]["nodes"]
        self.held = self.customer["subscriptions"]["nodes"]
        self.azure = next(one for one in self.held if one["kind"] == "USAGE")
        self.licence = next(one for one in self.held if one["kind"] == "LICENSE")
        offers = found["offers"]["nodes"]
        self.reservation = next(o["id"] for o in offers if o["kind"] == "RESERVATION" and "D2s" in o["name"])
        self.azure_offer = next(o["id"] for o in offers if o["name"] == "Azure plan")

    def reserve(self) -> dict[str, Any]:
        return {"subscriptionId": self.azure["id"], "offerId": self.reservation, "quantity": 1}


async def scene(two: Deployment) -> Scene:
    return Scene((await two.servers[0].ask(AGENT, HELD)).ok())


async def test_of_many_writers_with_one_etag_exactly_one_wins(two: Deployment):
    """customers.md 1.9: 2055 for all the others."""
    for verb, document in (("Suspend", SUSPEND), ("Reactivate", REACTIVATE)) * 3:
        licence = (await scene(two)).licence
        form = {"subscriptionId": licence["id"], "etag": licence["etag"]}

        async def change(server: Server, _number: int, document: str = document, form: Any = form) -> Answer:
            return await server.ask(AGENT, document, input=form)

        answers = await at_once(two, 12, change)
        assert codes(answers, f"productSubscription{verb}") == {"done": 1, "ETAG_MISMATCH": 11}


async def test_what_is_sold_once_a_customer_is_sold_once(two: Deployment):
    """27006: the lock on the relationship makes the count hold."""
    found = """{ customers(first: 200) { nodes {
      id agreements { method } subscriptions(filter: {kind: [USAGE]}) { totalCount }
    } } }"""
    customers = (await two.servers[0].ask(AGENT, found)).ok()["customers"]["nodes"]
    free = [one for one in customers if one["agreements"] and one["subscriptions"]["totalCount"] == 0][:5]
    offer = (await scene(two)).azure_offer
    for customer in free:
        form = {"customerId": customer["id"], "offerId": offer, "quantity": 1}

        async def buy(server: Server, _number: int, form: Any = form) -> Answer:
            return await server.ask(AGENT, BUY, input=form)

        answers = await at_once(two, 6, buy)
        italian = codes(answers, "productSubscriptionCreate")
        assert italian in ({"done": 1, "LIMIT_REACHED": 5}, {"NOT_SUPPORTED": 6})


async def test_a_purchase_is_before_the_permission_went_or_refused(two: Deployment):
    """I10: every purchase of a customer lies in an interval in which the permission was on."""
    now = await scene(two)
    outcomes: Counter[str] = Counter()
    for turn in range(25):
        on = {"customerId": now.customer["id"], "enabled": True}
        await two.servers[0].ask(AGENT, SET, input=on)

        async def act(server: Server, number: int, on: Any = on) -> Answer:
            if number == 3:
                return await server.ask(AGENT, SET, input=on | {"enabled": False})
            return await server.ask(OWNER, RESERVE, input=now.reserve())

        answers = await at_once(two, 6, act)
        assert answers[3].ok()["customerSetPurchasePermission"]["userErrors"] == []
        outcomes += codes([a for n, a in enumerate(answers) if n != 3], "reservationPurchase")
        refused = await two.servers[turn % 2].ask(OWNER, RESERVE, input=now.reserve())
        assert codes([refused], "reservationPurchase") == {"PURCHASE_NOT_PERMITTED": 1}
    assert set(outcomes) <= {"done", "PURCHASE_NOT_PERMITTED"}
    assert sum(outcomes.values()) == 125
    lines = await two.rows(
        "select id from activity_record where operation = 'create_order' and customer_name like 'Alpine%'"
    )
    assert len(lines) == outcomes["done"]


async def test_a_relationship_ends_with_nothing_active_or_does_not_end(two: Deployment):
    """R5.2, I10: end against purchase, exactly one of the two each time."""
    outcomes: Counter[tuple[str, str]] = Counter()
    for _ in range(20):
        now = await scene(two)
        customer_id = UUID(now.customer["tenantId"])
        await two.servers[0].ask(AGENT, SET, input={"customerId": now.customer["id"], "enabled": True})
        for one in await active(two, customer_id, "reservation"):
            await cancel(two, one)

        ended, answer = await asyncio.gather(
            end(two, customer_id), two.servers[1].ask(OWNER, RESERVE, input=now.reserve())
        )
        errors = answer.ok()["reservationPurchase"]["userErrors"]
        outcomes[ended, errors[0]["code"] if errors else "done"] += 1
        assert (ended == "ended") == bool(errors)
        if ended == "ended":
            assert await active(two, customer_id, "reservation") == []
            async with two.database.execution_options(writes=True).begin() as connection:
                await connection.execute(set_relationship(customer_id, live=True))
    assert sum(outcomes.values()) == 20


async def end(two: Deployment, customer_id: UUID) -> str:
    """As a command that ends a relationship does it: lock, look, end."""
    litware = organisation("litware")
    principal = Principal(Standing(PrincipalKind.PARTNER_USER, Cloud.GLOBAL), litware.id, litware.people[0].id, "ga")
    async with two.database.execution_options(writes=True).begin() as connection:
        call = call_by(principal, connection)
        await lock_relationship(call, litware.id, customer_id)
        only = (FaultCode.ACTIVE_RESERVATIONS,)
        if await purchase_obstacles(call, litware.id, customer_id, ("input", "customerId"), codes=only):
            return "refused"
        await end_purchase_permissions(call, litware.id, customer_id)
        await connection.execute(set_relationship(customer_id, live=False))
        return "ended"


def set_relationship(customer_id: UUID, *, live: bool) -> Any:
    whose = (col(Relationship.customer_id) == customer_id, col(Relationship.partner_id) == organisation("litware").id)
    return (
        update(Relationship)
        .where(*whose)
        .values(
            status=RelationshipStatus.ACTIVE if live else RelationshipStatus.ENDED,
            relationship_to_partner=RelationshipToPartner.RESELLER if live else RelationshipToPartner.NONE,
            ended_at=None if live else utc_now(),
            delegated_admin=False,
        )
    )


async def active(two: Deployment, customer_id: UUID, kind: str) -> list[Any]:
    key = customer_id.hex if two.database.dialect.name == "sqlite" else customer_id
    return await two.rows(
        "select p.id, p.etag from product_subscription p join offer o on o.cloud = p.cloud and o.id = p.offer_id "
        f"where p.customer_id = :key and p.status = 'active' and o.kind = '{kind}'",
        key=key,
    )


async def cancel(two: Deployment, row: Any) -> None:
    document = SUSPEND.replace("Suspend(", "Cancel(")
    key = str(row[0]).replace("-", "")
    form = {"subscriptionId": f"productsubscription_{key}", "etag": row[1]}
    answer = await two.servers[0].ask(AGENT, document, input=form)
    assert answer.ok()["productSubscriptionCancel"]["userErrors"] == []
