"""Every mutation with a form that succeeds for whoever may send it, and what success leaves behind."""

from collections.abc import Awaitable, Callable
from itertools import count
from typing import Any, NamedTuple

from sqlalchemy import delete, select
from sqlmodel import col

from clientela.demo.organisations import organisation
from models import BillingProfile, PurchasePermission, Qualification
from models.offer import ProductSubscriptionKind
from models.product_subscription import ProductSubscriptionStatus
from tests.access.planting import ATTEST, UPDATE, Planted, acceptance
from tests.access.purchases import hold, offer_of
from tests.access.reference import Caller
from tests.clients import Api

CREATE = """mutation ($input: CustomerCreateInput!) {
  customerCreate(input: $input) { userErrors { code field } customer { id tenantId } initialCredentials { userName } }
}"""
CONTACT = """mutation ($input: CustomerUpdateContactInput!) {
  customerUpdateContact(input: $input) { userErrors { code field } customer { id } }
}"""
DELETE = """mutation ($input: CustomerDeleteInput!) {
  customerDelete(input: $input) { userErrors { code field } deletedCustomerId }
}"""
EXPORT = """mutation ($input: CustomerExportInput!) {
  customerExport(input: $input) { userErrors { code field } export { url } }
}"""
QUALIFY = """mutation ($input: CustomerRequestQualificationInput!) {
  customerRequestQualification(input: $input) { userErrors { code field } qualification { kind } }
}"""
PERMIT = """mutation ($input: CustomerSetPurchasePermissionInput!) {
  customerSetPurchasePermission(input: $input) { changed userErrors { code field } purchasePermission { enabled } }
}"""
BUY = """mutation ($input: ProductSubscriptionCreateInput!) {
  productSubscriptionCreate(input: $input) { userErrors { code field } subscription { id } }
}"""
EXPORT_SUBSCRIPTIONS = """mutation ($input: SubscriptionExportInput!) {
  productSubscriptionExport(input: $input) { userErrors { code field } export { url } }
}"""
ACCOUNT = {"customer", "customer_domain", "customer_user", "relationship", "relationship_domain", "billing_profile"}

_fresh = count(1)
Form = Callable[[Api, Planted, Caller], Awaitable[dict[str, Any]]]


class Effect(NamedTuple):
    """What a success leaves.

    Attributes:
        operation: Of the line in the log; None where nothing is done.
        rows: How many rows more each table has, without the log.
        code: Of the user error, where nothing is done for a reason that is no denial.
    """

    operation: str | None
    rows: dict[str, int]
    code: str | None = None


class Mutation(NamedTuple):
    """One mutation.

    Attributes:
        permission: That the contract asks for.
        document: Calls it.
        form: A sound input for a customer of the caller's partner, another at each call.
        effect: Of a success.
    """

    permission: str
    document: str
    form: Form
    effect: Effect


async def new_customer(_api: Api, own: Planted, _caller: Caller) -> dict[str, Any]:
    """A customer in the country of the partner's own, under a domain that is free."""
    form: dict[str, Any] = {"domain": f"accessmatrix{next(_fresh)}", "billingProfile": own.profile}
    return form | ({"organizationRegistrationNumber": own.number} if own.number else {})


async def _profile(api: Api, own: Planted, caller: Caller) -> dict[str, Any]:
    address = own.profile["address"] | {"addressLine2": f"Floor {next(_fresh)}"}
    return {
        "customerId": own.id,
        "etag": await etag_of(api, own, caller.partner),
        "billingProfile": own.profile | {"address": address},
    }


async def _contact(api: Api, own: Planted, caller: Caller) -> dict[str, Any]:
    contact = {"firstName": f"Person {next(_fresh)}"}
    return {"customerId": own.id, "etag": await etag_of(api, own, caller.partner), "contact": contact}


async def _deletion(api: Api, own: Planted, caller: Caller) -> dict[str, Any]:
    if caller.partner != "proseware":
        return {"customerId": own.id}
    form = await new_customer(api, own, caller)
    made = (await api.ask("admin-agent@proseware", CREATE, input=form)).ok()["customerCreate"]
    return {"customerId": made["customer"]["id"]}


async def _export(_api: Api, _own: Planted, _caller: Caller) -> dict[str, Any]:
    return {"filter": {"search": "sentinel"}}


async def _attestation(_api: Api, own: Planted, _caller: Caller) -> dict[str, Any]:
    return {"customerId": own.id, "agreement": acceptance(f"matrix-{next(_fresh)}@example.com")}


async def _qualification(api: Api, own: Planted, _caller: Caller) -> dict[str, Any]:
    async with api.database.execution_options(writes=True).begin() as connection:
        await connection.execute(delete(Qualification).where(col(Qualification.customer_id) == own.tenant_id))
    return {"customerId": own.id, "kind": "STATE_OWNED_ENTITY"}


