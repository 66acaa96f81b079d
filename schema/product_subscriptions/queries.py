"""Reading the catalogue."""

import strawberry

from execution.links import Pages
from policy.vocabulary import Permission
from schema.access import field
from schema.connections import FORWARD
from schema.product_subscriptions.offer import OfferConnection, offer_listing


@strawberry.type
class OfferQueries:
    """Part of the root type Query."""

    offers: OfferConnection | None = field(
        Permission.SUBSCRIPTION_READ, "What the catalogue of your cloud sells.", link=Pages(offer_listing, FORWARD)
    )
