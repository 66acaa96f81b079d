"""What the catalogue of the viewer's cloud sells."""

from functools import cache
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, and_, select
from sqlmodel import col

from models import Offer, OfferCountry
from models.offer import ProductSubscriptionKind
from policy.vocabulary import PrincipalKind
from resolvers.call import Call
from resolvers.global_ids import ObjectKind, prefixed
from resolvers.visibility import Rows, viewer_cloud


class OfferRow(NamedTuple):
    """One entry of the catalogue."""

    id: UUID
    name: str
    name_key: str
    kind: ProductSubscriptionKind
    is_azure: bool
    minimum_quantity: int
    maximum_quantity: int | None
    limit_per_customer: int | None
    add_on_of_id: UUID | None

    @prefixed(ObjectKind.OFFER)
    def global_id(self) -> UUID:
        """The offer's id."""
        return self.id


class OfferCountryRow(NamedTuple):
    """A country in which an offer is sold."""

    country: str
    offer_id: UUID


@cache
def visible_offers(_kind: PrincipalKind) -> Rows:
    """The whole catalogue of the cloud: prices are a partner's affair, what there is is nobody's secret."""
    return select(*(col(getattr(Offer, label)).label(label) for label in OfferRow._fields)).where(
        col(Offer.cloud) == viewer_cloud
    )


@cache
def visible_offer_countries(_kind: PrincipalKind) -> Rows:
    """Where the offers of the cloud are sold."""
    return select(
        col(OfferCountry.country).label("country"),
        col(OfferCountry.offer_id).label("offer_id"),
    ).where(col(OfferCountry.cloud) == viewer_cloud)


def sold_in(country: str) -> ColumnElement[bool]:
    """Whether an offer is sold in a country: a condition on rows of `visible_offers`."""
    return (
        select(col(OfferCountry.offer_id))
        .where(
            and_(
                col(OfferCountry.cloud) == col(Offer.cloud),
                col(OfferCountry.offer_id) == col(Offer.id),
                col(OfferCountry.country) == country,
            )
        )
        .exists()
    )


async def find_offer(call: Call, offer_id: UUID | None) -> OfferRow | None:
    """The offer; None for an id that names none of the cloud's.

    Args:
        call: The call.
        offer_id: Its id; None finds nothing.
    """
    if offer_id is None:
        return None
    row = (await call.transaction.execute(visible_offers(call.principal.kind).where(col(Offer.id) == offer_id))).first()
    return OfferRow._make(row) if row else None


async def is_sold_in(call: Call, offer_id: UUID, country: str) -> bool:
    """Whether an offer is sold in a country."""
    found = visible_offers(call.principal.kind).where(col(Offer.id) == offer_id, sold_in(country))
    return (await call.transaction.execute(found)).first() is not None
