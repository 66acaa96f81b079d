"""A customer buys a reservation for itself; its partner is billed (permissions.md 4)."""

from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from models import PurchasePermission
from models.offer import ProductSubscriptionKind
from models.product_subscription import ProductSubscriptionStatus
from resolvers.call import Call
from resolvers.faults import Fault, FaultCode
from resolvers.offers import find_offer
from resolvers.orders import Order, place_order
from resolvers.outcome import Outcome, stopped
from resolvers.product_subscription_creation import Subscribed
from resolvers.product_subscriptions import (
    ProductSubscriptionRow,
    find_product_subscription,
    product_subscription_not_found,
)
from resolvers.purchase_gates import check_gates, check_offer, open_deal
from resolvers.purchase_permissions import ACTION, RESOURCE
from resolvers.subscription_owners import is_owner

SUBSCRIPTION = ("input", "subscriptionId")
OFFER = ("input", "offerId")


async def purchase_reservation(
    call: Call, subscription_id: UUID | None, offer_id: UUID | None, quantity: int
) -> Outcome[Subscribed]:
    """Buys a reservation under an Azure subscription that the caller owns.

    Args:
        call: The call of the customer's user.
        subscription_id: The Azure subscription; None where the id names none.
        offer_id: The reservation's offer; None where the id names none.
        quantity: How many.

    Returns:
        The reservation; or NOT_FOUND; or PURCHASE_NOT_PERMITTED, OWNER_ROLE_REQUIRED, INVALID and INVALID_STATE of
        the Azure subscription; or the gates of any purchase and the faults of the offer.
    """
    found = await find_product_subscription(call, subscription_id)
    if found is None:
        return stopped(product_subscription_not_found())
    deal = await open_deal(call, found.partner_id, found.customer_id)
    row = await find_product_subscription(call, subscription_id)
    if deal is None or row is None:
        return stopped(product_subscription_not_found())
    faults = await _check_right(call, row)
    if faults:
        return stopped(*faults)
    faults = await check_gates(call, deal, SUBSCRIPTION)
    offer = await find_offer(call, offer_id)
    if offer is None:
        message = "There is no offer with this id. Take ids from `ownedSubscriptions { offers }`, unchanged."
        return stopped(*faults, Fault(FaultCode.NOT_FOUND, message, OFFER, 1000))
    if offer.kind is not ProductSubscriptionKind.RESERVATION or not offer.is_azure:
        message = f"You can buy reservations for yourself, nothing else; ask your partner for {offer.name}."
        return stopped(*faults, Fault(FaultCode.NOT_SUPPORTED, message, OFFER, 3000))
    faults += await check_offer(call, deal, offer, quantity)
    if faults:
        return stopped(*faults)
    order = Order(deal, offer, quantity, reseller_id=row.reseller_id, bought_under_id=row.id)
    return Outcome(Subscribed(await place_order(call, order)))


async def _check_right(call: Call, row: ProductSubscriptionRow) -> list[Fault]:
    faults = []
    if not await _is_permitted(call, row):
        message = "Your partner does not let your company buy for itself; ask it to turn the permission on."
        faults.append(Fault(FaultCode.PURCHASE_NOT_PERMITTED, message, SUBSCRIPTION))
    if not await is_owner(call, row):
        message = "Only an Owner of the Azure subscription buys under it; your global admin can make you one."
        faults.append(Fault(FaultCode.OWNER_ROLE_REQUIRED, message, SUBSCRIPTION))
    if not (row.is_azure and row.kind is ProductSubscriptionKind.USAGE):
        message = "A reservation is bought under an Azure subscription; name one."
        faults.append(Fault(FaultCode.INVALID, message, SUBSCRIPTION, 3000))
    elif row.status is not ProductSubscriptionStatus.ACTIVE:
        message = "The Azure subscription is not active; ask your partner to reactivate it."
        faults.append(Fault(FaultCode.INVALID_STATE, message, SUBSCRIPTION, 800040))
    return faults


async def _is_permitted(call: Call, row: ProductSubscriptionRow) -> bool:
    on = select(col(PurchasePermission.etag)).where(
        col(PurchasePermission.cloud) == call.principal.cloud,
        col(PurchasePermission.partner_id) == row.partner_id,
        col(PurchasePermission.customer_id) == row.customer_id,
        col(PurchasePermission.resource) == RESOURCE,
        col(PurchasePermission.action) == ACTION,
        col(PurchasePermission.enabled).is_(True),
    )
    return (await call.transaction.execute(on)).first() is not None
