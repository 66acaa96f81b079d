"""Which customers a principal sees."""

from datetime import datetime
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, and_, null, select
from sqlmodel import col

from models import Customer, CustomerDomain, Relationship
from models.customer import AccountVerification
from models.relationship import RelationshipStatus
from policy.vocabulary import Cloud, PrincipalKind
from resolvers.global_ids import ObjectKind, prefixed
from resolvers.relationships import RelationshipRow
from resolvers.visibility import Rows, is_partner, viewer_cloud, viewer_tenant


class CustomerRow(NamedTuple):
    """A customer as one partner knows it; for the customer's own people what is a partner's is None."""

    id: UUID
    cloud: Cloud
    company_name: str
    legal_name: str
    domain: str
    country: str
    organization_registration_number: str | None
    account_verification: AccountVerification
    created_at: datetime
    list_name_key: str | None
    associated_reseller_id: UUID | None
    delegated_admin: bool | None

    @prefixed(ObjectKind.CUSTOMER)
    def global_id(self) -> UUID:
        """The customer's id: its tenant id under a prefix."""
        return self.id


class DomainRow(NamedTuple):
    """A domain of a customer."""

    name: str
    customer_id: UUID
    is_initial: bool


@cache
def visible_customers(kind: PrincipalKind) -> Rows:
    """A partner sees customers through its own live relationship only (permissions.md 5.1); a user its own company."""
    return _as_partner_lists_them() if is_partner(kind) else _own_company()


@cache
def customers_and_relationships(kind: PrincipalKind) -> Rows:
    """The same, with the relationship that a partner sees each by: its columns come last, as `relationship_…`."""
    if not is_partner(kind):
        return visible_customers(kind)
    linked: list[ColumnElement[Any]] = [
        col(getattr(Relationship, label)).label(f"relationship_{label}") for label in RelationshipRow._fields
    ]
    return visible_customers(kind).add_columns(*linked)


def _as_partner_lists_them() -> Rows:
    # Id and creation time are the relationship's copies: what lists order and page by must lie in one index.
    return (
        select(
            col(Relationship.customer_id).label("id"),
            col(Customer.cloud).label("cloud"),
            col(Relationship.list_name).label("company_name"),
            col(Customer.company_name).label("legal_name"),
            col(Customer.domain).label("domain"),
            col(Customer.country).label("country"),
            col(Customer.organization_registration_number).label("organization_registration_number"),
            col(Customer.account_verification).label("account_verification"),
            col(Relationship.customer_created_at).label("created_at"),
            col(Relationship.list_name_key).label("list_name_key"),
            col(Relationship.associated_reseller_id).label("associated_reseller_id"),
            col(Relationship.delegated_admin).label("delegated_admin"),
        )
        .select_from(Relationship)
        .join(
            Customer,
            and_(
                col(Customer.cloud) == col(Relationship.cloud),
                col(Customer.id) == col(Relationship.customer_id),
            ),
        )
        .where(
            col(Relationship.cloud) == viewer_cloud,
            col(Relationship.partner_id) == viewer_tenant,
            col(Relationship.status) == RelationshipStatus.ACTIVE,
        )
    )


def _own_company() -> Rows:
    return select(
        col(Customer.id).label("id"),
        col(Customer.cloud).label("cloud"),
        col(Customer.company_name).label("company_name"),
        col(Customer.company_name).label("legal_name"),
        col(Customer.domain).label("domain"),
        col(Customer.country).label("country"),
        col(Customer.organization_registration_number).label("organization_registration_number"),
        col(Customer.account_verification).label("account_verification"),
        col(Customer.created_at).label("created_at"),
        null().label("list_name_key"),
        null().label("associated_reseller_id"),
        null().label("delegated_admin"),
    ).where(col(Customer.cloud) == viewer_cloud, col(Customer.id) == viewer_tenant)


@cache
def visible_domains(kind: PrincipalKind) -> Rows:
    """The domains of all customers that the viewer sees."""
    owner = col(Relationship.customer_id if is_partner(kind) else Customer.id)
    # Asked of each domain: a list of all customers that the viewer sees would be made anew for every page.
    seen = visible_customers(kind).with_only_columns(owner, maintain_column_froms=True)
    return select(
        col(CustomerDomain.name).label("name"),
        col(CustomerDomain.customer_id).label("customer_id"),
        col(CustomerDomain.is_initial).label("is_initial"),
    ).where(col(CustomerDomain.cloud) == viewer_cloud, seen.where(owner == col(CustomerDomain.customer_id)).exists())
