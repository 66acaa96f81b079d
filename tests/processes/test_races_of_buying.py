"""Buying in many hands at once: limits hold, one etag has one winner, nothing is bought without the permission.

An order against the end of the relationship: test_paired_races.py.
"""

from collections import Counter
from typing import Any

from tests.clients import Answer
from tests.processes.rounds import rounds
from tests.processes.server import Deployment, Server
from tests.processes.test_races import at_once, codes

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
ROUNDS = rounds(25)


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
    """I10: every purchase of a customer lies in an interval in which the permission was on.

    Once the permission is off, not one more comes of those that were on their way.
    """
    now = await scene(two)
    bought = "select count(*) from activity_record where operation = 'create_order' and customer_name like 'Alpine%'"
    outcomes: Counter[str] = Counter()
    for turn in range(ROUNDS):
        on = {"customerId": now.customer["id"], "enabled": True}
        await two.servers[0].ask(AGENT, SET, input=on)
        then: list[Any] = []

        async def act(server: Server, number: int, on: Any = on, then: list[Any] = then) -> Answer:
            if number == 3:
                off = await server.ask(AGENT, SET, input=on | {"enabled": False})
                then.extend(await two.rows(bought))
                return off
            return await server.ask(OWNER, RESERVE, input=now.reserve())

        answers = await at_once(two, 6, act)
        assert await two.rows(bought) == then
        assert answers[3].ok()["customerSetPurchasePermission"]["userErrors"] == []
        outcomes += codes([a for n, a in enumerate(answers) if n != 3], "reservationPurchase")
        refused = await two.servers[turn % 2].ask(OWNER, RESERVE, input=now.reserve())
        assert codes([refused], "reservationPurchase") == {"PURCHASE_NOT_PERMITTED": 1}
    assert set(outcomes) <= {"done", "PURCHASE_NOT_PERMITTED"}
    assert sum(outcomes.values()) == 5 * ROUNDS
    assert await two.rows(bought) == [(outcomes["done"],)]
