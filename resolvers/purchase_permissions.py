"""What partners let customers buy for themselves, as partners see it (permissions.md 4)."""

from datetime import datetime
from functools import cache
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import and_, false, func, literal, select
from sqlmodel import col

from models import Offer, ProductSubscription, PurchasePermission, Relationship, SubscriptionOwner
from models.base import stored
from models.offer import ProductSubscriptionKind
from models.product_subscription import ProductSubscriptionStatus
from models.purchase_permission import PurchasableResource, PurchaseAction
from models.relationship import RelationshipStatus
from policy.vocabulary import PrincipalKind
from resolvers.visibility import Rows, is_partner, viewer_cloud, viewer_tenant

RESOURCE = PurchasableResource.AZURE_RESERVED_INSTANCES
ACTION = PurchaseAction.PURCHASE


class PurchasePermissionRow(NamedTuple):
    """The one switch that there is for a customer; off where no row was ever written."""

    customer_id: UUID
    resource: PurchasableResource
    action: PurchaseAction
    enabled: bool
    changed_at: datetime | None
    changed_by: str | None
    etag: str | None
    has_azure: bool
    has_owner: bool

    @property
    def warnings(self) -> list[str]:
        """What makes the permission useless although it is on, or would."""
        if not self.has_azure:
            return ["The customer has no active Azure subscription through you, so it can buy nothing under one."]
        if not self.has_owner:
            return ["No user of the customer owns its Azure subscription; its global admin assigns an Owner."]
        return []


@cache
def visible_purchase_permissions(kind: PrincipalKind) -> Rows:
    """The viewer's partner's own, for every customer that it serves; customers see theirs as `ownedSubscriptions`."""
    switches: Rows = (
        select(
            col(Relationship.customer_id).label("customer_id"),
            literal(RESOURCE, stored(PurchasableResource, "resource")).label("resource"),
            literal(ACTION, stored(PurchaseAction, "action")).label("action"),
            func.coalesce(col(PurchasePermission.enabled), false()).label("enabled"),
            col(PurchasePermission.changed_at).label("changed_at"),
            col(PurchasePermission.changed_by).label("changed_by"),
            col(PurchasePermission.etag).label("etag"),
            _azure().exists().label("has_azure"),
            _owned().exists().label("has_owner"),
        )
        .select_from(Relationship)
        .outerjoin(
            PurchasePermission,
            and_(
                col(PurchasePermission.cloud) == col(Relationship.cloud),
                col(PurchasePermission.partner_id) == col(Relationship.partner_id),
                col(PurchasePermission.customer_id) == col(Relationship.customer_id),
                col(PurchasePermission.resource) == RESOURCE,
                col(PurchasePermission.action) == ACTION,
            ),
        )
        .where(
            col(Relationship.cloud) == viewer_cloud,
            col(Relationship.partner_id) == viewer_tenant,
            col(Relationship.status) == RelationshipStatus.ACTIVE,
        )
    )
    return switches if is_partner(kind) else switches.where(false())


def _azure() -> Rows:
    """The customer's active Azure subscriptions through the partner of the relationship."""
    return (
        select(col(ProductSubscription.id))
        .join(
            Offer,
            and_(
                col(Offer.cloud) == col(ProductSubscription.cloud), col(Offer.id) == col(ProductSubscription.offer_id)
            ),
        )
        .where(
            col(ProductSubscription.cloud) == col(Relationship.cloud),
            col(ProductSubscription.partner_id) == col(Relationship.partner_id),
            col(ProductSubscription.customer_id) == col(Relationship.customer_id),
            col(ProductSubscription.status) == ProductSubscriptionStatus.ACTIVE,
            col(Offer.kind) == ProductSubscriptionKind.USAGE,
            col(Offer.is_azure).is_(True),
        )
        .correlate(Relationship)
    )


def _owned() -> Rows:
    return _azure().join(
        SubscriptionOwner,
        and_(
            col(SubscriptionOwner.cloud) == col(ProductSubscription.cloud),
            col(SubscriptionOwner.partner_id) == col(ProductSubscription.partner_id),
            col(SubscriptionOwner.customer_id) == col(ProductSubscription.customer_id),
            col(SubscriptionOwner.subscription_id) == col(ProductSubscription.id),
        ),
    )
