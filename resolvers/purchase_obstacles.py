"""What a customer still has through a partner, by what stands in the way of ending that."""

from uuid import UUID

from sqlalchemy import and_, select
from sqlmodel import col

from models import Offer, ProductSubscription
from models.offer import ProductSubscriptionKind
from models.product_subscription import ProductSubscriptionStatus
from resolvers.call import Call
from resolvers.faults import Fault, FaultCode, Path
from resolvers.global_ids import ObjectKind, global_id

Kind = ProductSubscriptionKind
CODES = {
    Kind.LICENSE: FaultCode.ACTIVE_SUBSCRIPTIONS,
    Kind.USAGE: FaultCode.ACTIVE_SUBSCRIPTIONS,
    Kind.RESERVATION: FaultCode.ACTIVE_RESERVATIONS,
    Kind.SOFTWARE: FaultCode.ACTIVE_SOFTWARE,
}
MESSAGES = {
    FaultCode.ACTIVE_SUBSCRIPTIONS: "Subscriptions are active; suspend those in `relatedIds` first.",
    FaultCode.ACTIVE_RESERVATIONS: "Reservations are active; cancel those in `relatedIds` first.",
    FaultCode.ACTIVE_SOFTWARE: "Software is not cancelled; cancel what is in `relatedIds` first.",
}
ORDERS = (FaultCode.ACTIVE_RESERVATIONS, FaultCode.ACTIVE_SOFTWARE)
"""What can be cancelled, and must be before a sandbox customer is deleted (customers.md 4.1)."""


async def purchase_obstacles(
    call: Call,
    partner_id: UUID,
    customer_id: UUID,
    path: Path,
    *,
    codes: tuple[FaultCode, ...] = tuple(MESSAGES),
    vendor_code: int | None = None,
) -> list[Fault]:
    """What must be suspended or cancelled first (R5.2, I10); whatever other partners sold does not count.

    Lock the relationship before (`lock_relationship`): then nothing is bought in between.

    Args:
        call: The call.
        partner_id: Whose sales.
        customer_id: To which customer.
        path: Path of the input field that names the customer.
        codes: The obstacles that count.
        vendor_code: The vendor's number for them.

    Returns:
        One fault a kind of obstacle, each naming everything that stands in the way, the oldest first.
    """
    active = (
        select(col(ProductSubscription.id), col(Offer.kind))
        .join(
            Offer,
            and_(
                col(Offer.cloud) == col(ProductSubscription.cloud), col(Offer.id) == col(ProductSubscription.offer_id)
            ),
        )
        .where(
            col(ProductSubscription.cloud) == call.principal.cloud,
            col(ProductSubscription.partner_id) == partner_id,
            col(ProductSubscription.customer_id) == customer_id,
            col(ProductSubscription.status).in_([ProductSubscriptionStatus.ACTIVE, ProductSubscriptionStatus.PENDING]),
        )
        .order_by(col(ProductSubscription.created_at), col(ProductSubscription.id))
    )
    found: dict[FaultCode, list[str]] = {code: [] for code in codes}
    for row in (await call.transaction.execute(active)).all():
        found.get(CODES[row.kind], []).append(global_id(ObjectKind.PRODUCT_SUBSCRIPTION, row.id))
    return [Fault(code, MESSAGES[code], path, vendor_code, tuple(ids)) for code, ids in found.items() if ids]
