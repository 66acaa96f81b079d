"""Customers that a partner serves already, known through another portal (R5.12): what a file says of each, checked."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from models import Partner
from resolvers.countries.domains import check_domain
from resolvers.countries.findings import Checked, gather
from resolvers.countries.registration import check_registration_number
from resolvers.countries.rules import country_rules, home_region
from resolvers.naming import (
    LONGEST_PERSON_NAME,
    check_company_name,
    check_email,
    check_text,
    label,
    quoted,
    trim,
)

REQUIRED_COLUMNS = ("Microsoft ID", "Company name", "Primary domain name", "Country", "E-mail")
OPTIONAL_COLUMNS = ("First name", "Last name", "Registration number", "Administrator ID")


@dataclass(frozen=True, slots=True)
class KnownCustomer:
    """A customer as its line says.

    Attributes:
        line: Number of the line in the file, from 1.
        id: Its tenant id.
        company_name: Its legal name.
        domain: Its initial domain.
        country: Upper-case alpha-2 code.
        email: Where the partner writes to it.
        first_name: Of the person to write to; empty for none.
        last_name: Likewise.
        registration_number: The company's; None where the file has none.
        administrator_id: Object id of its global admin at the issuer; None leaves one to be chosen.
    """

    line: int
    id: UUID
    company_name: str
    domain: str
    country: str
    email: str
    first_name: str
    last_name: str
    registration_number: str | None
    administrator_id: UUID | None


@dataclass(frozen=True, slots=True, order=True)
class LineFault:
    """What is wrong with a line, and the way out."""

    line: int
    message: str


def check_columns(names: list[str]) -> list[LineFault]:
    """Checks a file's first line.

    Args:
        names: The names of its columns.
    """
    faults = [f"The column {name!r} is missing; add it." for name in REQUIRED_COLUMNS if name not in names]
    known = ", ".join((*REQUIRED_COLUMNS, *OPTIONAL_COLUMNS))
    faults += [
        f"The column {quoted(name)} is none of ours; rename or remove it. There are: {known}."
        for name in dict.fromkeys(names)
        if name not in REQUIRED_COLUMNS + OPTIONAL_COLUMNS
    ]
    faults += [f"The column {name!r} stands there twice." for name in dict.fromkeys(names) if names.count(name) > 1]
    return [LineFault(1, fault) for fault in faults]


def check_line(line: int, cells: Mapping[str, str], partner: Partner) -> tuple[KnownCustomer | None, list[LineFault]]:
    """Checks a line by itself.

    Args:
        line: Its number.
        cells: Its values by column; an optional one may be absent.
        partner: Whose customer it is to be.

    Returns:
        The customer, None where its tenant id is none; and every fault.
    """
    tenant, wrong = _uuid(cells["Microsoft ID"], "Microsoft ID")
    administrator, wrong_administrator = _optional_uuid(cells.get("Administrator ID", ""), "Administrator ID")
    country, wrong_country = _country(cells["Country"], partner)
    checks: dict[str, Checked] = {
        "name": check_company_name(cells["Company name"], ("companyName",)),
        "domain": check_domain(cells["Primary domain name"], partner.cloud.value, False, ("primaryDomainName",)),
        "email": check_email(cells["E-mail"], ("email",)),
        "first_name": check_text(cells.get("First name", ""), ("firstName",), LONGEST_PERSON_NAME, optional=True),
        "last_name": check_text(cells.get("Last name", ""), ("lastName",), LONGEST_PERSON_NAME, optional=True),
    }
    if number := trim(cells.get("Registration number", "")):
        checks["number"] = check_registration_number(number, country, ("registrationNumber",))
    values, found = gather(checks)
    messages = [*wrong, *(fault.message for fault in found), *wrong_country, *wrong_administrator]
    faults = [LineFault(line, message) for message in messages]
    if tenant is None:
        return None, faults
    customer = KnownCustomer(
        line,
        tenant,
        values["name"],
        values["domain"],
        country,
        values["email"],
        values["first_name"] or "",
        values["last_name"] or "",
        values.get("number"),
        administrator,
    )
    return customer, faults


def check_twice(customers: Iterable[KnownCustomer]) -> list[LineFault]:
    """Finds tenants and domains that several lines name."""
    faults: list[LineFault] = []
    first: dict[object, int] = {}
    for customer in customers:
        for what, value in (("Microsoft ID", customer.id), ("primary domain name", customer.domain)):
            seen = first.setdefault(value, customer.line)
            if seen != customer.line:
                faults.append(LineFault(customer.line, f"Line {seen} has the same {what}; remove one of the two."))
    return faults


def _uuid(text: str, column: str) -> tuple[UUID | None, list[str]]:
    try:
        return UUID(trim(text)), []
    except ValueError:
        return None, [f"{column} {quoted(text)} is no tenant or object id; write its 32 hexadecimal digits."]


def _optional_uuid(text: str, column: str) -> tuple[UUID | None, list[str]]:
    return _uuid(text, column) if trim(text) else (None, [])


def _country(text: str, partner: Partner) -> tuple[str, list[str]]:
    country = trim(text).upper()
    if country_rules(country) is None:
        return country, [f"{label(('country',))} {quoted(text)} is not known; write two letters, e.g. IT."]
    home = home_region(partner.country)
    if home_region(country) == home:
        return country, []
    # R1.9: links need equal regions.
    return country, [f"{country} is not in the partner's selling region {home}; import it for another account."]
