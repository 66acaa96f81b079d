"""The type Offer, and lists of it."""

from typing import Annotated

import strawberry

from execution.links import Many, One
from execution.windows import Listing
from models.offer import ProductSubscriptionKind
from resolvers.offers import OfferRow, sold_in
from resolvers.visibility import Rows
from schema import sources
from schema.access import PUBLIC, field
from schema.connections import Connection
from schema.context import Context
from schema.countries.arguments import known_country
from schema.node import Node
from schema.scalars import CountryCode


def _by_code(countries: Rows) -> Rows:
    return countries.order_by(countries.selected_columns.country)


@strawberry.type(description="What the catalogue sells.")
class Offer(Node):
    """An entry of the catalogue."""

    @classmethod
    def is_type_of(cls, row: object, _info: object) -> bool:
        """Whether a row is an offer."""
        return isinstance(row, OfferRow)

    name: str = field(PUBLIC, "The product's name.")
    kind: ProductSubscriptionKind = field(PUBLIC, "How it is sold.")
    is_azure: bool = field(PUBLIC, "Whether it is an Azure subscription, or bought under one.")
    minimum_quantity: int = field(PUBLIC, "The least that is sold at once.")
    maximum_quantity: int | None = field(PUBLIC, "The most that is sold at once; null for no limit.")
    countries: list[CountryCode] = field(
        PUBLIC,
        "The countries whose customers can buy it.",
        link=Many(sources.offer_countries, key="id", by="offer_id", narrow=_by_code, column="country"),
    )
    add_on_of: Annotated["Offer", strawberry.lazy("schema.product_subscriptions.offer")] | None = field(
        PUBLIC,
        "The base that it extends; null for what stands alone.",
        link=One(sources.offers, key="add_on_of_id"),
    )


def offer_listing(
    _context: Context,
    country: Annotated[
        CountryCode | None, strawberry.argument(description="Only what is sold there; everything when left out.")
    ] = None,
) -> Listing[OfferRow]:
    """The catalogue, by name."""
    conditions = () if country is None else (sold_in(known_country("country", country)),)
    return Listing("offers", sources.offers, ("name_key", "id"), conditions=conditions)


OfferConnection = Connection[Offer]
