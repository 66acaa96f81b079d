"""The documented facts of the countries, read from the package's own `countries.json`."""

import json
from functools import cache
from importlib.resources import files
from typing import NotRequired, TypedDict, cast


class RegionFacts(TypedDict):
    """A selling region; a country without a currency of its own takes the region's (relationships.md R1.8)."""

    currency_default: str
    countries: dict[str, str | None]


class RegistrationFacts(TypedDict):
    """The registration number of a country (customers.md 1.7).

    `pattern` is absent where the format is not known. `numbers` names the modules of python-stdnum that know
    the check digits; where the pattern has a group, they look at that group only.
    """

    requirement: str
    label: str
    pattern: NotRequired[str]
    example: NotRequired[str]
    numbers: NotRequired[list[str]]


class DocumentedPatterns(TypedDict):
    """Patterns that the vendor's documentation spells out and that win over the libraries."""

    postal_code: str
    phone: str


class CountryFacts(TypedDict):
    """Everything in `countries.json`; each table but `regions` is keyed by upper-case alpha-2 code.

    `names` and `phones_as` cover the codes outside ISO 3166-1 that the libraries do not know. `states` has an
    entry for each country whose states are a list: the library's id of a state → our code, then more names.
    """

    cultures: dict[str, list[str]]
    regions: dict[str, RegionFacts]
    names: dict[str, str]
    phones_as: dict[str, str]
    states: dict[str, dict[str, list[str]]]
    documented_patterns: dict[str, DocumentedPatterns]
    registration_number: dict[str, RegistrationFacts]


@cache
def facts() -> CountryFacts:
    """Read the facts of all countries, once.

    Returns:
        The content of `countries.json`; shared, not to be changed.
    """
    text = (files(__package__) / "countries.json").read_text(encoding="utf-8")
    return cast(CountryFacts, json.loads(text))
