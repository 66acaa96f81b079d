"""Customers' tenants: the part of an account that is the same for every partner that serves it."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, PrimaryKeyConstraint, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from models.base import KeyText, UtcDateTime, stored
from policy.vocabulary import Cloud


class AccountVerification(StrEnum):
    """Whether the account may buy (customers.md 4.3)."""

    NOT_STARTED = "not_started"
    IN_REVIEW = "in_review"
    APPROVED = "approved"
    DENIED = "denied"


class Customer(SQLModel, table=True):
    """A customer's tenant. Its legal name never follows a partner's billing profile (customers.md 2.4)."""

    __tablename__ = "customer"
    __table_args__ = (
        PrimaryKeyConstraint("cloud", "id"),
        UniqueConstraint("domain"),
        CheckConstraint("domain = lower(domain)", "domain_folded"),
        CheckConstraint("length(country) = 2", "country"),
    )

    cloud: Cloud = Field(sa_type=stored(Cloud, "cloud"))
    id: UUID
    company_name: str
    domain: str = Field(sa_type=KeyText)
    country: str
    organization_registration_number: str | None = None
    account_verification: AccountVerification = Field(
        default=AccountVerification.APPROVED,
        sa_type=stored(AccountVerification, "account_verification"),
    )
    created_at: datetime = Field(sa_type=UtcDateTime)


class CustomerDomain(SQLModel, table=True):
    """A domain of a customer. Unique in the whole system, ignoring case (customers.md 1.5)."""

    __tablename__ = "customer_domain"
    __table_args__ = (
        PrimaryKeyConstraint("name"),
        ForeignKeyConstraint(["cloud", "customer_id"], ["customer.cloud", "customer.id"], ondelete="CASCADE"),
        CheckConstraint("name = lower(name)", "name_folded"),
        Index("ix_customer_domain_customer", "cloud", "customer_id", "name"),
        Index(
            "uq_customer_domain_initial",
            "cloud",
            "customer_id",
            unique=True,
            postgresql_where=text("is_initial"),
            sqlite_where=text("is_initial"),
        ),
    )

    name: str = Field(sa_type=KeyText)
    cloud: Cloud = Field(sa_type=stored(Cloud, "cloud"))
    customer_id: UUID
    is_initial: bool


class CustomerUser(SQLModel, table=True):
    """A user of a customer's tenant; at least the first administrator. Passwords only as a hash."""

    __tablename__ = "customer_user"
    __table_args__ = (
        PrimaryKeyConstraint("cloud", "customer_id", "id"),
        ForeignKeyConstraint(["cloud", "customer_id"], ["customer.cloud", "customer.id"], ondelete="CASCADE"),
        UniqueConstraint("cloud", "sign_in_name"),
        CheckConstraint("sign_in_name = lower(sign_in_name)", "sign_in_name_folded"),
    )

    cloud: Cloud = Field(sa_type=stored(Cloud, "cloud"))
    customer_id: UUID
    id: UUID
    sign_in_name: str
    display_name: str
    is_global_admin: bool
    is_enabled: bool = True
    password_hash: str | None = None
    must_change_password: bool = True
    created_at: datetime = Field(sa_type=UtcDateTime)
