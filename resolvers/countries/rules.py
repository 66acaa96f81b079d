"""The rules of each country in one record: what a form must ask for (customers.md 1.7)."""

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from resolvers.countries.facts import facts
from resolvers.countries.reference import calling_codes, english_name, phone_pattern, postal_habits
from resolvers.countries.states import state_codes
from resolvers.naming import fold

# Where no format is known, and where the number is optional, anything of this shape is accepted.
ANY_REGISTRATION_NUMBER = "^[A-Za-z0-9 ./-]{1,50}$"


class Requirement(StrEnum):
    """Whether a country asks for something."""

    REQUIRED = "REQUIRED"
    OPTIONAL = "OPTIONAL"
    NOT_SUPPORTED = "NOT_SUPPORTED"


@dataclass(frozen=True, slots=True)
class CountryRules:
    """What a form must ask for in a country. Patterns are anchored, and read alike by JavaScript.

    Attributes:
        country: Upper-case alpha-2 code, as the documents use it.
        name: English name.
        region: Selling region; None where nothing is sold.
        default_culture: First of `cultures`.
        cultures: Cultures such as "pt-BR", the local ones first.
        languages: Two-letter languages of the cultures, in their order.
        state_required: Whether an address must name a state.
        states: Codes of the states; empty where any text is accepted.
        city_required: Whether an address must name a city.
        postal_code_required: Whether an address must hold a postal code.
        postal_code_pattern: What a postal code must match; None where any text is accepted.
        postal_code_example: A postal code that matches; None without a pattern.
        phone_pattern: What a phone number must match before it is worth asking the server.
        calling_codes: International calling codes without plus sign.
        registration_number: Whether a customer's registration number is asked for.
        registration_number_label: What that number is called there, where known.
        registration_number_pattern: What it must match; None where it is not supported.
        phone_required: Whether an address must hold a phone number.
        currency: ISO 4217 code of the prices; None where nothing is sold.
    """

    country: str
    name: str
    region: str | None
    default_culture: str
    cultures: tuple[str, ...]
    languages: tuple[str, ...]
    state_required: bool
    states: tuple[str, ...]
    city_required: bool
    postal_code_required: bool
    postal_code_pattern: str | None
    postal_code_example: str | None
    phone_pattern: str | None
    calling_codes: tuple[str, ...]
    registration_number: Requirement
    registration_number_label: str | None
    registration_number_pattern: str | None
    phone_required: bool
    currency: str | None


def fits(pattern: str, text: str) -> bool:
    """Tell whether a text matches one of the patterns of `CountryRules`.

    Args:
        pattern: The pattern.
        text: Any text.

    Returns:
        Whether all of it matches.
    """
    return _compiled(pattern).fullmatch(text) is not None


def country_rules(country: str) -> CountryRules | None:
    """Look up the rules of one country (customers.md 1.7).

    Args:
        country: Upper-case alpha-2 code.

    Returns:
        The rules, or None for a code that is not a known market.
    """
    # Asked before the cache, so that made-up codes cannot fill it.
    return _rules(country) if country in facts()["cultures"] else None


@cache
def all_countries() -> tuple[CountryRules, ...]:
    """List the rules of all known markets (customers.md 1.7).

    Returns:
        All rules, ordered by English name.
    """
    return tuple(sorted(map(_rules, facts()["cultures"]), key=lambda rules: fold(rules.name)))


def region_of(country: str) -> str | None:
    """Name the selling region of a country (relationships.md R1.8).

    Args:
        country: Upper-case alpha-2 code.

    Returns:
        The region's name, or None where nothing is sold.
    """
    return _regions().get(country)


def home_region(country: str) -> str:
    """Name the region that a company of a country sells in.

    Args:
        country: Upper-case alpha-2 code.

    Returns:
        The selling region; a country outside the regions (China) is one of its own to its national cloud.
    """
    return region_of(country) or country


def countries_in(region: str) -> frozenset[str]:
    """List the countries of a selling region (relationships.md R1.8).

    Args:
        region: Name as `region_of` gives it.

    Returns:
        Upper-case alpha-2 codes; empty for a name that is no region.
    """
    found = facts()["regions"].get(region)
    return frozenset(found["countries"]) if found else frozenset()


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    # `re` has a cache, too, but needs as long to find a pattern in it as to match a postal code.
    return re.compile(pattern, re.ASCII)


@cache
def _regions() -> dict[str, str]:
    return {country: name for name, region in facts()["regions"].items() for country in region["countries"]}


def _currency(country: str) -> str | None:
    name = region_of(country)
    if name is None:
        return None
    region = facts()["regions"][name]
    return region["countries"][country] or region["currency_default"]


@cache
def _rules(country: str) -> CountryRules:
    cultures = facts()["cultures"][country]
    postal = postal_habits(country)
    registration = facts()["registration_number"].get(country)
    requirement = Requirement(registration["requirement"]) if registration else Requirement.OPTIONAL
    pattern = registration.get("pattern", ANY_REGISTRATION_NUMBER) if registration else ANY_REGISTRATION_NUMBER
    return CountryRules(
        country=country,
        name=english_name(country),
        region=region_of(country),
        default_culture=cultures[0],
        cultures=tuple(cultures),
        languages=tuple(dict.fromkeys(culture.partition("-")[0] for culture in cultures)),
        state_required=postal.state_required,
        states=state_codes(country),
        city_required=postal.city_required,
        postal_code_required=postal.postal_code_required,
        postal_code_pattern=postal.postal_code_pattern,
        postal_code_example=postal.postal_code_example,
        phone_pattern=phone_pattern(country),
        calling_codes=calling_codes(country),
        registration_number=requirement,
        registration_number_label=registration["label"] if registration else None,
        registration_number_pattern=None if requirement is Requirement.NOT_SUPPORTED else pattern,
        # The 24 countries that require a number are those that require a phone (customers.md 1.4, 1.7).
        phone_required=requirement is Requirement.REQUIRED,
        currency=_currency(country),
    )
