"""One billing profile in its three shapes: the form, the columns, and the names that the activity log gives."""

from functools import cache
from operator import attrgetter
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


@cache
def camel(name: str) -> str:
    """A column's name as the contract writes it, e.g. `postalCode` for `postal_code`."""
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)


NAMES = (
    *(f"billingProfile.{camel(name)}" for name in OWN),
    *(f"billingProfile.address.{camel(name)}" for name in ADDRESS.values()),
)
"""The contract's names of the columns, in their order."""

_of_form, _of_address, _of_row = attrgetter(*OWN), attrgetter(*ADDRESS.values()), attrgetter(*COLUMNS)


def billing_columns(form: BillingProfileForm) -> dict[str, Any]:
    """A form as values of the profile's columns."""
    return dict(zip(COLUMNS, billing_values(form), strict=True))


def billing_form(row: BillingProfileRow) -> BillingProfileForm:
    """What is stored, as the form that would store it."""
    address = AddressForm(**{name: getattr(row, column) for column, name in ADDRESS.items()})
    return BillingProfileForm(address=address, **{name: getattr(row, name) for name in OWN})


def billing_values(form: BillingProfileForm) -> tuple[Any, ...]:
    """A form as values in the order of `COLUMNS`."""
    return (*_of_form(form), *_of_address(form.address))


def stored_values(row: BillingProfileRow) -> tuple[Any, ...]:
    """What is stored, as `billing_values` has it."""
    return _of_row(row)
