"""What people fill in, as the rules and the commands take it: plain values, not yet checked.

Nobody changes one that was made. They are not frozen all the same: each field of a frozen one is set by a call of its
own, and a request makes four of them.
"""

from dataclasses import dataclass


@dataclass(slots=True)
class AddressForm:
    """A postal address with the person to ask for there (customers.md 1.4)."""

    address_line1: str
    country: str
    first_name: str
    last_name: str
    address_line2: str | None = None
    city: str | None = None
    state: str | None = None
    postal_code: str | None = None
    region: str | None = None
    middle_name: str | None = None
    phone_number: str | None = None


@dataclass(slots=True)
class BillingProfileForm:
    """The billing profile that a partner keeps of a customer (customers.md 1.3)."""

    company_name: str
    email: str
    culture: str
    language: str
    address: AddressForm
    first_name: str | None = None
    last_name: str | None = None
