"""The partners of the demo world and their people: data with ids that never change, so that anybody can know them."""

import re
from dataclasses import dataclass
from functools import cache, cached_property
from uuid import UUID, uuid5

from policy.vocabulary import Cloud, PartnerKind, Role
from resolvers.countries.domains import SUFFIXES

# Ours alone; every id of a demo partner or person derives from it.
NAMESPACE = UUID("c11e47e1-a000-5000-8000-de30de30de30")
MAIN_ROLES = (Role.GLOBAL_ADMIN, Role.ADMIN_AGENT, Role.SALES_AGENT, Role.HELPDESK_AGENT)
ALL_ROLES = (*MAIN_ROLES, *(role for role in Role if role not in MAIN_ROLES))

_SEED_NAME = re.compile(r"seed-(?P<number>[0-9]{3,6})")


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody, or an application, that can sign in for a partner of the demo world.

    Attributes:
        name: What the person goes by, e.g. `sales-agent@litware`.
        title: For people to read, e.g. "Sales agent".
        organisation: Display name of the partner, e.g. "Litware S.r.l.".
        cloud: The partner's cloud.
        tenant_id: The partner's tenant.
        id: The user's object id, or the application's client id.
        sign_in_name: What the activity log shows, e.g. `sales-agent@litware.onmicrosoft.com`.
        roles: The roles; empty for an application.
        mfa: Whether the sign-in uses multi-factor authentication.
        is_app: Whether this is an application without a user.
    """

    name: str
    title: str
    organisation: str
    cloud: Cloud
    tenant_id: UUID
    id: UUID
    sign_in_name: str
    roles: tuple[Role, ...]
    mfa: bool = True
    is_app: bool = False


@dataclass(frozen=True)
class Organisation:
    """A partner of the demo world; always active, its agreement signed.

    Attributes:
        name: Short name, e.g. `litware`.
        display_name: Name of the company.
        kind: What it is in the reseller program.
        country: Upper-case alpha-2 code.
        mpn_id: Id of its location in the partner network.
        cloud: The cloud that it sells in.
        is_sandbox: Whether it is an integration sandbox.
        roles: The roles for which it has a person each.
        extras: Further people, not of one role each.
    """

    name: str
    display_name: str
    kind: PartnerKind
    country: str
    mpn_id: str
    cloud: Cloud = Cloud.GLOBAL
    is_sandbox: bool = False
    roles: tuple[Role, ...] = MAIN_ROLES
    extras: tuple[str, ...] = ()

    @cached_property
    def id(self) -> UUID:
        """The partner's tenant id."""
        return uuid5(NAMESPACE, f"{self.cloud}/{self.name}")

    @property
    def domain(self) -> str:
        """The partner's initial domain."""
        return f"{self.name}.{SUFFIXES[self.cloud]}"

    @cached_property
    def people(self) -> tuple[Person, ...]:
        """Everybody who can sign in here, in the order of the roles, applications last."""
        in_one_role = [self._user(role.replace("_", "-"), _title(role), (role,)) for role in self.roles]
        return (*in_one_role, *(self._extra(name) for name in self.extras))

    def person(self, role: Role) -> Person:
        """The person who holds one of `roles`."""
        return self.people[self.roles.index(role)]

    def _extra(self, name: str) -> Person:
        if name == "app":
            return self._user(name, "Application", (), mfa=False, is_app=True)
        return self._user(
            name, "Global admin and admin agent without MFA", (Role.GLOBAL_ADMIN, Role.ADMIN_AGENT), mfa=False
        )

    def _user(
        self, name: str, title: str, roles: tuple[Role, ...], *, mfa: bool = True, is_app: bool = False
    ) -> Person:
        return Person(
            name=f"{name}@{self.name}",
            title=title,
            organisation=self.display_name,
            cloud=self.cloud,
            tenant_id=self.id,
            id=uuid5(NAMESPACE, f"{self.cloud}/{self.name}/{name}"),
            sign_in_name=f"{name}@{self.domain}",
            roles=roles,
            mfa=mfa,
            is_app=is_app,
        )


# The tour plays at litware, so it comes first wherever people are listed.
ORGANISATIONS: tuple[Organisation, ...] = (
    Organisation("litware", "Litware S.r.l.", PartnerKind.DIRECT_BILL, "IT", "6100101", roles=ALL_ROLES),
    Organisation(
        "contoso",
        "Contoso, Ltd.",
        PartnerKind.DIRECT_BILL,
        "US",
        "6100102",
        roles=ALL_ROLES,
        extras=("no-mfa", "app"),
    ),
    Organisation("adatum", "A. Datum Corporation", PartnerKind.DIRECT_BILL, "US", "6100103"),
    Organisation("fabrikam", "Fabrikam, Inc.", PartnerKind.INDIRECT_PROVIDER, "US", "6100104"),
    Organisation("tailspin", "Tailspin Toys", PartnerKind.INDIRECT_RESELLER, "US", "6100105"),
    Organisation("northwind", "Northwind Traders", PartnerKind.INDIRECT_RESELLER, "US", "6100106"),
    Organisation("woodgrove", "Woodgrove Federal", PartnerKind.DIRECT_BILL, "US", "6100107", Cloud.US_GOV),
    Organisation("lamna", "Lamna Public Sector", PartnerKind.DIRECT_BILL, "US", "6100108", Cloud.US_GOV),
    Organisation("tailwind", "Tailwind Handels GmbH", PartnerKind.DIRECT_BILL, "DE", "6100109", Cloud.GERMANY),
    Organisation("relecloud", "Relecloud (China) Co., Ltd.", PartnerKind.DIRECT_BILL, "CN", "6100110", Cloud.CHINA),
    Organisation("proseware", "Proseware, Inc.", PartnerKind.DIRECT_BILL, "US", "6100111", is_sandbox=True),
)


def organisation(name: str) -> Organisation:
    """The organisation of a short name, such as `litware` or `seed-001`.

    Raises:
        KeyError: There is none of that name.
    """
    seed = _SEED_NAME.fullmatch(name)
    return seed_organisation(int(seed["number"])) if seed else _by_name()[name]


def seed_organisation(number: int) -> Organisation:
    """The partner of that number among those that `seed_customers` makes, e.g. `seed-001`."""
    return Organisation(
        f"seed-{number:03}", f"Seed Partner {number:03}", PartnerKind.DIRECT_BILL, "US", f"{6_200_000 + number}"
    )


def all_people() -> tuple[Person, ...]:
    """Everybody in the demo world's partners: litware first, then contoso, then the others."""
    return tuple(person for entry in ORGANISATIONS for person in entry.people)


def find_person(name: str) -> Person | None:
    """Looks somebody up by name; a seeded partner's people are found whether or not it was seeded.

    Args:
        name: `<role>@<organisation>`, `app@contoso` or `no-mfa@contoso`.

    Returns:
        The person; None where nobody goes by that name.
    """
    try:
        people = organisation(name.rpartition("@")[2]).people
    except KeyError:
        return None
    return next((person for person in people if person.name == name), None)


@cache
def _by_name() -> dict[str, Organisation]:
    return {entry.name: entry for entry in ORGANISATIONS}


def _title(role: Role) -> str:
    words = role.value.replace("_", " ")
    return words.replace("mpn", "MPN") if words.startswith("mpn") else words.capitalize()
