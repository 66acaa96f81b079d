"""What must be over before a relationship ends, and what ends with it (R5.2-R5.4, I10)."""

from typing import Any
from uuid import UUID

from models.offer import ProductSubscriptionKind
from models.product_subscription import ProductSubscriptionStatus
from tests.access.purchases import hold
from tests.api.buying import attest
from tests.api.customers import some_customer
from tests.api.partnerships import codes
from tests.api.relationship_requests import connected, form
from tests.api.relationships import end
from tests.clients import Api

ADMIN = "global-admin@contoso"
AGENT = "admin-agent@contoso"
SEARCH = "graphicdesigninstitute"
HELD = """query ($id: ID!) { customer(id: $id) {
  subscriptions(first: 100) { nodes { id etag status kind } } purchasePermissions { enabled }
  relationship { delegatedAdmin }
} }"""
SUSPEND = """mutation ($input: ProductSubscriptionSetStatusInput!) {
  productSubscriptionSuspend(input: $input) { userErrors { code } }
}"""
CANCEL = SUSPEND.replace("Suspend(", "Cancel(")
PERMIT = """mutation ($input: CustomerSetPurchasePermissionInput!) {
  customerSetPurchasePermission(input: $input) { userErrors { code } changed }
}"""
BUY = """mutation ($input: ProductSubscriptionCreateInput!) {
  productSubscriptionCreate(input: $input) { userErrors { code vendorCode } }
}"""


async def over(api: Api, customer_id: str) -> None:
    """Suspends or cancels everything that the customer has through contoso."""
    rows = (await api.ask(AGENT, HELD, id=customer_id)).ok()["customer"]["subscriptions"]["nodes"]
    for row in rows:
        if row["status"] == "ACTIVE":
            document = SUSPEND if row["kind"] in ("LICENSE", "USAGE") else CANCEL
            await api.ask(AGENT, document, input={"subscriptionId": row["id"], "etag": row["etag"]})


async def a_customer(api: Api) -> tuple[str, UUID]:
    """A customer of contoso's that has nothing active."""
    customer = await some_customer(api, AGENT, SEARCH)
    await over(api, customer["id"])
    return customer["id"], UUID(customer["tenantId"])


async def test_everything_that_is_active_is_named_at_once(fresh_api: Api):
    """relationships.md 11.14, 11.15; permissions.md 8.15: all kinds, in a rehearsal too; no suspended one."""
    key, tenant = await a_customer(fresh_api)
    kinds: dict[str, Any] = {}
    for kind in ProductSubscriptionKind:
        azure = kind in (ProductSubscriptionKind.USAGE, ProductSubscriptionKind.RESERVATION)
        kinds[kind.name] = (await hold(fresh_api, "contoso", tenant, kind, azure=azure)).id
    await hold(fresh_api, "contoso", tenant, status=ProductSubscriptionStatus.SUSPENDED)
    before = await fresh_api.counts()
    for dry_run in (True, False):
        faults = (await end(fresh_api, ADMIN, key, dryRun=dry_run))["userErrors"]
        named = {fault["code"]: {one.partition("_")[2] for one in fault["relatedIds"]} for fault in faults}
        assert named == {
            "ACTIVE_SUBSCRIPTIONS": {kinds["LICENSE"].hex, kinds["USAGE"].hex},
            "ACTIVE_RESERVATIONS": {kinds["RESERVATION"].hex},
            "ACTIVE_SOFTWARE": {kinds["SOFTWARE"].hex},
        }
    assert await fresh_api.counts() == before
    await over(fresh_api, key)
    assert codes(await end(fresh_api, ADMIN, key)) == []


async def test_an_ended_relationship_takes_no_order_and_lets_the_customer_buy_nothing(fresh_api: Api):
    """relationships.md 11.16, 11.17, permissions.md I11: 20002; restored, all of it stays suspended and off."""
    key, tenant = await a_customer(fresh_api)
    plan = await hold(fresh_api, "contoso", tenant, ProductSubscriptionKind.USAGE, azure=True)
    done = (await fresh_api.ask(AGENT, PERMIT, input={"customerId": key, "enabled": True})).ok()
    assert done["customerSetPurchasePermission"] == {"userErrors": [], "changed": True}
    await over(fresh_api, key)
    held = (await fresh_api.ask(AGENT, HELD, id=key)).ok()["customer"]
    assert codes(await end(fresh_api, ADMIN, key)) == []
    order = {"customerId": key, "offerId": f"offer_{plan.offer_id.hex}", "quantity": 1}
    (fault,) = (await fresh_api.ask(AGENT, BUY, input=order)).ok()["productSubscriptionCreate"]["userErrors"]
    assert fault == {"code": "RELATIONSHIP_REQUIRED", "vendorCode": 20002}
    before = {row["id"]: row["status"] for row in held["subscriptions"]["nodes"]}
    await connected(fresh_api, AGENT, SEARCH, form(admin=False))
    found = (await fresh_api.ask(AGENT, HELD, id=key)).ok()["customer"]
    assert {row["id"]: row["status"] for row in found["subscriptions"]["nodes"]} == before
    assert before[f"productsubscription_{plan.id.hex}"] == "SUSPENDED"
    assert found["relationship"]["delegatedAdmin"] is False
    assert not any(row["enabled"] for row in found["purchasePermissions"])


async def test_what_another_partner_sold_is_no_obstacle(fresh_api: Api):
    """R5.2: only this partner's holdings count; the other sells on (relationships.md 11.16)."""
    customer = await some_customer(fresh_api, "global-admin@adatum", "adventureworks")
    sold = await hold(fresh_api, "contoso", UUID(customer["tenantId"]))
    assert codes(await end(fresh_api, "global-admin@adatum", customer["id"])) == []
    await attest(fresh_api, AGENT, customer["id"])
    order = {"customerId": customer["id"], "offerId": f"offer_{sold.offer_id.hex}", "quantity": 1}
    ordered = {who: (await fresh_api.ask(who, BUY, input=order)).ok() for who in (AGENT, "admin-agent@adatum")}
    told = {who: codes(answer["productSubscriptionCreate"]) for who, answer in ordered.items()}
    assert told == {AGENT: [], "admin-agent@adatum": ["RELATIONSHIP_REQUIRED"]}
