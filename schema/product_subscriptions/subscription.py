"""The type ProductSubscription, its filter, and lists of it."""

from datetime import datetime
from typing import Annotated

import strawberry

from execution.links import One
from execution.windows import Listing
from models.offer import ProductSubscriptionKind
from models.product_subscription import ProductSubscriptionStatus
from resolvers.product_subscriptions import ProductSubscriptionRow, narrow_product_subscriptions
from schema import sources
from schema.access import PUBLIC, field
from schema.connections import Connection
from schema.context import Context
from schema.node import Node
from schema.partners.partner import Partner


@strawberry.type(description="What the customer bought through a partner. (Not a GraphQL subscription.)")
class ProductSubscription(Node):
    """A purchase."""

    @classmethod
    def is_type_of(cls, row: object, _info: object) -> bool:
        """Whether a row is a product subscription."""
        return isinstance(row, ProductSubscriptionRow)

    kind: ProductSubscriptionKind = field(PUBLIC, "How it was sold.")
    offer_name: str = field(PUBLIC, "The product's name.")
    friendly_name: str | None = field(PUBLIC, "What the customer calls it.")
    quantity: int = field(PUBLIC, "How much of it; seats for licences.")
    status: ProductSubscriptionStatus = field(PUBLIC, "Where it stands.")
    is_azure: bool = field(PUBLIC, "Whether it is an Azure subscription, or bought under one.")
    created_at: datetime = field(PUBLIC, "When it was bought.")
    etag: str = field(PUBLIC, "Changes with every change of the status; a change must quote it.")
    reseller: Partner | None = field(PUBLIC, "The reseller of record.", link=One(sources.partners, key="reseller_id"))
    parent: Annotated["ProductSubscription", strawberry.lazy("schema.product_subscriptions.subscription")] | None = (
        field(
            PUBLIC,
            "For an add-on: the base that it extends.",
            link=One(sources.product_subscriptions, key="parent_id"),
        )
    )


@strawberry.input(description="Narrows a customer's subscriptions; everything that is given must match.")
class ProductSubscriptionFilter:
    """What a subscription must match."""

    status: list[ProductSubscriptionStatus] | None = strawberry.field(default=None, description="Any of these.")
    kind: list[ProductSubscriptionKind] | None = strawberry.field(default=None, description="Any of these.")


Filter = Annotated[ProductSubscriptionFilter | None, strawberry.argument(description="All when left out.")]


def product_subscription_listing(
    _context: Context,
    filter: Filter = None,  # noqa: A002 - the contract's name
) -> Listing[ProductSubscriptionRow]:
    """A customer's subscriptions through the viewer's partner, the oldest first."""
    return _listing("Customer.subscriptions", filter)


def own_subscription_listing(
    context: Context,
    filter: Filter = None,  # noqa: A002 - as above
) -> Listing[ProductSubscriptionRow] | None:
    """What the viewer's company has, whoever sold it, for its global admin; None for everybody else."""
    return _listing("Viewer.subscriptions", filter) if context.principal.is_customer_admin else None


def _listing(name: str, asked: ProductSubscriptionFilter | None) -> Listing[ProductSubscriptionRow]:
    conditions = narrow_product_subscriptions(asked.status or (), asked.kind or ()) if asked else ()
    return Listing(name, sources.product_subscriptions, ("created_at", "id"), conditions=conditions)


ProductSubscriptionConnection = Connection[ProductSubscription]
