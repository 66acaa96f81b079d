"""Answers that are told again to a client that sends its request again under the same key."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, PrimaryKeyConstraint
from sqlmodel import Field, SQLModel

from models.base import KeyText, UtcDateTime, stored
from policy.vocabulary import Cloud


class IdempotentAnswer(SQLModel, table=True):
    """What one field of a mutation answered under a key of its principal's, written in the field's transaction.

    Key, field and request are there as digests only; `answer` is sealed, for it holds what only its principal may see.
    It outlives what it tells of, so it holds no foreign key.
    """

    __tablename__ = "idempotent_answer"
    __table_args__ = (
        PrimaryKeyConstraint("cloud", "tenant_id", "actor_id", "key_digest", "field_digest"),
        Index("ix_idempotent_answer_answered_at", "answered_at"),
    )

    cloud: Cloud = Field(sa_type=stored(Cloud, "cloud"))
    tenant_id: UUID
    actor_id: UUID
    key_digest: str = Field(sa_type=KeyText)
    field_digest: str = Field(sa_type=KeyText)
    request_digest: str = Field(sa_type=KeyText)
    answered_at: datetime = Field(sa_type=UtcDateTime)
    answer: str
