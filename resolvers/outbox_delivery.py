"""The outbox from the side of delivery: which mail is due, and what becomes of it."""

from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import case, delete, literal, null, select, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from models import OutboxMail
from models.base import UtcDateTime
from models.outbox import MailKind
from policy.vocabulary import Cloud

LEASE = timedelta(minutes=2)
"""How long a mail is one process's affair. If that process is killed meanwhile, another one takes it up then."""

FIRST_WAIT = timedelta(seconds=15)
LONGEST_WAIT = timedelta(hours=1)
MOST_ATTEMPTS = 56
"""Two days, with waits that double up to an hour."""

LONGEST_ERROR = 500


class DueMail(NamedTuple):
    """A mail that is to be delivered now; `text` has the id's hexadecimal digits in place of the link."""

    id: UUID
    cloud: Cloud
    kind: MailKind
    about_id: UUID
    message_id: str
    sender_name: str
    recipient: str
    subject: str
    text: str
    correlation_id: str
    attempts: int


async def waiting_since(connection: AsyncConnection, now: datetime) -> datetime | None:
    """Since when the mail that is due the longest has waited; None where nothing is due. Keeps nobody from writing."""
    due = select(col(OutboxMail.next_attempt_at)).where(col(OutboxMail.next_attempt_at) <= now)
    return await connection.scalar(due.order_by(col(OutboxMail.next_attempt_at)).limit(1))


async def claim_mail(connection: AsyncConnection, now: datetime) -> DueMail | None:
    """Takes the mail that has been due the longest, so that no other process delivers it at the same time.

    A lease and not a lock: on SQLite, a transaction that stays open while the relay answers would keep everybody
    from writing. The attempt counts from here, and the last one leaves a dead letter behind before it begins, so a
    mail that kills the process is not tried for ever.

    Args:
        connection: Begins and ends the transaction itself.
        now: The instant by which mail is due.

    Returns:
        The mail, good for `LEASE`; None where nothing is due.
    """
    first = (
        select(col(OutboxMail.id))
        .where(col(OutboxMail.next_attempt_at) <= now)
        .order_by(col(OutboxMail.next_attempt_at))
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    claim = (
        update(OutboxMail)
        .where(col(OutboxMail.id) == first.scalar_subquery())
        .values(
            attempts=OutboxMail.attempts + 1,
            next_attempt_at=case(
                (col(OutboxMail.attempts) + 1 >= MOST_ATTEMPTS, null()), else_=literal(now + LEASE, UtcDateTime())
            ),
        )
        .returning(*(col(getattr(OutboxMail, name)) for name in DueMail._fields))
    )
    row = (await connection.execute(claim)).first()
    await connection.commit()
    return DueMail(*row) if row is not None else None


async def mail_delivered(connection: AsyncConnection, mail: DueMail) -> None:
    """Forgets a mail that the relay took."""
    await connection.execute(delete(OutboxMail).where(col(OutboxMail.id) == mail.id))
    await connection.commit()


async def mail_failed(
    connection: AsyncConnection, mail: DueMail, error: str, now: datetime, *, for_good: bool
) -> datetime | None:
    """Notes that an attempt failed.

    Args:
        connection: Begins and ends the transaction itself.
        mail: The mail, as it was claimed.
        error: Why, for the operator.
        now: The instant of the failure.
        for_good: Whether trying again would not help.

    Returns:
        When it is tried again; None where it is a dead letter from now on.
    """
    again = None if for_good or mail.attempts >= MOST_ATTEMPTS else now + _wait_after(mail.attempts)
    # Where the lease ran out and another process took the mail, it is that process's affair.
    await connection.execute(
        update(OutboxMail)
        .where(col(OutboxMail.id) == mail.id, col(OutboxMail.attempts) == mail.attempts)
        .values(next_attempt_at=again, last_error=error[:LONGEST_ERROR])
    )
    await connection.commit()
    return again


def _wait_after(attempts: int) -> timedelta:
    # Beyond eight doublings it is the longest wait anyway.
    doubled: timedelta = FIRST_WAIT * 2 ** min(attempts - 1, 8)
    return min(doubled, LONGEST_WAIT)
