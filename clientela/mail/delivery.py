"""The delivery of what is in the outbox: a task beside the requests, shared by all processes of a deployment."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from email.message import EmailMessage

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from clientela.clock import Clock
from clientela.mail.message import compose
from clientela.mail.relay import NotTakenError, SmtpRelay
from models.outbox import MailKind, OutboxMail
from resolvers.invitations import Invitations, Invited
from resolvers.outbox_delivery import DueMail, claim_mail, mail_delivered, mail_failed, waiting_since

POLL_SECONDS = 5
"""How soon mail is seen that another process queued or that is due again; mail of this process is seen at once."""

SECONDS_TO_FINISH = 10

INVITED = {MailKind.RELATIONSHIP_REQUEST: Invited.CUSTOMER, MailKind.PARTNERSHIP: Invited.RESELLER}
"""Whose link a mail of a kind holds."""

log = structlog.get_logger()


class MailDelivery:
    """Delivers mail, one after the other, at least once.

    A crash between the relay's yes and ours repeats a mail under its Message-ID, by which mailboxes tell that they
    have it.
    """

    def __init__(self, database: AsyncEngine, relay: SmtpRelay, invitations: Invitations, clock: Clock) -> None:
        self._database = database
        self._relay = relay
        self._invitations = invitations
        self._clock = clock
        self._woken = asyncio.Event()
        self._stopping = False

    @property
    def domain(self) -> str:
        """The domain that mail comes from."""
        return self._relay.domain

    def after_commit(self, tables: frozenset[str]) -> None:
        """Has the task look into the outbox now where this process put something there."""
        if OutboxMail.__tablename__ in tables:
            self._woken.set()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Delivers as long as the context lasts; the mail that is under way at its end is seen through."""
        task = asyncio.create_task(self._run())
        try:
            yield
        finally:
            self._stopping = True
            self._woken.set()
            await asyncio.wait([task], timeout=SECONDS_TO_FINISH)
            task.cancel()

    async def deliver_due(self) -> None:
        """Tries all mail that is due once."""
        async with self._database.connect() as reading:
            if await waiting_since(reading, self._clock()) is None:
                return
        async with self._database.execution_options(writes=True).connect() as connection:
            while not self._stopping and (mail := await claim_mail(connection, self._clock())) is not None:
                try:
                    await self._relay.send(self._message(mail))
                except NotTakenError as error:
                    now = self._clock()
                    again = await mail_failed(connection, mail, str(error), now, for_good=error.for_good)
                    _log_failure(mail, error, again)
                else:
                    await mail_delivered(connection, mail)
                    log.info("mail delivered", **_names(mail))

    async def _run(self) -> None:
        while not self._stopping:
            self._woken.clear()
            try:
                await self.deliver_due()
            except (SQLAlchemyError, OSError) as error:
                log.error("the outbox cannot be read", error=str(getattr(error, "orig", None) or error))
            except Exception as error:
                # Nothing may end the task for as long as the process lives; the mail waits for its lease to end.
                log.error("mail delivery failed", exc_info=error)
            try:
                async with asyncio.timeout(POLL_SECONDS):
                    await self._woken.wait()
            except TimeoutError:
                continue

    def _message(self, mail: DueMail) -> EmailMessage:
        link = self._invitations.link(INVITED[mail.kind], mail.about_id)
        try:
            return compose(mail, link, self._relay.sender, self._clock())
        except ValueError as error:
            raise NotTakenError(f"the mail cannot be written: {error}", for_good=True) from error


def _names(mail: DueMail) -> dict[str, object]:
    return {
        "mail_id": mail.id.hex,
        "message_id": mail.message_id,
        "correlation_id": mail.correlation_id,
        "attempt": mail.attempts,
    }


def _log_failure(mail: DueMail, error: NotTakenError, again: datetime | None) -> None:
    # Relays quote the address, but logs are kept by other rules than people's data; the outbox has the whole answer.
    reason = str(error).replace(mail.recipient, "(the recipient)")
    if again is None:
        log.error("mail given up", error=reason, **_names(mail))
    else:
        log.warning("mail not delivered", error=reason, again=again.isoformat(), **_names(mail))
