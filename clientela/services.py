"""What a server process has one of, and all its doors share."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncEngine

from clientela.clock import Clock
from clientela.contexts import Contexts
from clientela.database import make_database, make_engine
from clientela.exports import SignedExportLinks
from clientela.http.errors import report_internal
from clientela.identity.authentication import Authenticator
from clientela.identity.development import DevelopmentIssuer
from clientela.identity.making import make_authenticator, make_development_issuer
from clientela.invitations import make_invitations
from clientela.mail.delivery import MailDelivery
from clientela.mail.relay import SmtpRelay
from clientela.operations.instruments import Instruments
from clientela.rates.limiter import RateLimiter
from clientela.rates.making import make_rate_limiter
from clientela.secret import secret_key
from clientela.settings import Settings
from clientela.streams.event_log import EventLog
from clientela.streams.feed import Feed
from clientela.streams.notices import look_seconds, notifier
from execution.database.connection import Database
from execution.engine import Admit, Engine
from execution.plans.planner import Planner
from schema.build import build_schema
from schema.context import Context
from schema.errors import translate


@dataclass(frozen=True, slots=True)
class Services:
    """They, each made once.

    Attributes:
        settings: The deployment's settings.
        secret: The server's secret.
        clock: What time it is.
        instruments: Keep account of requests.
        database: Where operations read and write.
        connections: The same database, for what is no operation.
        development: The issuer of a development server; None elsewhere.
        authenticator: Says who is asking.
        export_links: Makes and reads export links.
        delivery: Sends mail; None where the server has no relay.
        events: What happened, by the log.
        feed: Brings what happens.
        contexts: Makes the context of each operation.
        planner: Compiles operations.
        rates: Says who may ask for how much.
        engine: Runs operations.
    """

    settings: Settings
    secret: str
    clock: Clock
    instruments: Instruments
    database: Database
    connections: AsyncEngine
    development: DevelopmentIssuer | None
    authenticator: Authenticator
    export_links: SignedExportLinks
    delivery: MailDelivery | None
    events: EventLog
    feed: Feed
    contexts: Contexts
    planner: Planner
    rates: RateLimiter
    engine: Engine


def make_services(settings: Settings, clock: Clock) -> Services:
    """Makes them, each from those before it.

    Raises:
        SchemaFault: The schema has an unguarded or unexplained part.
    """
    secret = secret_key(settings)
    instruments = Instruments(settings, secret)
    database = instruments.round_database(make_database(settings))
    connections = make_engine(settings)
    development = make_development_issuer(settings)
    authenticator = make_authenticator(settings, database, development)
    links = SignedExportLinks(secret, settings.base_url)
    invitations = make_invitations(settings, secret)
    delivery = MailDelivery(connections, SmtpRelay(settings), invitations, clock) if settings.smtp_host else None
    events = EventLog(database)
    feed = Feed(events, notifier(database), look_seconds(database), settings.max_waiting_events)
    committed = _committed(authenticator, delivery, feed)
    contexts = Contexts(database, clock, links, committed, invitations, delivery.domain if delivery else None)
    schema = build_schema()
    planner = Planner(schema, database)
    rates = make_rate_limiter(settings)
    engine = Engine(schema, translate, report_internal, planner, settings.document_limits, _admit(rates))
    return Services(
        settings=settings,
        secret=secret,
        clock=clock,
        instruments=instruments,
        database=database,
        connections=connections,
        development=development,
        authenticator=authenticator,
        export_links=links,
        delivery=delivery,
        events=events,
        feed=feed,
        contexts=contexts,
        planner=planner,
        rates=rates,
        engine=engine,
    )


def _committed(
    authenticator: Authenticator, delivery: MailDelivery | None, feed: Feed
) -> Callable[[frozenset[str]], None]:
    def tell(tables: frozenset[str]) -> None:
        authenticator.after_commit(tables)
        feed.after_commit(tables)
        if delivery is not None:
            delivery.after_commit(tables)

    return tell


def _admit(rates: RateLimiter) -> Admit:
    def charge(context: Context, cost: int, mutations: int) -> int | Awaitable[int]:
        return rates.charge(context.principal, context.address, cost, mutations)

    return charge
