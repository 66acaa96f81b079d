"""The profiles of a customer: company, contact, address, billing. Each is a view on rows read once."""

import strawberry

from execution.links import View
from policy.vocabulary import Permission
from resolvers.billing_profiles import BillingProfileRow
from schema.access import PUBLIC, field
from schema.node import Node
from schema.scalars import CountryCode, CultureCode, DomainName, EmailAddress


@strawberry.type(description="What is the same for every partner of the customer.")
class CompanyProfile:
    """The tenant's own data."""

    legal_name: str = field(
        PUBLIC,
        "The tenant's legal name; a rename in the billing profile does not change it.",
        name="companyName",
    )
    domain: DomainName = field(PUBLIC, "The initial domain; never changes.")
    organization_registration_number: str | None = field(
        Permission.CUSTOMER_TAX_READ, "The company's registration number; `countryRules` says where one is asked for."
    )


@strawberry.type(description="Whom to ask at a company.")
class Contact:
    """The contact of a billing profile or of an agreement."""

    contact_first_name: str | None = field(PUBLIC, "First name.", name="firstName")
    contact_last_name: str | None = field(PUBLIC, "Last name.", name="lastName")
    contact_email: EmailAddress | None = field(PUBLIC, "E-mail address.", name="email")
    contact_phone_number: str | None = field(PUBLIC, "Phone number as it was typed.", name="phoneNumber")


@strawberry.type(description="A postal address with the person to ask for there.")
class Address:
    """An address."""

    address_line1: str = field(PUBLIC, "Street and number.", name="addressLine1")
    address_line2: str | None = field(PUBLIC, "Building, floor or the like.", name="addressLine2")
    address_city: str | None = field(PUBLIC, "City.", name="city")
    address_state: str | None = field(PUBLIC, "State or province; a code where the country has a list.", name="state")
    address_postal_code: str | None = field(PUBLIC, "Postal code.", name="postalCode")
    address_country: CountryCode = field(PUBLIC, "Country.", name="country")
    address_region: str | None = field(PUBLIC, "Region, free text.", name="region")
    address_first_name: str = field(PUBLIC, "First name of the person there.", name="firstName")
    address_middle_name: str | None = field(PUBLIC, "Middle name of the person there.", name="middleName")
    address_last_name: str = field(PUBLIC, "Last name of the person there.", name="lastName")
    address_phone_number: str | None = field(PUBLIC, "Phone number as it was typed.", name="phoneNumber")


@strawberry.type(description="What your company bills a customer under; another partner's is another.")
class BillingProfile(Node):
    """One profile a partner and customer."""

    @classmethod
    def is_type_of(cls, row: object, _info: object) -> bool:
        """Whether a row is a billing profile."""
        return isinstance(row, BillingProfileRow)

    company_name: str = field(PUBLIC, "The name on bills, and in your customer list.")
    first_name: str | None = field(PUBLIC, "First name of the billing contact, where it is not the address's.")
    last_name: str | None = field(PUBLIC, "Last name of the billing contact, where it is not the address's.")
    email: EmailAddress = field(PUBLIC, "Where bills and notices go.")
    culture: CultureCode = field(PUBLIC, "How numbers and dates are written for the customer.")
    language: str = field(PUBLIC, "Two-letter language.")
    etag: str = field(PUBLIC, "Changes with every write that alters the content; an update must quote it.")
    address: Address = field(PUBLIC, "The billing address.", link=View())
