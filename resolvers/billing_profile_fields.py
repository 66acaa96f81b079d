"""One billing profile in its three shapes: the form, the columns, and the names that the activity log gives."""

from functools import cache
from typing import Any

from resolvers.billing_profiles import BillingProfileRow
from resolvers.forms import AddressForm, BillingProfileForm

OWN = ("company_name", "first_name", "last_name", "email", "culture", "language")
# Column of the profile, field of the address form; the contract's name is the field's in camelCase.
ADDRESS = {
    "address_line1": "address_line1",
    "address_line2": "address_line2",
    "address_city": "city",
    "address_state": "state",
    "address_postal_code": "postal_code",
    "address_country": "country",
    "address_region": "region",
    "address_first_name": "first_name",
    "address_middle_name": "middle_name",
    "address_last_name": "last_name",
    "address_phone_number": "phone_number",
}
COLUMNS = (*OWN, *ADDRESS)
"""The columns of a profile that a form sets."""


def billing_columns(form: BillingProfileForm) -> dict[str, Any]:
    """A form as values of the profile's columns."""
    own = {name: getattr(form, name) for name in OWN}
    return own | {column: getattr(form.address, name) for column, name in ADDRESS.items()}


def billing_form(row: BillingProfileRow) -> BillingProfileForm:
    """What is stored, as the form that would store it."""
    address = AddressForm(**{name: getattr(row, column) for column, name in ADDRESS.items()})
    return BillingProfileForm(address=address, **{name: getattr(row, name) for name in OWN})


def billing_values(form: BillingProfileForm) -> list[tuple[str, Any]]:
    """A form as (field, value) pairs under the contract's names, always in the same order."""
    own = [(f"billingProfile.{camel(name)}", getattr(form, name)) for name in OWN]
    address = [(f"billingProfile.address.{camel(name)}", getattr(form.address, name)) for name in ADDRESS.values()]
    return own + address


@cache
def camel(name: str) -> str:
    """A column's name as the contract writes it, e.g. `postalCode` for `postal_code`."""
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)
