"""Buying for a customer: every gate of customers.md 6.2, then an order."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from models import Partner
from models.product_subscription import ProductSubscriptionStatus
from resolvers.call import Call
from resolvers.customer_lookup import customer_not_found
from resolvers.faults import Fault, FaultCode
from resolvers.naming import check_text, missing
from resolvers.offers import OfferRow, find_offer
from resolvers.orders import Order, place_order
from resolvers.outcome import Outcome, stopped
from resolvers.partnership_check import check_partnership
from resolvers.product_subscriptions import find_product_subscription, product_subscription_not_found
from resolvers.purchase_gates import Deal, check_gates, check_offer, open_deal

LONGEST_FRIENDLY_NAME = 255
CUSTOMER = ("input", "customerId")
PARENT = ("input", "parentId")
RESELLER = ("input", "resellerId")


@dataclass(frozen=True, slots=True)
class PurchaseForm:
    """What to buy for a customer. Ids are None where the text names nothing.

    Attributes:
        customer_id: Who gets it.
        offer_id: What.
        quantity: How much of it.
        parent_id: The base that an add-on extends.
        names_parent: Whether the input named a base, be it one that does not exist.
        friendly_name: What the customer calls it.
        reseller_id: The reseller of record.
        names_reseller: Whether the input named a reseller, be it one that does not exist.
    """

    customer_id: UUID | None
    offer_id: UUID | None
    quantity: int
    parent_id: UUID | None
    names_parent: bool
    friendly_name: str | None
    reseller_id: UUID | None
    names_reseller: bool


@dataclass(frozen=True, slots=True)
class Subscribed:
    """The subscription that stands as asked now."""

    subscription_id: UUID


async def create_product_subscription(call: Call, form: PurchaseForm) -> Outcome[Subscribed]:
    """Buys for a customer of the caller's partner, which is billed.

    Args:
        call: The call; its principal holds SUBSCRIPTION_COMMIT.
        form: What was filled in.

    Returns:
        The subscription; or NOT_FOUND for a customer that never was the partner's; or every gate that is shut, in the
        order of customers.md 6.2, and every fault of the form.
    """
    deal = await open_deal(call, call.principal.tenant_id, form.customer_id)
    if deal is None:
        return stopped(customer_not_found())
    faults = await check_gates(call, deal, CUSTOMER)
    if not deal.serving.may_order:
        return stopped(*faults)
    offer = await find_offer(call, form.offer_id)
    if offer is None:
        message = "The catalogue has no offer with this id. Take ids from `offers`, unchanged."
        faults.append(Fault(FaultCode.NOT_FOUND, message, ("input", "offerId"), 1000))
    else:
        faults += await check_offer(call, deal, offer, form.quantity)
        faults += await _check_parent(call, deal, offer, form)
    name, name_faults = check_text(form.friendly_name, ("input", "friendlyName"), LONGEST_FRIENDLY_NAME, optional=True)
    faults += name_faults
    if form.names_reseller:
        faults += await _check_reseller(call, form.reseller_id)
    if faults or offer is None:
        return stopped(*faults)
    order = Order(deal, offer, form.quantity, name, form.reseller_id, form.parent_id)
    return Outcome(Subscribed(await place_order(call, order)))


async def _check_parent(call: Call, deal: Deal, offer: OfferRow, form: PurchaseForm) -> list[Fault]:
    if offer.add_on_of_id is None:
        message = f"{offer.name} is no add-on; leave the base out."
        return [Fault(FaultCode.INVALID, message, PARENT, 3000)] if form.names_parent else []
    if not form.names_parent:
        return [missing(PARENT, ", since this offer is an add-on: the subscription that it extends")]
    parent = await find_product_subscription(call, form.parent_id)
    if parent is None or (parent.partner_id, parent.customer_id) != (deal.partner_id, deal.customer_id):
        return [product_subscription_not_found(PARENT)]
    if parent.offer_id != offer.add_on_of_id:
        message = f"{offer.name} does not extend {parent.offer_name}; name a subscription of its base."
        return [Fault(FaultCode.INVALID, message, PARENT, 3000)]
    if parent.status is not ProductSubscriptionStatus.ACTIVE:
        message = "An add-on needs an active base; reactivate the base first."
        return [Fault(FaultCode.INVALID_STATE, message, PARENT, 27009, (parent.global_id,))]
    return []


async def _check_reseller(call: Call, reseller_id: UUID | None) -> list[Fault]:
    if reseller_id == call.principal.tenant_id:
        message = "A provider is never its own reseller of record; name one of your resellers, or leave the field out."
        return [Fault(FaultCode.INVALID, message, RESELLER, 2072)]
    faults = await check_partnership(call, reseller_id, RESELLER)
    if faults:
        return faults
    signed = select(col(Partner.partner_agreement_signed)).where(
        col(Partner.cloud) == call.principal.cloud, col(Partner.id) == reseller_id
    )
    if (await call.transaction.execute(signed)).scalar_one():
        return []
    message = "The reseller has not signed the partner agreement; its global admin signs it first."
    return [Fault(FaultCode.PARTNER_AGREEMENT_REQUIRED, message, RESELLER, 900123)]
