"""The catalogue of the demo world: the package's own `offers.json`, as rows."""

import json
from functools import cache
from importlib.resources import files
from typing import NotRequired, TypedDict, cast
from uuid import UUID, uuid5

from clientela.demo.batches import Batch
from clientela.demo.organisations import NAMESPACE
from models import Offer, OfferCountry
from models.offer import ProductSubscriptionKind
from policy.vocabulary import Cloud
from resolvers.naming import fold


class OfferEntry(TypedDict):
    """One offer; `add_on_of` is the key of its base in the same cloud."""

    cloud: str
    key: str
    name: str
    kind: str
    markets: list[str]
    azure: NotRequired[bool]
    minimum: NotRequired[int]
    maximum: NotRequired[int]
    limit: NotRequired[int]
    add_on_of: NotRequired[str]


class OfferFile(TypedDict):
    """The whole file: countries by market, and the offers, each base before its add-ons."""

    markets: dict[str, list[str]]
    offers: list[OfferEntry]


def offer_id(cloud: Cloud, key: str) -> UUID:
    """The id of an offer, which never changes."""
    return uuid5(NAMESPACE, f"{cloud}/offer/{key}")


def add_catalogue(batch: Batch) -> None:
    """Adds every offer with the countries in which it is sold.

    Args:
        batch: Takes the rows.
    """
    file = _offer_file()
    for entry in file["offers"]:
        cloud, base = Cloud[entry["cloud"]], entry.get("add_on_of")
        key = offer_id(cloud, entry["key"])
        batch.add(
            Offer,
            cloud=cloud,
            id=key,
            name=entry["name"],
            name_key=fold(entry["name"]),
            kind=ProductSubscriptionKind[entry["kind"]],
            is_azure=entry.get("azure", False),
            minimum_quantity=entry.get("minimum", 1),
            maximum_quantity=entry.get("maximum"),
            limit_per_customer=entry.get("limit"),
            add_on_of_id=offer_id(cloud, base) if base else None,
        )
        for country in (country for market in entry["markets"] for country in file["markets"][market]):
            batch.add(OfferCountry, cloud=cloud, offer_id=key, country=country)


@cache
def _offer_file() -> OfferFile:
    return cast(OfferFile, json.loads((files(__package__) / "offers.json").read_text("utf-8")))
