"""Checking an address before a form is sent (customers.md 1.8): our rules, no postal service."""

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from resolvers.billing_profile_fields import ADDRESS
from resolvers.countries.addresses import check_address
from resolvers.countries.rules import country_rules
from resolvers.faults import Fault
from resolvers.forms import AddressForm


class AddressValidationStatus(StrEnum):
    """The vendor's statuses; without a postal service ours are VERIFIED, NONE and NOT_VALIDATED."""

    VERIFIED_SHIPPABLE = "verified_shippable"
    VERIFIED = "verified"
    INTERACTION_REQUIRED = "interaction_required"
    STREET_PARTIAL = "street_partial"
    PREMISES_PARTIAL = "premises_partial"
    MULTIPLE = "multiple"
    NONE = "none"
    NOT_VALIDATED = "not_validated"


class AddressRow(NamedTuple):
    """An address under the names of a billing profile's columns, so that one type shows both."""

    address_line1: str
    address_line2: str | None
    address_city: str | None
    address_state: str | None
    address_postal_code: str | None
    address_country: str
    address_region: str | None
    address_first_name: str
    address_middle_name: str | None
    address_last_name: str
    address_phone_number: str | None


@dataclass(frozen=True, slots=True)
class AddressValidation:
    """The answer: the address as given, what it should be, and what is wrong with it."""

    status: AddressValidationStatus
    original: AddressRow
    suggested: list[AddressRow]
    problems: list[Fault]


def validate_address(form: AddressForm) -> AddressValidation:
    """Checks an address against the rules of its country.

    Args:
        form: What was typed.

    Returns:
        VERIFIED with the normal form, NONE with every problem, NOT_VALIDATED for a country without rules.
    """
    checked, faults = check_address(form, ("address",))
    if country_rules(checked.country) is None:
        return AddressValidation(AddressValidationStatus.NOT_VALIDATED, _row(form), [], faults)
    if faults:
        return AddressValidation(AddressValidationStatus.NONE, _row(form), [], faults)
    return AddressValidation(AddressValidationStatus.VERIFIED, _row(form), [_row(checked)], [])


def _row(form: AddressForm) -> AddressRow:
    return AddressRow(**{column: getattr(form, name) for column, name in ADDRESS.items()})
