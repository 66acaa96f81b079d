"""What a partner bills a customer under: one profile a partner and customer (customers.md 1.3)."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, PrimaryKeyConstraint, UniqueConstraint
from sqlmodel import Field, SQLModel

from models.base import UtcDateTime, stored
from policy.vocabulary import Cloud


class BillingProfile(SQLModel, table=True):
    """A billing profile. Its address is stored beside it: nothing else owns one."""

    __tablename__ = "billing_profile"
    __table_args__ = (
        PrimaryKeyConstraint("cloud", "partner_id", "customer_id"),
        UniqueConstraint("id"),
        ForeignKeyConstraint(
            ["cloud", "partner_id", "customer_id"],
            ["relationship.cloud", "relationship.partner_id", "relationship.customer_id"],
            ondelete="CASCADE",
        ),
        CheckConstraint("length(address_country) = 2", "country"),
    )

    cloud: Cloud = Field(sa_type=stored(Cloud, "cloud"))
    partner_id: UUID
    customer_id: UUID
    id: UUID
    company_name: str
    first_name: str | None = None
    last_name: str | None = None
    email: str
    culture: str
    language: str
    address_line1: str
    address_line2: str | None = None
    address_city: str | None = None
    address_state: str | None = None
    address_postal_code: str | None = None
    address_country: str
    address_region: str | None = None
    address_first_name: str
    address_middle_name: str | None = None
    address_last_name: str
    address_phone_number: str | None = None
    etag: str
    updated_at: datetime = Field(sa_type=UtcDateTime)
