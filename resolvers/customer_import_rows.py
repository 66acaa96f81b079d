"""Imported customers as rows (R5.12): a relationship that gives no right to order until the customer accepts one."""

from collections.abc import Iterator
from datetime import datetime
from secrets import token_hex
from uuid import UUID

from sqlmodel import SQLModel
from uuid_utils.compat import uuid7

from models import (
    ActivityRecord,
    BillingProfile,
    Customer,
    CustomerDomain,
    CustomerUser,
    Partner,
    Relationship,
    RelationshipDomain,
)
from models.activity import ActivityStatus
from models.relationship import RelationshipOrigin, RelationshipRole, RelationshipStatus, RelationshipToPartner
from policy.vocabulary import PrincipalKind
from resolvers.audit import change
from resolvers.countries.rules import country_rules
from resolvers.customer_import import KnownCustomer
from resolvers.customer_import_state import Stored
from resolvers.naming import fold

IMPORTER = "clientela import customers"
NOBODY = UUID(int=0)
"""The operator at the command line is no user of the partner's."""


def imported_rows(
    customer: KnownCustomer, partner: Partner, stored: Stored, now: datetime, run: str
) -> Iterator[SQLModel]:
    """Everything that one customer adds. What exists of its tenant stays as it is.

    Args:
        customer: The customer.
        partner: Whose it becomes.
        stored: What is stored of it.
        now: The instant of the import.
        run: Ties the activity records of one import together.
    """
    exists = customer.id in stored.tenants
    created_at = stored.tenants[customer.id][0] if exists else now
    if not exists:
        yield from _tenant(customer, partner, now)
    yield _relationship(customer, partner, created_at, now)
    for name in stored.domains[customer.id] if exists else [customer.domain]:
        yield RelationshipDomain(cloud=partner.cloud, partner_id=partner.id, name=name, customer_id=customer.id)
    yield _billing_profile(customer, partner, now)
    yield _record(customer, partner, now, run)


def _tenant(customer: KnownCustomer, partner: Partner, now: datetime) -> Iterator[SQLModel]:
    yield Customer(
        cloud=partner.cloud,
        id=customer.id,
        company_name=customer.company_name,
        domain=customer.domain,
        country=customer.country,
        organization_registration_number=customer.registration_number,
        created_at=now,
    )
    yield CustomerDomain(name=customer.domain, cloud=partner.cloud, customer_id=customer.id, is_initial=True)
    yield CustomerUser(
        cloud=partner.cloud,
        customer_id=customer.id,
        id=customer.administrator_id or uuid7(),
        sign_in_name=f"admin@{customer.domain}",
        display_name=f"{customer.first_name} {customer.last_name}".strip() or "Administrator",
        is_global_admin=True,
        must_change_password=False,
        created_at=now,
    )


def _relationship(customer: KnownCustomer, partner: Partner, created_at: datetime, now: datetime) -> Relationship:
    return Relationship(
        cloud=partner.cloud,
        partner_id=partner.id,
        customer_id=customer.id,
        id=uuid7(),
        relationship_to_partner=RelationshipToPartner.NONE,
        role=RelationshipRole.MANAGING,
        status=RelationshipStatus.ACTIVE,
        origin=RelationshipOrigin.LEGACY_PORTAL,
        delegated_admin=False,
        since=now,
        list_name=customer.company_name,
        list_name_key=fold(customer.company_name),
        customer_country=customer.country,
        customer_created_at=created_at,
    )


def _billing_profile(customer: KnownCustomer, partner: Partner, now: datetime) -> BillingProfile:
    rules = country_rules(customer.country)
    culture = rules.default_culture if rules is not None else "en-US"
    return BillingProfile(
        cloud=partner.cloud,
        partner_id=partner.id,
        customer_id=customer.id,
        id=uuid7(),
        company_name=customer.company_name,
        first_name=customer.first_name or None,
        last_name=customer.last_name or None,
        email=customer.email,
        culture=culture,
        language=culture.partition("-")[0],
        address_line1="",
        address_country=customer.country,
        address_first_name=customer.first_name,
        address_last_name=customer.last_name,
        etag=token_hex(16),
        updated_at=now,
    )


def _record(customer: KnownCustomer, partner: Partner, now: datetime, run: str) -> ActivityRecord:
    told = (("companyName", customer.company_name), ("domain", customer.domain), ("country", customer.country))
    return ActivityRecord(
        id=uuid7(),
        cloud=partner.cloud,
        partner_id=partner.id,
        occurred_at=now,
        operation="add_customer",
        resource_type="customer",
        status=ActivityStatus.SUCCEEDED,
        actor=IMPORTER,
        actor_id=NOBODY,
        actor_kind=PrincipalKind.PARTNER_APP,
        actor_roles=[],
        actor_mfa=False,
        customer_id=customer.id,
        customer_name=customer.company_name,
        customer_name_key=fold(customer.company_name),
        correlation_id=run,
        changes=[change(field, None, value) for field, value in told],
    )
