"""Every mutation with a form that succeeds for whoever may send it, and what success leaves behind."""

from collections.abc import Awaitable, Callable
from itertools import count
from typing import Any, NamedTuple

from sqlalchemy import delete, select, update
from sqlmodel import col

from clientela.demo.organisations import organisation
from models import BillingProfile, ProductSubscription, PurchasePermission, Qualification
from models.offer import ProductSubscriptionKind
from models.product_subscription import ProductSubscriptionStatus
from tests.access.planting import ATTEST, UPDATE, Planted, acceptance
from tests.access.purchases import hold, offer_of
from tests.access.reference import Caller
from tests.api import relationship_requests as requests
from tests.api.partnerships import ACCEPT, DECLINE, END, PROVIDER, REQUEST, SEND, end, listed, requested, token_of
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
LEAVE = """mutation ($input: RelationshipEndInput!) {
  relationshipEnd(input: $input) { userErrors { code field } relationship { status } }
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
ASKING = frozenset({"GLOBAL_ADMIN", "ADMIN_AGENT", "SALES_AGENT"})
Form = Callable[[Api, Planted, Caller], Awaitable[dict[str, Any]]]


class Effect(NamedTuple):
    """What a success leaves.

    Attributes:
        operation: Of the line in the log; None where nothing is done.
        rows: How many rows more each table has, without the log.
        logs: In how many partners' logs.
        codes: Of the faults, where who may do it finds nothing to do it with.
    """

    operation: str | None
    rows: dict[str, int]
    logs: int = 1
    codes: tuple[str, ...] = ()


class Mutation(NamedTuple):
    """One mutation.

    Attributes:
        permission: That the contract asks for.
        document: Calls it.
        form: A sound input for a customer of the caller's partner, another at each call.
        effect: Of a success.
        sides: What the caller's partner must be in the indirect model; None for anything.
    """

    permission: str
    document: str
    form: Form
    effect: Effect
    sides: frozenset[str] | None = None


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


async def _reseller_to_invite(_api: Api, _own: Planted, _caller: Caller) -> dict[str, Any]:
    return {"targetEmail": f"matrix-{next(_fresh)}@example.com"}


async def _invitation(api: Api, _own: Planted, _caller: Caller) -> dict[str, Any]:
    for live in await listed(api, PROVIDER, status=["ACTIVE"]):
        await end(api, live["id"])
    return {"token": token_of((await requested(api))["link"]), "authorizeProvider": True}


async def _partnership(api: Api, _own: Planted, _caller: Caller) -> dict[str, Any]:
    return {"partnershipId": (await requested(api))["id"], "declarationAccepted": True}


async def _link(api: Api, _own: Planted, _caller: Caller) -> dict[str, Any]:
    return {"token": token_of((await requested(api))["link"])}


async def _open_invitation(api: Api, _own: Planted, _caller: Caller) -> dict[str, Any]:
    return {"partnershipId": (await requested(api))["id"]}


async def _request(_api: Api, _own: Planted, caller: Caller) -> dict[str, Any]:
    kind = {"provider": "PROVIDER", "reseller": "RESELLER_ONLY", "neither": "DIRECT"}[caller.side]
    # Outside GLOBAL a request always asks for admin privileges, which not everybody may.
    admin = caller.cloud != "GLOBAL" and not _asks_in_vain(caller)
    return requests.form(kind, admin=admin, targetEmail=f"matrix-{next(_fresh)}@example.com")


async def _all_is_cancelled(api: Api, own: Planted) -> None:
    async with api.database.execution_options(writes=True).begin() as connection:
        mine = col(ProductSubscription.customer_id) == own.tenant_id
        over = update(ProductSubscription).where(mine).values(status=ProductSubscriptionStatus.DELETED)
        await connection.execute(over)


async def _rehearsed_end(api: Api, own: Planted, _caller: Caller) -> dict[str, Any]:
    await _all_is_cancelled(api, own)
    # A rehearsal: an end would take the planted customer from all callers that come later.
    return {"customerId": own.id, "dryRun": True}


async def _draft(api: Api, own: Planted, caller: Caller) -> dict[str, Any]:
    by = caller if caller.mfa and caller.roles & ASKING else Caller(f"admin-agent@{caller.partner}")
    if caller.partner == "proseware" or _asks_in_vain(caller):
        return {"relationshipRequestId": "relationshiprequest_x"}
    row = await requests.drafted(api, str(by.name), await _request(api, own, caller))
    return {"relationshipRequestId": row["id"]}


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
    # A sandbox customer holds five.
    await _all_is_cancelled(api, own)
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
MUTATIONS |= {
    "partnershipRequest": Mutation(
        "PARTNERSHIP_REQUEST",
        REQUEST,
        _reseller_to_invite,
        Effect("request_partner_relationship", {"partnership": 1}),
        frozenset({"provider"}),
    ),
    # Servers of these tests have no relay, and the invitation names nobody.
    "partnershipRequestSend": Mutation(
        "PARTNERSHIP_REQUEST",
        SEND,
        _open_invitation,
        Effect(None, {}, codes=("NOT_SUPPORTED",)),
        frozenset({"provider"}),
    ),
    "partnershipAccept": Mutation(
        "PARTNERSHIP_APPROVE",
        ACCEPT,
        _invitation,
        Effect("create_partner_relationship", {}, logs=2),
        frozenset({"reseller"}),
    ),
    "partnershipDecline": Mutation(
        "PARTNERSHIP_APPROVE",
        DECLINE,
        _link,
        Effect("decline_partner_relationship_request", {}, logs=2),
        frozenset({"reseller"}),
    ),
    "partnershipEnd": Mutation(
        "PARTNERSHIP_REMOVE", END, _partnership, Effect("remove_partner_relationship", {}), frozenset({"provider"})
    ),
}
MUTATIONS |= {
    "relationshipRequestCreate": Mutation(
        "RELATIONSHIP_REQUEST",
        requests.CREATE,
        _request,
        Effect("create_relationship_request", {"relationship_request": 1}),
    ),
    "relationshipRequestSend": Mutation(
        "RELATIONSHIP_REQUEST", requests.SEND, _draft, Effect("send_relationship_request", {})
    ),
    "relationshipRequestCancel": Mutation(
        "RELATIONSHIP_REQUEST", requests.CANCEL, _draft, Effect("cancel_relationship_request", {})
    ),
}
MUTATIONS |= {
    "relationshipEnd": Mutation("RELATIONSHIP_REMOVE", LEAVE, _rehearsed_end, Effect(None, {})),
}
ABOUT_NO_CUSTOMER = {
    "create_relationship_request",
    "send_relationship_request",
    "cancel_relationship_request",
    "export_customers",
    "request_partner_relationship",
    "decline_partner_relationship_request",
    "create_partner_relationship",
    "remove_partner_relationship",
}


def effect_of(name: str, caller: Caller) -> Effect:
    """What is left of a call of this caller, who holds the permission.

    Outside the sandbox nothing is deleted, from within it nobody is invited; where a request always asks for admin
    privileges, a sales agent makes none; and a reseller's provider buys for it.
    """
    sandbox = caller.partner == "proseware"
    if name == "customerDelete" and not sandbox:
        return Effect(None, {}, codes=("NOT_SANDBOX",))
    if name.startswith("relationshipRequest") and (sandbox or _asks_in_vain(caller)):
        refused = "NOT_SUPPORTED" if sandbox else "ADMIN_PRIVILEGES_REQUIRED"
        return Effect(None, {}, codes=(refused if name.endswith("Create") else "NOT_FOUND",))
    if caller.reseller and name.startswith("productSubscription") and not name.endswith("Export"):
        return Effect(None, {}, codes=("RELATIONSHIP_REQUIRED",))
    return MUTATIONS[name].effect


def _asks_in_vain(caller: Caller) -> bool:
    return caller.cloud != "GLOBAL" and caller.roles == {"SALES_AGENT"}
