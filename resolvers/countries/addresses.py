"""Checks a postal address against the rules of its country (customers.md 1.4, 1.7)."""

import unicodedata

from resolvers.countries.findings import gather
from resolvers.countries.phones import check_phone
from resolvers.countries.rules import CountryRules, country_rules, fits
from resolvers.countries.states import find_state
from resolvers.faults import Fault, FaultCode, Path
from resolvers.forms import AddressForm
from resolvers.naming import (
    LONGEST_PERSON_NAME,
    check_text,
    invalid,
    missing,
    quoted,
    trim,
)

LONGEST_LINE = 200
LONGEST_CITY = 100
LONGEST_STATE = 50
LONGEST_REGION = 50
LONGEST_POSTAL_CODE = 20
UNKNOWN_COUNTRY = 1000


def check_address(form: AddressForm, path: Path) -> tuple[AddressForm, list[Fault]]:
    """Check a postal address and the person to ask for there (customers.md 1.4, 1.7).

    Args:
        form: What was typed; a blank field is the same as an absent one.
        path: Path of the address, e.g. `("input", "billingProfile", "address")`.

    Returns:
        The address as it is stored: trimmed, country in upper case, state as code where its country lists
        the states, postal code in the country's form; and all faults, in the order of the fields. An unknown
        country is one fault, and nothing that depends on the country is held against the person then.
    """
    code = trim(form.country).upper()
    rules = country_rules(code)
    values, faults = gather(
        {
            "country": (code, [] if rules else [_no_country(code, (*path, "country"))]),
            "address_line1": check_text(form.address_line1, (*path, "addressLine1"), LONGEST_LINE),
            "address_line2": check_text(form.address_line2, (*path, "addressLine2"), LONGEST_LINE, optional=True),
            "city": _check_city(form.city, rules, (*path, "city")),
            "state": _check_state(form.state, rules, (*path, "state")),
            "postal_code": _check_postal_code(form.postal_code, rules, (*path, "postalCode")),
            "region": check_text(form.region, (*path, "region"), LONGEST_REGION, optional=True),
            "first_name": check_text(form.first_name, (*path, "firstName"), LONGEST_PERSON_NAME),
            "middle_name": check_text(form.middle_name, (*path, "middleName"), LONGEST_PERSON_NAME, optional=True),
            "last_name": check_text(form.last_name, (*path, "lastName"), LONGEST_PERSON_NAME),
            "phone_number": check_phone(form.phone_number, code, (*path, "phoneNumber")),
        }
    )
    return AddressForm(**values), faults


def _no_country(code: str, path: Path) -> Fault:
    if not code:
        return missing(path)
    message = f"Country {quoted(code)} is not a known market; write its two-letter ISO code, e.g. US."
    return Fault(FaultCode.INVALID, message, path, UNKNOWN_COUNTRY)


def _check_city(city: str | None, rules: CountryRules | None, path: Path) -> tuple[str | None, list[Fault]]:
    text, faults = check_text(city, path, LONGEST_CITY, optional=True)
    if text is None and rules is not None and rules.city_required:
        faults = [missing(path, f" in {rules.name}")]
    return text, faults


def _check_state(state: str | None, rules: CountryRules | None, path: Path) -> tuple[str | None, list[Fault]]:
    text, faults = check_text(state, path, LONGEST_STATE, optional=True)
    if faults or rules is None:
        return text, faults
    if text is None:
        return None, [missing(path, f" in {rules.name}")] if rules.state_required else []
    if not rules.states:
        return text, []
    code = find_state(rules.country, text)
    if code is None:
        message = (
            f"State {quoted(text)} is not one of the {len(rules.states)} of {rules.name}; "
            f"write a code such as {', '.join(rules.states[:3])}."
        )
        return text, [invalid(path, message)]
    return code, []


def _check_postal_code(
    postal_code: str | None, rules: CountryRules | None, path: Path
) -> tuple[str | None, list[Fault]]:
    text, faults = check_text(postal_code, path, LONGEST_POSTAL_CODE, optional=True)
    if faults or rules is None:
        return text, faults
    if text is None:
        return None, [missing(path, f" in {rules.name}")] if rules.postal_code_required else []
    if rules.postal_code_pattern is None:
        return text, []
    # Compatibility forms: people in East Asia type full-width digits.
    code = " ".join(unicodedata.normalize("NFKC", text).upper().split())
    if not fits(rules.postal_code_pattern, code):
        message = f"Postal code {quoted(text)} does not fit {rules.name}; {_postal_code_advice(rules)}."
        return text, [invalid(path, message)]
    return code, []


def _postal_code_advice(rules: CountryRules) -> str:
    example = rules.postal_code_example or ""
    digits = f"{len(example)} digits, e.g. " if example.isdigit() else "one like "
    return f"write {digits}{example}"