async def _permission(api: Api, own: Planted, caller: Caller) -> dict[str, Any]:
    async with api.database.execution_options(writes=True).begin() as connection:
        await connection.execute(delete(PurchasePermission).where(col(PurchasePermission.customer_id) == own.tenant_id))
    # China has no Azure.
    if caller.cloud != "CHINA":
        await hold(api, caller.partner, own.tenant_id, ProductSubscriptionKind.USAGE, azure=True)
    return {"customerId": own.id, "enabled": True}


async def _purchase(api: Api, own: Planted, caller: Caller) -> dict[str, Any]:
    offer = await offer_of(api, caller.partner, ProductSubscriptionKind.LICENSE)
    return {"customerId": own.id, "offerId": f"offer_{offer.hex}", "quantity": 1}


async def _subscriptions(_api: Api, own: Planted, _caller: Caller) -> dict[str, Any]:
    return {"customerId": own.id}


def _held(kind: str = "LICENSE", status: str = "ACTIVE") -> Form:
    async def form(api: Api, own: Planted, caller: Caller) -> dict[str, Any]:
        row = await hold(
            api,
            caller.partner,
            own.tenant_id,
            ProductSubscriptionKind[kind],
            status=ProductSubscriptionStatus[status],
        )
        return {"subscriptionId": f"productsubscription_{row.id.hex}", "etag": row.etag}

    return form


def _status(verb: str) -> str:
    return f"""mutation ($input: ProductSubscriptionSetStatusInput!) {{
      productSubscription{verb}(input: $input) {{ userErrors {{ code field }} subscription {{ status }} }}
    }}"""


async def etag_of(api: Api, own: Planted, partner: str) -> str:
    """The present etag of a partner's billing profile of a customer."""
    profile = select(col(BillingProfile.etag)).where(
        col(BillingProfile.customer_id) == own.tenant_id, col(BillingProfile.partner_id) == organisation(partner).id
    )
    async with api.database.connect() as connection:
        return str((await connection.execute(profile)).scalar_one())


MUTATIONS = {
    "customerCreate": Mutation(
        "CUSTOMER_CREATE", CREATE, new_customer, Effect("add_customer", dict.fromkeys(ACCOUNT, 1))
    ),
    "customerUpdateBillingProfile": Mutation(
        "CUSTOMER_BILLING_WRITE", UPDATE, _profile, Effect("update_customer_billing_profile", {})
    ),
    "customerUpdateContact": Mutation(
        "CUSTOMER_CONTACT_WRITE", CONTACT, _contact, Effect("update_customer_billing_profile", {})
    ),
    "customerDelete": Mutation(
        "CUSTOMER_SANDBOX_DELETE", DELETE, _deletion, Effect("delete_customer", dict.fromkeys(ACCOUNT, -1))
    ),
    "customerExport": Mutation("CUSTOMER_EXPORT", EXPORT, _export, Effect("export_customers", {})),
    "customerAttestAgreement": Mutation(
        "AGREEMENT_ATTEST", ATTEST, _attestation, Effect("create_agreement", {"agreement": 1})
    ),
    "customerRequestQualification": Mutation(
        "QUALIFICATION_WRITE",
        QUALIFY,
        _qualification,
        Effect("update_customer_qualification", {"qualification": 1}),
    ),
    "customerSetPurchasePermission": Mutation(
        "SELFSERVE_WRITE",
        PERMIT,
        _permission,
        Effect("create_self_serve_policy", {"purchase_permission": 1}),
    ),
    "productSubscriptionCreate": Mutation(
        "SUBSCRIPTION_COMMIT", BUY, _purchase, Effect("create_order", {"product_subscription": 1})
    ),
    "productSubscriptionSuspend": Mutation(
        "SUBSCRIPTION_WRITE", _status("Suspend"), _held(), Effect("update_subscription", {})
    ),
    "productSubscriptionReactivate": Mutation(
        "SUBSCRIPTION_WRITE", _status("Reactivate"), _held(status="SUSPENDED"), Effect("update_subscription", {})
    ),
    "productSubscriptionCancel": Mutation(
        "SUBSCRIPTION_COMMIT", _status("Cancel"), _held("SOFTWARE"), Effect("update_subscription", {})
    ),
    "productSubscriptionExport": Mutation(
        "CUSTOMER_EXPORT", EXPORT_SUBSCRIPTIONS, _subscriptions, Effect("export_subscriptions", {})
    ),
}
OUTSIDE_THE_SANDBOX = Effect(None, {}, "NOT_SANDBOX")
FOR_ITS_PROVIDER = Effect(None, {}, "RELATIONSHIP_REQUIRED")


def effect_of(name: str, caller: Caller) -> Effect:
    """What a call of this caller leaves: outside the sandbox nothing is deleted, a reseller's provider buys for it."""
    if name == "customerDelete" and caller.partner != "proseware":
        return OUTSIDE_THE_SANDBOX
    if caller.reseller and name.startswith("productSubscription") and not name.endswith("Export"):
        return FOR_ITS_PROVIDER
    return MUTATIONS[name].effect
