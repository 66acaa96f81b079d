"""Loading the catalogue: offers come and change as a whole file, or not at all."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from models import Offer, OfferCountry
from models.offer import ProductSubscriptionKind
from policy.vocabulary import Cloud
from resolvers.naming import fold

Key = tuple[Cloud, UUID]
SETTLED = ("kind", "is_azure", "add_on_of_id")
"""What an offer is: subscriptions were bought by it, so it never changes."""


@dataclass(frozen=True, slots=True)
class CatalogueOffer:
    """An offer as it shall be.

    Attributes:
        limit_per_customer: How many subscriptions of it a customer may have; None for any number.
        add_on_of_id: The offer that it extends; None for one that stands alone.
        countries: ISO codes of the countries in which it is sold; none withdraws it.
    """

    cloud: Cloud
    id: UUID
    name: str
    kind: ProductSubscriptionKind
    is_azure: bool
    minimum_quantity: int
    maximum_quantity: int | None
    limit_per_customer: int | None
    add_on_of_id: UUID | None
    countries: frozenset[str]

    @property
    def key(self) -> Key:
        """What names it."""
        return self.cloud, self.id


async def check_catalogue(connection: AsyncConnection, offers: Sequence[CatalogueOffer]) -> list[str]:
    """Everything that is wrong with a catalogue, a line a fault, each with the offer's place in the file from 1."""
    stored = await _stored(connection)
    bases = {key: row.add_on_of_id for key, row in stored.items()} | {one.key: one.add_on_of_id for one in offers}
    seen: set[Key] = set()
    faults = []
    for place, offer in enumerate(offers, start=1):
        if offer.key in seen:
            faults.append(f"offer {place}: its id is another offer's of this file; give it one of its own.")
        seen.add(offer.key)
        base = offer.add_on_of_id
        if base is not None and (base == offer.id or bases.get((offer.cloud, base), base) is not None):
            faults.append(f"offer {place}: addOnOf names no offer of {offer.cloud.name} that stands alone.")
        if offer.maximum_quantity is not None and offer.maximum_quantity < offer.minimum_quantity:
            faults.append(f"offer {place}: maximumQuantity is less than minimumQuantity.")
        before = stored.get(offer.key)
        if before is not None and any(getattr(before, name) != getattr(offer, name) for name in SETTLED):
            faults.append(f"offer {place}: kind, isAzure and addOnOf never change; add another offer instead.")
    return faults


async def store_catalogue(connection: AsyncConnection, offers: Sequence[CatalogueOffer]) -> int:
    """Adds offers and changes those that are there; what the file does not name stays as it is.

    Args:
        connection: In a transaction.
        offers: Without a fault.

    Returns:
        How many are new.
    """
    stored = await _stored(connection)
    # Bases before the add-ons that refer to them.
    for offer in sorted(offers, key=lambda one: one.add_on_of_id is not None):
        values = {name: getattr(offer, name) for name in Offer.model_fields if name != "name_key"}
        values["name_key"] = fold(offer.name)
        of_offer = col(Offer.cloud) == offer.cloud, col(Offer.id) == offer.id
        known = offer.key in stored
        await connection.execute(update(Offer).where(*of_offer).values(values) if known else insert(Offer), values)
        sold = col(OfferCountry.cloud) == offer.cloud, col(OfferCountry.offer_id) == offer.id
        await connection.execute(delete(OfferCountry).where(*sold))
        if offer.countries:
            rows = [{"cloud": offer.cloud, "offer_id": offer.id, "country": code} for code in sorted(offer.countries)]
            await connection.execute(insert(OfferCountry), rows)
    return len({offer.key for offer in offers} - set(stored))


async def _stored(connection: AsyncConnection) -> dict[Key, Offer]:
    columns = ("cloud", "id", *SETTLED)
    rows = await connection.execute(select(*(col(getattr(Offer, name)) for name in columns)))
    return {(row.cloud, row.id): row for row in rows}  # type: ignore[misc]
