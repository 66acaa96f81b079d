"""Checks telephone numbers against the numbering plan of a country (customers.md 1.4, 1.7)."""

import re

import phonenumbers

from resolvers.countries.facts import facts
from resolvers.countries.reference import INTERNATIONAL_PHONE, phone_region
from resolvers.countries.rules import CountryRules, country_rules, fits
from resolvers.faults import Fault, FaultCode, Path
from resolvers.naming import check_text, invalid, label, quoted

LONGEST_PHONE = 30
PHONE_MISSING = 600051


def check_phone(number: str | None, country: str, path: Path) -> tuple[str | None, list[Fault]]:
    """Check the phone number of an address (customers.md 1.4, 1.7; scenario 9.5).

    Args:
        number: What was typed; blank is the same as absent.
        country: Upper-case alpha-2 code of the address. With an unknown one, only what holds for any text
            is checked.
        path: Path of the field.

    Returns:
        The number as typed, trimmed; and the faults, at most one. A number in international form may be of
        any country, one in national form must be of the address's own.
    """
    text, faults = check_text(number, path, LONGEST_PHONE, optional=True)
    rules = country_rules(country)
    if faults or rules is None:
        return text, faults
    if text is None:
        return None, [_required(rules, path)] if rules.phone_required else []
    return text, [] if _exists(text, rules) else [_wrong(text, rules, path)]


def _exists(text: str, rules: CountryRules) -> bool:
    shaped = fits(rules.phone_pattern or "", text)
    if shaped and rules.country in facts()["documented_patterns"]:
        return True  # the vendor's own pattern decides alone
    if not shaped and not re.fullmatch(INTERNATIONAL_PHONE, text):
        return False
    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(text, phone_region(rules.country)))
    except phonenumbers.NumberParseException:
        return False


def _required(rules: CountryRules, path: Path) -> Fault:
    message = f"{label(path)} is required in {rules.name}; fill in {_advice(rules)}."
    return Fault(FaultCode.REQUIRED, message, path, PHONE_MISSING)


def _wrong(text: str, rules: CountryRules, path: Path) -> Fault:
    message = f"{label(path)} {quoted(text)} does not fit {rules.name}; write {_advice(rules)}."
    return invalid(path, message)


def _advice(rules: CountryRules) -> str:
    example = phonenumbers.example_number(phone_region(rules.country))
    if example is None:
        return "one in international form, starting with + and the calling code"
    shown = phonenumbers.format_number(example, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
    return f"one like {shown}"
