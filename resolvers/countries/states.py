"""States and provinces of the few countries that check them against a list (customers.md 1.7)."""

import unicodedata
from collections.abc import Mapping
from functools import cache

from resolvers.countries.facts import facts
from resolvers.countries.reference import address_data


def state_codes(country: str) -> tuple[str, ...]:
    """List the states that an address may name.

    Args:
        country: Known upper-case alpha-2 code.

    Returns:
        ISO 3166-2 codes without the country's prefix, in order of the code; empty where any text is a state.
    """
    return tuple(sorted(set(_codes_by_name(country).values())))


def find_state(country: str, text: str) -> str | None:
    """Find the state that a person means.

    Args:
        country: Known upper-case alpha-2 code of a country with a list.
        text: Code or name; case, accents, dots and blanks do not matter.

    Returns:
        The state's code, or None for a state that is not on the list.
    """
    codes = _codes_by_name(country)
    return codes.get(text) or codes.get(_key(text))


@cache
def _codes_by_name(country: str) -> Mapping[str, str]:
    listed = facts()["states"].get(country)
    if listed is None:
        return {}
    data = address_data(country)
    ids = data["sub_isoids"].split("~")
    naming = [data[column].split("~") for column in ("sub_keys", "sub_names", "sub_lnames") if column in data]
    codes: dict[str, str] = {}
    for state, *names in zip(ids, *naming, strict=True):
        if not state:  # territories and military post, which are no states (customers.md 1.7, US row)
            continue
        code, *more = listed.get(state, [state])
        # The code itself, too, which is what a profile that is sent back has.
        codes |= {code: code} | {_key(name): code for name in (code, state, *names, *more)}
    return codes


def _key(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text).casefold()
    return "".join(character for character in decomposed if character.isalnum())
