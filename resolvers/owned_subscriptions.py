"""What a customer's user owns, and what it may buy for its company under it (permissions.md 3, 4)."""

from functools import cache
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, and_, false, func, or_, select
from sqlmodel import col

from models import Customer, Offer, OfferCountry, ProductSubscription, PurchasePermission, SubscriptionOwner
from models.offer import ProductSubscriptionKind
from models.product_subscription import ProductSubscriptionStatus
from policy.vocabulary import PrincipalKind
from resolvers.offers import OfferRow, visible_offers
from resolvers.product_subscriptions import visible_product_subscriptions
from resolvers.purchase_permissions import ACTION, RESOURCE
from resolvers.visibility import Rows, is_partner, viewer_actor, viewer_cloud, viewer_tenant


class OwnedSubscriptionRow(NamedTuple):
    """An Azure subscription of which the viewer is an Owner."""

    id: UUID
    customer_id: UUID
    status: ProductSubscriptionStatus
    enabled: bool

    @property
    def may_purchase(self) -> bool:
        """Whether reservations may be bought under it now."""
        return self.enabled and self.status is ProductSubscriptionStatus.ACTIVE

    @property
    def reason(self) -> str | None:
        """Why not, where it may not."""
        if not self.enabled:
            return "Your partner does not let your company buy for itself; ask it to turn the permission on."
        if self.status is not ProductSubscriptionStatus.ACTIVE:
            return "The subscription is not active; ask your partner to reactivate it."
        return None


@cache
def visible_owned_subscriptions(kind: PrincipalKind) -> Rows:
    """What the viewer owns in its own company; partners' principals own nothing there."""
    owned: Rows = _owned().with_only_columns(
        col(ProductSubscription.id).label("id"),
        col(ProductSubscription.customer_id).label("customer_id"),
        col(ProductSubscription.status).label("status"),
        func.coalesce(col(PurchasePermission.enabled), false()).label("enabled"),
        maintain_column_froms=True,
    )
    return owned.where(false()) if is_partner(kind) else owned


@cache
def visible_purchasable_offers(kind: PrincipalKind) -> Rows:
    """The reservations that the viewer may buy now, by `subscription_id` of the Azure subscription to buy under."""
    reservations: Rows = (
        _owned()
        .join(
            Customer,
            and_(
                col(Customer.cloud) == col(ProductSubscription.cloud),
                col(Customer.id) == col(ProductSubscription.customer_id),
            ),
        )
        .join(
            OfferCountry,
            and_(col(OfferCountry.cloud) == col(Customer.cloud), col(OfferCountry.country) == col(Customer.country)),
        )
        .join(Offer, and_(col(Offer.cloud) == col(OfferCountry.cloud), col(Offer.id) == col(OfferCountry.offer_id)))
        .where(
            col(PurchasePermission.enabled).is_(True),
            col(ProductSubscription.status) == ProductSubscriptionStatus.ACTIVE,
            col(Offer.kind) == ProductSubscriptionKind.RESERVATION,
            col(Offer.is_azure).is_(True),
        )
        .with_only_columns(
            *(col(getattr(Offer, label)).label(label) for label in OfferRow._fields),
            col(ProductSubscription.id).label("subscription_id"),
            maintain_column_froms=True,
        )
    )
    return reservations.where(false()) if is_partner(kind) else reservations


@cache
def subscriptions_of_owner(kind: PrincipalKind) -> Rows:
    """What the viewer owns, and the reservations that were bought under it."""
    owned = select(col(SubscriptionOwner.subscription_id)).where(*_of_viewer())
    theirs: Rows = visible_product_subscriptions(kind).where(
        or_(col(ProductSubscription.id).in_(owned), col(ProductSubscription.bought_under_id).in_(owned))
    )
    return theirs.where(false()) if is_partner(kind) else theirs


@cache
def offers_of_owner(kind: PrincipalKind) -> Rows:
    """The reservations that the viewer may buy now, each once."""
    purchasable = visible_purchasable_offers(kind).with_only_columns(col(Offer.id), maintain_column_froms=True)
    return visible_offers(kind).where(col(Offer.id).in_(purchasable.correlate(None)))


def _owned() -> Rows:
    return (
        select(col(ProductSubscription.id))
        .select_from(SubscriptionOwner)
        .join(
            ProductSubscription,
            and_(
                col(ProductSubscription.cloud) == col(SubscriptionOwner.cloud),
                col(ProductSubscription.partner_id) == col(SubscriptionOwner.partner_id),
                col(ProductSubscription.customer_id) == col(SubscriptionOwner.customer_id),
                col(ProductSubscription.id) == col(SubscriptionOwner.subscription_id),
            ),
        )
        .outerjoin(
            PurchasePermission,
            and_(
                col(PurchasePermission.cloud) == col(ProductSubscription.cloud),
                col(PurchasePermission.partner_id) == col(ProductSubscription.partner_id),
                col(PurchasePermission.customer_id) == col(ProductSubscription.customer_id),
                col(PurchasePermission.resource) == RESOURCE,
                col(PurchasePermission.action) == ACTION,
            ),
        )
        .where(*_of_viewer())
    )


def _of_viewer() -> tuple[ColumnElement[bool], ...]:
    return (
        col(SubscriptionOwner.cloud) == viewer_cloud,
        col(SubscriptionOwner.customer_id) == viewer_tenant,
        col(SubscriptionOwner.user_id) == viewer_actor,
    )
