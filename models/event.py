"""Events for subscribers: written by triggers in the transaction of what they tell about."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import BigInteger, Column, Index, Integer, PrimaryKeyConstraint
from sqlmodel import Field, SQLModel

from models.base import UtcDateTime, stored
from policy.vocabulary import Cloud


class EventKind(StrEnum):
    """What an event tells about."""

    ACTIVITY = "activity"
    RELATIONSHIP_REQUEST = "relationship_request"


class Event(SQLModel, table=True):
    """One event. Neither commands nor imports write it: triggers on the tables that it tells about do.

    `number` is drawn when the row is written, which is before its commit. `xact` is the transaction that wrote it on
    PostgreSQL. SQLite has one writer, so that there the number says it all, and `xact` is always 0.
    """

    __tablename__ = "event"
    __table_args__ = (
        PrimaryKeyConstraint("number"),
        Index("ix_event_xact", "xact", "number").ddl_if(dialect="postgresql"),
        Index("ix_event_partner", "cloud", "partner_id", "xact", "number"),
        Index("ix_event_subject", "cloud", "partner_id", "subject_id"),
    )

    number: int = Field(
        sa_column=Column("number", BigInteger().with_variant(Integer, "sqlite"), autoincrement=True, nullable=False)
    )
    xact: int = Field(sa_column=Column("xact", BigInteger, nullable=False))
    cloud: Cloud = Field(sa_type=stored(Cloud, "cloud"))
    partner_id: UUID
    kind: EventKind = Field(sa_type=stored(EventKind, "kind"))
    subject_id: UUID
    created_at: datetime = Field(sa_type=UtcDateTime)


class EventHorizon(SQLModel, table=True):
    """A transaction id below which every transaction had ended when the row was written.

    All processes order events by the first horizon above their transaction, then by number; on PostgreSQL only.
    """

    __tablename__ = "event_horizon"
    __table_args__ = (PrimaryKeyConstraint("xact"),)

    xact: int = Field(sa_column=Column("xact", BigInteger, nullable=False, autoincrement=False))
