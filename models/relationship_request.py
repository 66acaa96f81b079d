"""Invitations to customers: a partner asks to be the reseller, the customer's global admin decides."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, PrimaryKeyConstraint, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from models.base import KeyText, UtcDateTime, stored
from policy.vocabulary import Cloud


class RelationshipRequestKind(StrEnum):
    """Which relationships an acceptance makes (relationships.md 1.4)."""

    DIRECT = "direct"
    PROVIDER = "provider"
    RESELLER_ONLY = "reseller_only"
    RESELLER_WITH_PROVIDER = "reseller_with_provider"


class RelationshipRequestStatus(StrEnum):
    """Where a request stands (R2.10); the last four are final."""

    DRAFT = "draft"
    SENT = "sent"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


class RelationshipRequest(SQLModel, table=True):
    """One request. Its link is derived from the id and stored nowhere; `body` has a mark in the link's place.

    `target_customer_id` is no foreign key: a partner may name any tenant, and must not learn by it which exist.
    `open_key` folds what makes two open requests the same (R2.14); null where the request names no target, or is
    open no longer.
    """

    __tablename__ = "relationship_request"
    __table_args__ = (
        PrimaryKeyConstraint("cloud", "inviter_id", "id"),
        UniqueConstraint("id"),
        ForeignKeyConstraint(["cloud", "inviter_id"], ["partner.cloud", "partner.id"]),
        ForeignKeyConstraint(["cloud", "provider_id"], ["partner.cloud", "partner.id"]),
        ForeignKeyConstraint(["cloud", "customer_id"], ["customer.cloud", "customer.id"], ondelete="CASCADE"),
        CheckConstraint("(kind = 'reseller_with_provider') = (provider_id is not null)", "provider"),
        CheckConstraint("cloud = 'global' or includes_delegated_admin", "delegated_admin"),
        CheckConstraint("status <> 'sent' or sent_at is not null", "sent_at"),
        CheckConstraint("(status in ('accepted', 'declined')) = (customer_id is not null)", "decided_by_a_customer"),
        CheckConstraint("status in ('draft', 'sent') or open_key is null", "open_key"),
        Index(
            "uq_relationship_request_open",
            "cloud",
            "inviter_id",
            "open_key",
            unique=True,
            postgresql_where=text("open_key is not null"),
            sqlite_where=text("open_key is not null"),
        ),
        Index("ix_relationship_request_created", "cloud", "inviter_id", "created_at", "id"),
        # With `expires_at`, so that what is open now is found without a look at the rows.
        Index(
            "ix_relationship_request_status",
            "cloud",
            "inviter_id",
            "status",
            "kind",
            "created_at",
            "id",
            "expires_at",
        ),
        Index("ix_relationship_request_customer", "cloud", "customer_id"),
        Index(
            "ix_relationship_request_expiry",
            "cloud",
            "expires_at",
            postgresql_where=text("status = 'sent'"),
            sqlite_where=text("status = 'sent'"),
        ),
    )

    cloud: Cloud = Field(sa_type=stored(Cloud, "cloud"))
    inviter_id: UUID
    id: UUID
    kind: RelationshipRequestKind = Field(sa_type=stored(RelationshipRequestKind, "kind"))
    status: RelationshipRequestStatus = Field(sa_type=stored(RelationshipRequestStatus, "status"))
    provider_id: UUID | None = None
    includes_delegated_admin: bool
    target_customer_id: UUID | None = None
    target_email: str | None = None
    open_key: str | None = Field(default=None, sa_type=KeyText)
    subject: str | None = None
    body: str | None = None
    created_at: datetime = Field(sa_type=UtcDateTime)
    created_by: str
    created_by_id: UUID
    sent_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    expires_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    decided_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    decided_by: str | None = None
    decline_reason: str | None = None
    customer_id: UUID | None = None
