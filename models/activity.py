"""The activity log: one line a change and partner, written in the change's transaction, never altered."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index, PrimaryKeyConstraint
from sqlmodel import Field, SQLModel

from models.base import JsonDocument, KeyText, UtcDateTime, stored
from policy.vocabulary import Cloud, PrincipalKind


class ActivityStatus(StrEnum):
    """How the action ended (permissions.md 6.1)."""

    SUCCEEDED = "succeeded"
    FAILED = "failed"
    IN_PROGRESS = "in_progress"


class ActivityRecord(SQLModel, table=True):
    """One line. It outlives its customer (a sandbox customer can be deleted), so it holds no foreign key to it."""

    __tablename__ = "activity_record"
    __table_args__ = (
        PrimaryKeyConstraint("id"),
        ForeignKeyConstraint(["cloud", "partner_id"], ["partner.cloud", "partner.id"]),
        Index("ix_activity_record_log", "cloud", "partner_id", "occurred_at", "id"),
        Index("ix_activity_record_customer", "cloud", "partner_id", "customer_id", "occurred_at", "id"),
    )

    id: UUID
    cloud: Cloud = Field(sa_type=stored(Cloud, "cloud"))
    partner_id: UUID
    occurred_at: datetime = Field(sa_type=UtcDateTime)
    operation: str
    resource_type: str
    status: ActivityStatus = Field(sa_type=stored(ActivityStatus, "status"))
    actor: str
    actor_id: UUID
    actor_kind: PrincipalKind = Field(sa_type=stored(PrincipalKind, "actor_kind"))
    actor_roles: list[str] = Field(sa_type=JsonDocument)
    actor_mfa: bool
    customer_id: UUID | None = None
    customer_name: str | None = None
    customer_name_key: str | None = Field(default=None, sa_type=KeyText)
    correlation_id: str
    changes: list[dict[str, Any]] = Field(sa_type=JsonDocument)
