"""Checks the billing profile that a partner keeps of a customer (customers.md 1.3)."""

from resolvers.countries.addresses import check_address
from resolvers.countries.findings import gather
from resolvers.countries.rules import CountryRules, country_rules
from resolvers.faults import Fault, Path
from resolvers.forms import BillingProfileForm
from resolvers.naming import (
    LONGEST_PERSON_NAME,
    check_company_name,
    check_email,
    check_text,
    invalid,
    quoted,
)

LONGEST_TAG = 20


def check_billing_profile(form: BillingProfileForm, path: Path) -> tuple[BillingProfileForm, list[Fault]]:
    """Check a whole billing profile at once (customers.md 1.3; scenario 9.4).

    Args:
        form: What was typed; a blank field is the same as an absent one.
        path: Path of the profile, e.g. `("input", "billingProfile")`.

    Returns:
        The profile as it is stored; and all faults, in the order of the fields. An unknown country is one
        fault, and nothing that depends on the country is held against the person then.
    """
    address, address_faults = check_address(form.address, (*path, "address"))
    rules = country_rules(address.country)
    values, faults = gather(
        {
            "company_name": check_company_name(form.company_name, (*path, "companyName")),
            "first_name": check_text(form.first_name, (*path, "firstName"), LONGEST_PERSON_NAME, optional=True),
            "last_name": check_text(form.last_name, (*path, "lastName"), LONGEST_PERSON_NAME, optional=True),
            "email": check_email(form.email, (*path, "email")),
            "culture": _check_culture(form.culture, rules, (*path, "culture")),
            "language": _check_language(form.language, rules, (*path, "language")),
            "address": (address, address_faults),
        }
    )
    return BillingProfileForm(**values), faults


def _check_culture(culture: str, rules: CountryRules | None, path: Path) -> tuple[str, list[Fault]]:
    text, faults = check_text(culture, path, LONGEST_TAG)
    if faults or rules is None or text in rules.cultures:
        return text, faults
    for known in rules.cultures:
        if known.lower() == text.lower():
            return known, []
    choices = ", ".join(rules.cultures)
    return text, [invalid(path, f"Culture {quoted(text)} is not one of {rules.name}; choose from {choices}.")]


def _check_language(language: str, rules: CountryRules | None, path: Path) -> tuple[str, list[Fault]]:
    text, faults = check_text(language, path, LONGEST_TAG)
    code = text.lower()
    if faults or rules is None or code in rules.languages:
        return code, faults
    choices = ", ".join(rules.languages)
    return code, [invalid(path, f"Language {quoted(text)} is not one of {rules.name}; choose from {choices}.")]
