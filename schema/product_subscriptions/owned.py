"""The type OwnedSubscription: what a customer's user may buy for its company."""

import strawberry

from execution.links import One, Pages
from execution.windows import Listing
from resolvers.offers import OfferRow
from schema import sources
from schema.access import PUBLIC, field
from schema.connections import FORWARD
from schema.context import Context
from schema.product_subscriptions.offer import OfferConnection
from schema.product_subscriptions.subscription import ProductSubscription


def _purchasable(_context: Context) -> Listing[OfferRow]:
    return Listing("OwnedSubscription.offers", sources.purchasable_offers, ("name_key", "id"))


@strawberry.type(description="An Azure subscription of which you are an Owner.")
class OwnedSubscription:
    """An ownership."""

    subscription: ProductSubscription = field(
        PUBLIC, "The Azure subscription.", link=One(sources.product_subscriptions, key="id")
    )
    may_purchase: bool = field(PUBLIC, "Whether you may buy reservations under it now.")
    reason: str | None = field(PUBLIC, "Why not, where you may not.")
    offers: OfferConnection = field(
        PUBLIC,
        "The reservations that you may buy under it; none while you may not.",
        link=Pages(_purchasable, FORWARD, key="id", by="subscription_id"),
    )
