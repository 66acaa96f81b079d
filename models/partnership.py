"""Who works with whom: an indirect provider and an indirect reseller, from the invitation to the end."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, PrimaryKeyConstraint, text
from sqlmodel import Field, SQLModel

from models.base import KeyText, UtcDateTime, stored
from policy.vocabulary import Cloud


class PartnershipStatus(StrEnum):
    """Where a partnership stands (R3.5)."""

    REQUESTED = "requested"
    ACTIVE = "active"
    ENDED = "ended"
    DECLINED = "declined"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


class Partnership(SQLModel, table=True):
    """An indirect provider and an indirect reseller (relationships.md 3.1). Without a reseller until one accepts.

    Both names' keys are copies: each side lists and searches the other by name. `open_key` folds what makes two
    open requests the same; null where the request names nobody, or is open no longer. `subject` and `body` are what a
    person made of the mail; null while it is the draft's. The link is stored nowhere: `body` holds a mark in its place.
    """

    __tablename__ = "partnership"
    __table_args__ = (
        PrimaryKeyConstraint("id"),
        ForeignKeyConstraint(["cloud", "provider_id"], ["partner.cloud", "partner.id"]),
        ForeignKeyConstraint(["cloud", "reseller_id"], ["partner.cloud", "partner.id"]),
        CheckConstraint("provider_id <> reseller_id", "two_partners"),
        CheckConstraint("(status in ('active', 'ended')) = (reseller_id is not null)", "reseller_when_accepted"),
        CheckConstraint("(reseller_id is null) = (accepted_at is null)", "accepted_at"),
        CheckConstraint("status = 'requested' or open_key is null", "open_key"),
        # R3.5: at most one active a pair; history stays.
        Index(
            "uq_partnership_live_pair",
            "cloud",
            "provider_id",
            "reseller_id",
            unique=True,
            postgresql_where=text("status = 'active'"),
            sqlite_where=text("status = 'active'"),
        ),
        Index(
            "uq_partnership_open",
            "cloud",
            "provider_id",
            "open_key",
            unique=True,
            postgresql_where=text("open_key is not null"),
            sqlite_where=text("open_key is not null"),
        ),
        Index("ix_partnership_provider", "cloud", "provider_id", "reseller_name_key", "id"),
        Index("ix_partnership_provider_status", "cloud", "provider_id", "status", "reseller_name_key", "id"),
        Index("ix_partnership_reseller", "cloud", "reseller_id", "provider_name_key", "id"),
        Index(
            "ix_partnership_expiry",
            "cloud",
            "expires_at",
            postgresql_where=text("status = 'requested'"),
            sqlite_where=text("status = 'requested'"),
        ),
    )

    id: UUID
    cloud: Cloud = Field(sa_type=stored(Cloud, "cloud"))
    provider_id: UUID
    reseller_id: UUID | None = None
    status: PartnershipStatus = Field(sa_type=stored(PartnershipStatus, "status"))
    provider_name_key: str = Field(sa_type=KeyText)
    reseller_name_key: str = Field(default="", sa_type=KeyText)
    target_email: str | None = None
    open_key: str | None = Field(default=None, sa_type=KeyText)
    requested_at: datetime = Field(sa_type=UtcDateTime)
    requested_by: str
    sent_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    subject: str | None = None
    body: str | None = None
    expires_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    accepted_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    accepted_by: str | None = None
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    ended_by: str | None = None
