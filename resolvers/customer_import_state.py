"""Customers to import against what is stored: which are there already, and what stands in the way."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from models import Customer, CustomerDomain, Partner, Relationship
from models.relationship import RelationshipStatus
from policy.decisions import has_capability
from resolvers.customer_import import KnownCustomer, LineFault
from resolvers.faults import FaultCode


@dataclass(frozen=True, slots=True)
class Stored:
    """What is stored of some customers, whoever serves them.

    Attributes:
        tenants: Creation time, country and domain of each customer that exists, by its id.
        owners: Whose each domain is that somebody has.
        domains: All domains of each customer that exists.
        ours: Customers with which the partner has a relationship, be it an ended one.
        served: Customers that another partner serves now.
        partners: Ids that are partners' own tenants.
    """

    tenants: dict[UUID, tuple[datetime, str, str]]
    owners: dict[str, UUID]
    domains: dict[UUID, list[str]]
    ours: Collection[UUID]
    served: Collection[UUID]
    partners: Collection[UUID]


async def find_partner_to_import_for(connection: AsyncConnection, name: str) -> Partner | None:
    """The partner that a domain or a tenant id names; None where it is none or several.

    Args:
        connection: A connection.
        name: What the operator wrote.
    """
    try:
        named = or_(col(Partner.domain) == name.lower(), col(Partner.id) == UUID(name))
    except ValueError:
        named = col(Partner.domain) == name.lower()
    rows = (await connection.execute(select(Partner.__table__).where(named))).all()  # type: ignore[attr-defined]
    return Partner(**rows[0]._mapping) if len(rows) == 1 else None


async def stored_of(connection: AsyncConnection, partner: Partner, customers: Sequence[KnownCustomer]) -> Stored:
    """Looks up what is stored of at most some thousand customers."""
    ids, domains = [customer.id for customer in customers], [customer.domain for customer in customers]
    tenants = select(col(Customer.id), col(Customer.created_at), col(Customer.country), col(Customer.domain)).where(
        col(Customer.cloud) == partner.cloud, col(Customer.id).in_(ids)
    )
    owners = select(col(CustomerDomain.name), col(CustomerDomain.customer_id)).where(
        or_(
            col(CustomerDomain.name).in_(domains),
            and_(col(CustomerDomain.cloud) == partner.cloud, col(CustomerDomain.customer_id).in_(ids)),
        )
    )
    links = select(col(Relationship.customer_id), col(Relationship.partner_id), col(Relationship.status)).where(
        col(Relationship.cloud) == partner.cloud, col(Relationship.customer_id).in_(ids)
    )
    owner_of = {row.name: row.customer_id for row in await connection.execute(owners)}
    domains_of: defaultdict[UUID, list[str]] = defaultdict(list)
    for name, owner in owner_of.items():
        domains_of[owner].append(name)
    related = (await connection.execute(links)).all()
    others = [row for row in related if row.partner_id != partner.id and row.status is RelationshipStatus.ACTIVE]
    partners = select(col(Partner.id)).where(col(Partner.cloud) == partner.cloud, col(Partner.id).in_(ids))
    return Stored(
        tenants={key: (at, country, domain) for key, at, country, domain in await connection.execute(tenants)},
        owners=owner_of,
        domains=domains_of,
        ours={row.customer_id for row in related if row.partner_id == partner.id},
        served={row.customer_id for row in others},
        partners=set(await connection.scalars(partners)),
    )


def check_state(
    customers: Sequence[KnownCustomer], stored: Stored, partner: Partner, *, resume: bool
) -> list[LineFault]:
    """Finds what stands in the way of importing customers.

    Args:
        customers: Checked lines.
        stored: What is stored of them.
        partner: Whose customers they are to be.
        resume: Whether a customer of the partner's was imported by an earlier run, and so is no fault.
    """
    return [
        LineFault(customer.line, message)
        for customer in customers
        for message in _obstacles(customer, stored, partner)
        if not (resume and customer.id in stored.ours)
    ]


def _obstacles(customer: KnownCustomer, stored: Stored, partner: Partner) -> list[str]:
    obstacles = []
    if customer.id in stored.ours:
        obstacles.append(
            "This is a customer of the partner's already, or was one; remove the line. To go on with an import that "
            "was broken off, use --resume."
        )
    if customer.id in stored.partners:
        # I3: no partner is its own customer, and no partner's tenant is a customer.
        obstacles.append("This is a partner's tenant, which is nobody's customer; remove the line.")
    if customer.id in stored.served and not has_capability(partner.cloud, "MANY_PARTNERS_A_CUSTOMER"):
        obstacles.append(
            f"{FaultCode.SINGLE_PARTNER_CLOUD}: in this cloud a customer has one partner, and this has one."
        )
    owner = stored.owners.get(customer.domain)
    if owner not in (None, customer.id):
        obstacles.append(f"The domain {customer.domain} is another customer's; correct the domain or the Microsoft ID.")
    if customer.id in stored.tenants:
        _, country, domain = stored.tenants[customer.id]
        if domain != customer.domain:
            obstacles.append(f"This customer's initial domain is {domain}; correct the domain or the Microsoft ID.")
        if country != customer.country:
            obstacles.append(f"This customer's country is {country}; correct it.")
    return obstacles
