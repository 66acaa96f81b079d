"""Mail that is still to be handed to the relay, written in the transaction of what it tells about."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index, PrimaryKeyConstraint, text
from sqlmodel import Field, SQLModel

from models.base import UtcDateTime, stored
from policy.vocabulary import Cloud


class MailKind(StrEnum):
    """What a mail is about, which says how its link is made."""

    RELATIONSHIP_REQUEST = "relationship_request"
    PARTNERSHIP = "partnership"


class OutboxMail(SQLModel, table=True):
    """One mail. The row is gone once the relay has taken the mail.

    The link is a secret and stored nowhere: where it belongs, `text` has the row's id in hexadecimal digits.
    Without `next_attempt_at` it is a dead letter, which an operator tries again or drops.
    """

    __tablename__ = "outbox_mail"
    __table_args__ = (
        PrimaryKeyConstraint("id"),
        ForeignKeyConstraint(["cloud", "partner_id"], ["partner.cloud", "partner.id"]),
        Index(
            "ix_outbox_mail_due",
            "next_attempt_at",
            postgresql_where=text("next_attempt_at is not null"),
            sqlite_where=text("next_attempt_at is not null"),
        ),
    )

    id: UUID
    cloud: Cloud = Field(sa_type=stored(Cloud, "cloud"))
    partner_id: UUID
    kind: MailKind = Field(sa_type=stored(MailKind, "kind"))
    about_id: UUID
    message_id: str
    sender_name: str
    recipient: str
    subject: str
    text: str
    correlation_id: str
    created_at: datetime = Field(sa_type=UtcDateTime)
    attempts: int = 0
    next_attempt_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    last_error: str | None = None
