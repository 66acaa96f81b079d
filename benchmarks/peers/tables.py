"""The tables as the Python peers map them: the columns that the operations touch, with ORM relationships to load by.

Fewer columns than the tables have, so that a row costs these peers no more than it must.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, DateTime, ForeignKeyConstraint
from sqlmodel import Field, Relationship, SQLModel

INSTANT: Any = DateTime(timezone=True)


class CustomerRow(SQLModel, table=True):
    """A customer's tenant."""

    __tablename__ = "customer"

    cloud: str = Field(primary_key=True)
    id: UUID = Field(primary_key=True)
    domain: str
    country: str
    account_verification: str
    created_at: datetime = Field(sa_type=INSTANT)

    agreements: list["AgreementRow"] = Relationship(
        sa_relationship_kwargs={"order_by": "AgreementRow.agreed_on.desc(), AgreementRow.id.desc()", "lazy": "raise"}
    )


class AgreementRow(SQLModel, table=True):
    """An acceptance of an agreement."""

    __tablename__ = "agreement"
    __table_args__ = (ForeignKeyConstraint(["cloud", "customer_id"], ["customer.cloud", "customer.id"]),)

    id: UUID = Field(primary_key=True)
    cloud: str
    customer_id: UUID
    partner_id: UUID | None
    type: str
    method: str
    agreed_on: datetime = Field(sa_type=INSTANT)


class LinkRow(SQLModel, table=True):
    """A partner's relationship with a customer, and the customer's name in its list."""

    __tablename__ = "relationship"
    __table_args__ = (ForeignKeyConstraint(["cloud", "customer_id"], ["customer.cloud", "customer.id"]),)

    cloud: str = Field(primary_key=True)
    partner_id: UUID = Field(primary_key=True)
    customer_id: UUID = Field(primary_key=True)
    role: str
    status: str
    since: datetime = Field(sa_type=INSTANT)
    list_name: str
    list_name_key: str

    customer: CustomerRow = Relationship(sa_relationship_kwargs={"lazy": "raise"})


class BillingProfileRow(SQLModel, table=True):
    """What a partner bills a customer under."""

    __tablename__ = "billing_profile"

    cloud: str = Field(primary_key=True)
    partner_id: UUID = Field(primary_key=True)
    customer_id: UUID = Field(primary_key=True)
    id: UUID
    company_name: str
    first_name: str | None
    last_name: str | None
    email: str
    culture: str
    language: str
    address_line1: str
    address_line2: str | None
    address_city: str | None
    address_state: str | None
    address_postal_code: str | None
    address_country: str
    address_first_name: str
    address_last_name: str
    address_phone_number: str | None
    etag: str
    updated_at: datetime = Field(sa_type=INSTANT)


class ActivityRow(SQLModel, table=True):
    """A line of the activity log."""

    __tablename__ = "activity_record"

    id: UUID = Field(primary_key=True)
    cloud: str
    partner_id: UUID
    occurred_at: datetime = Field(sa_type=INSTANT)
    operation: str
    resource_type: str
    status: str
    actor: str
    actor_id: UUID
    actor_kind: str
    actor_roles: list[str] = Field(sa_type=JSON)
    actor_mfa: bool
    customer_id: UUID
    customer_name: str
    customer_name_key: str
    correlation_id: str
    changes: list[dict[str, Any]] = Field(sa_type=JSON)
