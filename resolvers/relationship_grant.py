"""Giving a partner a relationship with a customer that exists: new, changed, or restored under its former id."""

from dataclasses import dataclass
from secrets import token_hex
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlmodel import col
from uuid_utils.compat import uuid7

from models import BillingProfile, Customer, CustomerDomain, Relationship, RelationshipDomain
from models.relationship import RelationshipOrigin, RelationshipRole, RelationshipStatus, RelationshipToPartner
from resolvers.audit import Change, change
from resolvers.call import Call
from resolvers.countries.rules import country_rules
from resolvers.customer_people import name_of_caller
from resolvers.global_ids import ObjectKind, global_id
from resolvers.naming import fold

# What a change of each column is called in the activity log.
LOGGED = {
    "status": "relationship.status",
    "relationship_to_partner": "relationship.relationshipToPartner",
    "role": "relationship.role",
    "delegated_admin": "relationship.delegatedAdmin",
    "via_provider_id": "relationship.viaProvider",
    "associated_reseller_id": "associatedReseller",
}


@dataclass(frozen=True, slots=True)
class Terms:
    """What the customer grants one partner.

    Attributes:
        partner_id: To whom.
        role: Whether it may order.
        delegated_admin: Whether it gets admin privileges.
        via_provider_id: The provider through whom a reseller serves.
        associated_reseller_id: The reseller that a provider serves with.
    """

    partner_id: UUID
    role: RelationshipRole
    delegated_admin: bool
    via_provider_id: UUID | None = None
    associated_reseller_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Granted:
    """What came of it; without changes everything was as it is."""

    partner_id: UUID
    relationship_id: UUID
    list_name: str
    changes: list[Change]


async def grant_relationship(call: Call, customer: Customer, terms: Terms) -> Granted:
    """Writes what the terms say (R2.15, R5.10). What a live relationship has beyond them, it keeps.

    Args:
        call: The call of the customer's global admin; the customer's row is locked.
        customer: The customer.
        terms: What it grants.
    """
    before = await call.find(
        Relationship,
        col(Relationship.cloud) == customer.cloud,
        col(Relationship.partner_id) == terms.partner_id,
        col(Relationship.customer_id) == customer.id,
        locked=True,
    )
    if before is None:
        return await _begin(call, customer, terms)
    after = _changed(call, before, terms)
    changes = told_changes(before, after)
    if any(getattr(before, column) != value for column, value in after.items()):
        await call.transaction.execute(update(Relationship).where(col(Relationship.id) == before.id).values(**after))
    return Granted(terms.partner_id, before.id, before.list_name, changes)


def told_changes(before: Relationship, after: dict[str, Any]) -> list[Change]:
    """What a change of a relationship is in the activity log.

    Args:
        before: The row as it was.
        after: New values by column; a column that is left out keeps its value.
    """
    return [
        change(name, _told(getattr(before, column)), _told(after[column]))
        for column, name in LOGGED.items()
        if column in after and getattr(before, column) != after[column]
    ]


def _changed(call: Call, row: Relationship, terms: Terms) -> dict[str, Any]:
    # A relationship that ended comes back with what this acceptance grants, and with nothing of what it had (I11).
    live = row.status is RelationshipStatus.ACTIVE
    may_order = RelationshipRole.TRANSACTING in ((terms.role, row.role) if live else (terms.role,))
    legacy = row.origin is RelationshipOrigin.LEGACY_PORTAL
    return {
        "status": RelationshipStatus.ACTIVE,
        "relationship_to_partner": RelationshipToPartner.RESELLER,
        "role": RelationshipRole.TRANSACTING if may_order else RelationshipRole.MANAGING,
        "delegated_admin": terms.delegated_admin or (live and row.delegated_admin),
        "via_provider_id": terms.via_provider_id or (row.via_provider_id if live else None),
        "associated_reseller_id": (row.associated_reseller_id if live else None) or terms.associated_reseller_id,
        "origin": RelationshipOrigin.INVITED if legacy else row.origin,
        "since": row.since if live else call.now,
        "ended_at": None,
        "end_reason": None,
    }


async def _begin(call: Call, customer: Customer, terms: Terms) -> Granted:
    relationship = Relationship(
        cloud=customer.cloud,
        partner_id=terms.partner_id,
        customer_id=customer.id,
        id=uuid7(),
        relationship_to_partner=RelationshipToPartner.RESELLER,
        role=terms.role,
        status=RelationshipStatus.ACTIVE,
        origin=RelationshipOrigin.INVITED,
        delegated_admin=terms.delegated_admin,
        via_provider_id=terms.via_provider_id,
        associated_reseller_id=terms.associated_reseller_id,
        since=call.now,
        list_name=customer.company_name,
        list_name_key=fold(customer.company_name),
        customer_country=customer.country,
        customer_created_at=customer.created_at,
    )
    await call.add(relationship)
    await _file_domains(call, relationship)
    await call.add(await _billing_profile(call, customer, terms.partner_id))
    told = [(name, getattr(relationship, column)) for column, name in LOGGED.items()]
    changes = [change(name, None, _told(value)) for name, value in told if value is not None]
    return Granted(terms.partner_id, relationship.id, relationship.list_name, changes)


async def _file_domains(call: Call, row: Relationship) -> None:
    names = select(col(CustomerDomain.name)).where(
        col(CustomerDomain.cloud) == row.cloud, col(CustomerDomain.customer_id) == row.customer_id
    )
    found = list((await call.transaction.execute(names)).scalars())
    await call.add(
        *(
            RelationshipDomain(cloud=row.cloud, partner_id=row.partner_id, name=name, customer_id=row.customer_id)
            for name in found
        )
    )


async def _billing_profile(call: Call, customer: Customer, partner_id: UUID) -> BillingProfile:
    # What other partners bill the customer under is theirs (permissions.md 5.1): this one begins with what the tenant
    # itself says, and the partner completes it.
    first, last = await name_of_caller(call)
    rules = country_rules(customer.country)
    culture = rules.default_culture if rules is not None else "en-US"
    return BillingProfile(
        cloud=customer.cloud,
        partner_id=partner_id,
        customer_id=customer.id,
        id=uuid7(),
        company_name=customer.company_name,
        email=call.principal.name,
        culture=culture,
        language=culture.partition("-")[0],
        address_line1="",
        address_country=customer.country,
        address_first_name=first,
        address_last_name=last,
        etag=token_hex(16),
        updated_at=call.now,
    )


def _told(value: Any) -> Any:  # noqa: ANN401 - a column's value: a member of one of our enums, a boolean, a partner
    if isinstance(value, UUID):
        return global_id(ObjectKind.PARTNER, value)
    return getattr(value, "name", value)
