"""The outbox from the operator's side: what waits, what is dead, and what is to become of it."""

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import and_, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from models import OutboxMail, Partner
from models.outbox import MailKind
from policy.vocabulary import Cloud


class OutboxRow(NamedTuple):
    """A mail that is not delivered yet; a dead letter where `next_attempt_at` is None."""

    id: UUID
    cloud: Cloud
    partner: str
    kind: MailKind
    recipient: str
    created_at: datetime
    attempts: int
    next_attempt_at: datetime | None
    last_error: str | None


async def outbox(connection: AsyncConnection) -> list[OutboxRow]:
    """All mail that is not delivered yet, the oldest first."""
    columns = [col(Partner.name) if name == "partner" else col(getattr(OutboxMail, name)) for name in OutboxRow._fields]
    rows = (
        select(*columns)
        .join(Partner, and_(col(Partner.cloud) == OutboxMail.cloud, col(Partner.id) == OutboxMail.partner_id))
        .order_by(col(OutboxMail.created_at), col(OutboxMail.id))
    )
    return [OutboxRow(*row) for row in await connection.execute(rows)]


async def retry_mail(connection: AsyncConnection, ids: Collection[UUID], now: datetime) -> int:
    """Has mail tried again at once, as if for the first time; under its old Message-ID.

    Returns:
        How many of the ids there were.
    """
    again = update(OutboxMail).where(col(OutboxMail.id).in_(ids)).values(attempts=0, next_attempt_at=now)
    return (await connection.execute(again)).rowcount


async def drop_mail(connection: AsyncConnection, ids: Collection[UUID]) -> int:
    """Deletes mail that is not to be delivered any more.

    Returns:
        How many of the ids there were.
    """
    return (await connection.execute(delete(OutboxMail).where(col(OutboxMail.id).in_(ids)))).rowcount
