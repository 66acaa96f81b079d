"""Which product subscriptions a principal sees, and finding the one that a command is about."""

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select
from sqlmodel import col

from models import Offer, ProductSubscription, Relationship
from models.offer import ProductSubscriptionKind
from models.product_subscription import ProductSubscriptionStatus
from models.relationship import RelationshipStatus
from policy.vocabulary import PrincipalKind
from resolvers.call import Call
from resolvers.faults import Fault, FaultCode, Path
from resolvers.global_ids import ObjectKind, prefixed
from resolvers.visibility import Rows, is_partner, viewer_cloud, viewer_tenant


class ProductSubscriptionRow(NamedTuple):
    """One purchase with what its offer says of it."""

    id: UUID
    partner_id: UUID
    customer_id: UUID
    offer_id: UUID
    kind: ProductSubscriptionKind
    offer_name: str
    is_azure: bool
    friendly_name: str | None
    quantity: int
    status: ProductSubscriptionStatus
    reseller_id: UUID | None
    parent_id: UUID | None
    created_at: datetime
    status_changed_at: datetime
    etag: str

    @prefixed(ObjectKind.PRODUCT_SUBSCRIPTION)
    def global_id(self) -> UUID:
        """The subscription's id."""
        return self.id


@cache
def visible_product_subscriptions(kind: PrincipalKind) -> Rows:
    """A partner sees what it sold, and what it is the reseller of record of, to customers that it serves now.

    Another partner's sales to the same customer stay out of its sight (permissions.md 5.1). The customer's own people
    see what their company has, whoever sold it.
    """
    if not is_partner(kind):
        return _purchases().where(col(ProductSubscription.customer_id) == viewer_tenant)
    return (
        _purchases()
        .join(
            Relationship,
            and_(
                col(Relationship.cloud) == col(ProductSubscription.cloud),
                col(Relationship.customer_id) == col(ProductSubscription.customer_id),
            ),
        )
        .where(
            col(Relationship.partner_id) == viewer_tenant,
            col(Relationship.status) == RelationshipStatus.ACTIVE,
            or_(
                col(ProductSubscription.partner_id) == viewer_tenant,
                col(ProductSubscription.reseller_id) == viewer_tenant,
            ),
        )
    )


def _purchases() -> Rows:
    return (
        select(
            col(ProductSubscription.id).label("id"),
            col(ProductSubscription.partner_id).label("partner_id"),
            col(ProductSubscription.customer_id).label("customer_id"),
            col(ProductSubscription.offer_id).label("offer_id"),
            col(Offer.kind).label("kind"),
            col(Offer.name).label("offer_name"),
            col(Offer.is_azure).label("is_azure"),
            col(ProductSubscription.friendly_name).label("friendly_name"),
            col(ProductSubscription.quantity).label("quantity"),
            col(ProductSubscription.status).label("status"),
            col(ProductSubscription.reseller_id).label("reseller_id"),
            col(ProductSubscription.parent_id).label("parent_id"),
            col(ProductSubscription.created_at).label("created_at"),
            col(ProductSubscription.status_changed_at).label("status_changed_at"),
            col(ProductSubscription.etag).label("etag"),
        )
        .select_from(ProductSubscription)
        .join(
            Offer,
            and_(
                col(Offer.cloud) == col(ProductSubscription.cloud), col(Offer.id) == col(ProductSubscription.offer_id)
            ),
        )
        .where(col(ProductSubscription.cloud) == viewer_cloud)
    )


def narrow_product_subscriptions(
    statuses: Sequence[ProductSubscriptionStatus], kinds: Sequence[ProductSubscriptionKind]
) -> tuple[ColumnElement[bool], ...]:
    """A filter as conditions on the rows of `visible_product_subscriptions`.

    Args:
        statuses: One of these; empty narrows nothing.
        kinds: One of these; empty narrows nothing.
    """
    conditions = []
    if statuses:
        conditions.append(col(ProductSubscription.status).in_(statuses))
    if kinds:
        conditions.append(col(Offer.kind).in_(kinds))
    return tuple(conditions)


async def find_product_subscription(call: Call, subscription_id: UUID | None) -> ProductSubscriptionRow | None:
    """The subscription; None for one that does not exist and for one that the caller may not see, all alike.

    Args:
        call: The call.
        subscription_id: Its id; None finds nothing.
    """
    if subscription_id is None:
        return None
    seen = visible_product_subscriptions(call.principal.kind).where(col(ProductSubscription.id) == subscription_id)
    row = (await call.transaction.execute(seen)).first()
    return ProductSubscriptionRow._make(row) if row else None


def product_subscription_not_found(path: Path = ("input", "subscriptionId")) -> Fault:
    """The fault of an id that names no subscription of the caller; never says whether it names somebody else's."""
    message = "You have no subscription with this id. Take ids from `subscriptions`, unchanged."
    return Fault(FaultCode.NOT_FOUND, message, path, 20003)
