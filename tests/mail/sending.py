"""Mail put into the outbox as commands do it, in a transaction of their own."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine
from uuid_utils.compat import uuid7

from clientela.clock import utc_now
from clientela.database import make_database, make_engine
from clientela.demo.organisations import find_person
from clientela.exports import SignedExportLinks
from clientela.mail.delivery import MailDelivery
from clientela.mail.relay import SmtpRelay
from clientela.settings import Settings
from execution.database.connection import Database
from models.outbox import MailKind
from policy.principal import Principal, Standing
from policy.vocabulary import PrincipalKind
from resolvers.invitations import Invitations, Invited
from resolvers.outbox import Mail, queue_mail
from schema.context import Context
from tests.clients import Api, Clock

TEXT = """Buongiorno,

l'agenzia <Litware> & Co. vi invita:
{link}

Cordiali saluti
"""


INVITATIONS = Invitations(["s" * 40], {Invited.CUSTOMER: "https://clientela.example/it/invitation"}, None)


def with_relay(settings: Settings, port: int, **more: object) -> Settings:
    """The settings of a server with a relay on a port of this machine."""
    mail = {
        "smtp_host": "127.0.0.1",
        "smtp_port": port,
        "smtp_security": "none",
        "mail_from": "no-reply@clientela.example",
    }
    return Settings(_env_file=None, **{**settings.model_dump(exclude_unset=True), **mail, **more})  # type: ignore[arg-type]


Committed = Callable[[frozenset[str]], None]


def unheard(_tables: frozenset[str]) -> None:
    """For a process that leaves the delivery to others."""


async def queue(
    database: Database, now: datetime, committed: Committed = unheard, *, keep: bool = True, **more: str
) -> Mail:
    """Puts a mail into the outbox as Litware's sales agent.

    Args:
        database: Where the outbox is.
        now: When.
        committed: Hears of the commit.
        keep: Whether to commit.
        more: Parts of the mail that are to be others.
    """
    person = find_person("sales-agent@litware")
    assert person is not None
    standing = Standing(PrincipalKind.PARTNER_USER, person.cloud, frozenset(person.roles))
    principal = Principal(standing, person.tenant_id, person.id, person.sign_in_name, mfa=True, country="IT")
    about_id = uuid7()
    link = INVITATIONS.link(Invited.CUSTOMER, about_id)
    parts = {"recipient": "anna@alpineskihouse.example", "subject": "Un invito: perché no?", "text": TEXT, **more}
    parts["text"] = parts["text"].format(link=link)
    mail = Mail(MailKind.RELATIONSHIP_REQUEST, about_id, link=link, **parts)
    exports = SignedExportLinks("s" * 40, "https://clientela.example")
    context = Context(principal, database, now, "the-correlation", exports, committed, INVITATIONS, "clientela.example")
    unit = context.begin(writes=True)
    unit.keep = keep
    await queue_mail(context.call(), mail)
    await unit.end()
    return mail


@dataclass
class Sender:
    """Litware's outbox, and a delivery that runs when it is told to.

    Attributes:
        engine: Looks into the database.
        database: The same database, as commands use it.
        delivery: Delivers what is due.
        clock: Its clock.
        committed: The tables that commits changed.
    """

    engine: AsyncEngine
    database: Database
    delivery: MailDelivery
    clock: Clock
    committed: list[frozenset[str]] = field(default_factory=list)

    async def queue(self, *, keep: bool = True, **more: str) -> Mail:
        """Puts a mail into the outbox."""
        return await queue(self.database, self.clock(), self.committed.append, keep=keep, **more)

    async def rows(self, columns: str) -> list[tuple[Any, ...]]:
        """What is in the outbox."""
        async with self.engine.connect() as connection:
            return [tuple(row) for row in await connection.execute(text(f"select {columns} from outbox_mail"))]

    async def is_dead(self) -> bool:
        """Whether the one mail in the outbox was given up."""
        ((again,),) = await self.rows("next_attempt_at")
        return again is None

    async def deliver(self, after: timedelta = timedelta()) -> None:
        """Sets the clock forward and delivers what is due then."""
        self.clock.fixed = self.clock() + after
        await self.delivery.deliver_due()


@asynccontextmanager
async def sender(settings: Settings, port: int, **more: object) -> AsyncIterator[Sender]:
    """An outbox on the database of the settings, whose relay is the one on the port."""
    settings = with_relay(settings, port, **more)
    engine, database, clock = make_engine(settings), make_database(settings), Clock(utc_now())
    try:
        yield Sender(engine, database, MailDelivery(engine, SmtpRelay(settings), INVITATIONS, clock), clock)
    finally:
        await database.close()
        await engine.dispose()


def faults(payload: dict[str, Any]) -> list[tuple[str, list[str]]]:
    """Code and field of each fault that a payload tells of."""
    return [(fault["code"], fault["field"]) for fault in payload["userErrors"]]


async def waiting(api: Api) -> int:
    """How many mails wait."""
    return len(await api.rows("select id from outbox_mail"))
