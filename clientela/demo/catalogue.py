"""What made-up companies are made of: the package's own `companies.json`, typed."""

import json
from functools import cache
from importlib.resources import files
from typing import NotRequired, TypedDict, cast


class City(TypedDict):
    """A real city with a postal code of it, and the form of its phone numbers, where `#` is any digit.

    Where the country has numbers set aside for fiction, the form is one of those.
    """

    name: str
    state: str | None
    postal_code: str
    phone: str
    culture: NotRequired[str]


class Numbering(TypedDict):
    """Registration numbers: their form, and the module of python-stdnum that knows the check digits."""

    form: str
    check: str | None


class Ingredients(TypedDict):
    """What companies of one country are made of; `names` and `streets` are patterns over the other lists."""

    culture: str
    legal_forms: list[str]
    names: list[str]
    words: list[str]
    trades: list[str]
    first_names: list[str]
    families: list[str]
    streets: list[str]
    cities: list[City]
    registration: Numbering | None


class WellKnown(TypedDict):
    """A company whose name never changes, for documentation to talk about."""

    name: str
    prefix: str
    country: str
    city: str
    registration_number: str | None
    custom_domain: str | None


class Catalogue(TypedDict):
    """The whole file: ingredients by country (`US-GOV` are public bodies), well-known companies by partner."""

    countries: dict[str, Ingredients]
    well_known: dict[str, list[WellKnown]]


@cache
def catalogue() -> Catalogue:
    """The catalogue, read once at first use; shared, not to be changed."""
    return cast(Catalogue, json.loads((files(__package__) / "companies.json").read_text("utf-8")))
