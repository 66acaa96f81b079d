"""Placing an order: one subscription and one line in the log of the partner that is billed."""

from dataclasses import dataclass
from secrets import token_hex
from uuid import UUID

from uuid_utils.compat import uuid7

from models import ProductSubscription
from models.product_subscription import ProductSubscriptionStatus
from resolvers.audit import change, record
from resolvers.call import Call
from resolvers.global_ids import ObjectKind, global_id
from resolvers.offers import OfferRow
from resolvers.purchase_gates import Deal


@dataclass(frozen=True, slots=True)
class Order:
    """A checked order.

    Attributes:
        deal: Who is billed and who gets it.
        offer: What is bought.
        quantity: How much of it.
        friendly_name: What the customer calls it; None for no name of its own.
        reseller_id: The reseller of record; None for none.
        parent_id: The base of an add-on.
        bought_under_id: The Azure subscription under which a customer bought a reservation for itself.
    """

    deal: Deal
    offer: OfferRow
    quantity: int
    friendly_name: str | None = None
    reseller_id: UUID | None = None
    parent_id: UUID | None = None
    bought_under_id: UUID | None = None


async def place_order(call: Call, order: Order) -> UUID:
    """Writes the subscription, active at once, and `create_order` in the log of the billed partner.

    Returns:
        The subscription's key.
    """
    deal = order.deal
    row = ProductSubscription(
        cloud=call.principal.cloud,
        partner_id=deal.partner_id,
        customer_id=deal.customer_id,
        id=uuid7(),
        offer_id=order.offer.id,
        friendly_name=order.friendly_name,
        quantity=order.quantity,
        status=ProductSubscriptionStatus.ACTIVE,
        reseller_id=order.reseller_id,
        parent_id=order.parent_id,
        bought_under_id=order.bought_under_id,
        etag=token_hex(16),
        created_at=call.now,
        status_changed_at=call.now,
    )
    await call.add(row)
    filled = (
        ("subscription.id", global_id(ObjectKind.PRODUCT_SUBSCRIPTION, row.id)),
        ("subscription.offerName", order.offer.name),
        ("subscription.quantity", order.quantity),
        ("subscription.friendlyName", order.friendly_name),
        ("subscription.reseller", order.reseller_id and global_id(ObjectKind.PARTNER, order.reseller_id)),
        ("subscription.parent", order.parent_id and global_id(ObjectKind.PRODUCT_SUBSCRIPTION, order.parent_id)),
    )
    await record(
        call,
        "create_order",
        "order",
        customer_id=deal.customer_id,
        customer_name=deal.serving.list_name,
        changes=[change(field, None, value) for field, value in filled if value is not None],
        partner_id=deal.partner_id,
    )
    return row.id
