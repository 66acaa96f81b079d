"""The composition root of a server process: everything is made here and handed to who needs it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, suppress
from functools import partial

from sqlalchemy.ext.asyncio import AsyncEngine
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from clientela.clock import Clock, utc_now
from clientela.database import make_database, make_engine, notifying_dsn
from clientela.development import DevelopmentRoutes
from clientela.explorer import explorer_routes
from clientela.exports import ExportedFile, SignedExportLinks, export_path
from clientela.http.correlation import Correlated
from clientela.http.endpoint import GraphQLEndpoint
from clientela.http.errors import report_internal
from clientela.http.idempotency import Seal
from clientela.http.origins import open_to
from clientela.http.persisted import PersistedDocuments
from clientela.http.watch import Watch
from clientela.identity.authentication import CHANNEL, Authenticator
from clientela.identity.development import DevelopmentIssuer
from clientela.identity.keys import PublishedKeys
from clientela.identity.people import People
from clientela.identity.tokens import TokenVerifier, TrustedIssuer
from clientela.invitation_page import invitation_routes
from clientela.invitations import make_invitations
from clientela.mail.delivery import MailDelivery
from clientela.mail.relay import SmtpRelay
from clientela.names import check_names
from clientela.operations.instruments import Instruments
from clientela.operations.readiness import Readiness
from clientela.operations.shutdown import Shutdown
from clientela.rates.limiter import RateLimiter
from clientela.rates.making import make_rate_limiter
from clientela.secret import secret_key
from clientela.settings import Settings
from clientela.streams.connections import OpenConnections
from clientela.streams.event_log import EventLog
from clientela.streams.feed import Feed
from clientela.streams.notices import EVENTS_CHANNEL, look_seconds, notifier
from clientela.streams.server_sent_events import EventStreams
from clientela.streams.subscriptions import Subscriptions
from clientela.streams.websocket import WebSocketEndpoint
from execution.database.connection import Database
from execution.database.notifications import listen
from execution.engine import Admit, Engine
from execution.plans.planner import Planner
from policy.principal import Principal
from resolvers.customer_export import CUSTOMERS
from resolvers.events import EventRow
from resolvers.product_subscription_export import SUBSCRIPTIONS
from schema.build import build_schema
from schema.context import Context
from schema.errors import translate

# A page of any site could reach a development server on this machine under a name of its own (DNS rebinding) and
# sign in.
OWN_HOSTS = ["127.0.0.1", "localhost", "::1", "[::1]"]


class Application(Starlette):
    """Starlette with one door that is its own: GraphQL requests pass neither its routing nor its middleware."""

    graphql: ASGIApp
    graphql_socket: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one connection."""
        if scope["type"] == "http" and scope["path"] == "/graphql":
            await self.graphql(scope, receive, send)
        elif scope["type"] == "websocket" and scope["path"] == "/graphql":
            await self.graphql_socket(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)


def create_app(settings: Settings, clock: Clock = utc_now) -> Application:
    """The ASGI application.

    Args:
        settings: The deployment's settings.
        clock: What time it is; tests set their own.

    Raises:
        ForeignPackageError: A package of another origin stands where one of ours should.
        SchemaFault: The schema has an unguarded or unexplained part.
    """
    check_names()
    secret = secret_key(settings)
    instruments = Instruments(settings, secret)
    database = instruments.round_database(make_database(settings))
    connections = make_engine(settings)
    schema = build_schema()
    published = [PublishedKeys(issuer, settings.jwks_cache_seconds) for issuer in settings.issuers]
    trusted = [TrustedIssuer(keys.issuer, keys) for keys in published]
    development = DevelopmentIssuer(settings.data_dir) if settings.development else None
    if development is not None:
        trusted += [TrustedIssuer(issuer, development) for issuer in development.settings()]
    authenticator = Authenticator(TokenVerifier(trusted, settings.clock_leeway_seconds), database)
    links = SignedExportLinks(secret, settings.base_url)
    invitations = make_invitations(settings, secret)
    delivery = MailDelivery(connections, SmtpRelay(settings), invitations, clock) if settings.smtp_host else None
    shutdown = Shutdown()
    readiness = Readiness(connections, shutdown, clock, settings.ready_outbox_seconds if delivery else None)
    planner = Planner(schema, database)
    rates = make_rate_limiter(settings)
    watch = Watch(request_seconds=settings.request_seconds, body_seconds=settings.body_seconds)
    engine = Engine(schema, translate, report_internal, planner, settings.document_limits, _admit(rates))
    events = EventLog(database)
    feed = Feed(events, notifier(database), look_seconds(database), settings.max_waiting_events)
    open_streams = OpenConnections(settings.max_connections)
    committed = _committed(authenticator, delivery, feed)

    def context(principal: Principal, address: str, correlation_id: str, event: EventRow | None) -> Context:
        return Context(
            principal,
            database,
            clock(),
            correlation_id,
            links,
            committed,
            invitations,
            delivery.domain if delivery else None,
            address=address,
            event=event,
        )

    subscriptions = Subscriptions(engine, authenticator, feed, events, context, settings.max_subscriptions_of_one)
    endpoint = GraphQLEndpoint(
        engine=instruments.round_engine(engine),
        authenticator=authenticator,
        database=database,
        export_links=links,
        committed=committed,
        invitations=invitations,
        mail_domain=delivery.domain if delivery else None,
        clock=clock,
        max_body_bytes=settings.max_body_bytes,
        max_batch=settings.max_batch,
        documents=PersistedDocuments(settings.persisted_documents, database),
        compress_from_bytes=settings.compress_from_bytes,
        origins=settings.cors_origins,
        edition=settings.status_codes,
        observe=instruments.observe,
        seal=Seal([secret, *(key.get_secret_value() for key in settings.former_secret_keys)]),
        rates=rates,
        trusted_proxies=settings.trusted_proxies,
        streams=EventStreams(
            engine,
            subscriptions,
            open_streams,
            settings.stream_ping_seconds,
            instruments.observe,
        ),
        watch=watch,
    )
    routes = [
        Route("/", _to_explorer),
        Route("/healthz", _alive),
        Route("/readyz", readiness.serve),
        *(
            Route(export_path(exported), ExportedFile(exported, links, authenticator, connections, clock).serve)
            for exported in (CUSTOMERS, SUBSCRIPTIONS)
        ),
        *explorer_routes(development=settings.development),
        *invitation_routes(settings),
    ]
    if development is not None:
        routes += DevelopmentRoutes(development, People(connections), clock).routes()
    heard = {CHANNEL: authenticator.forget, EVENTS_CHANNEL: feed.heard}
    background = [partial(listen, dsn, heard)] if (dsn := notifying_dsn(settings)) else []
    beside = [
        feed.running(),
        rates.running(),
        watch.running(),
        instruments.running(engine, planner, database, open_streams, subscriptions, connections, clock),
    ]
    if delivery is not None:
        beside.append(delivery.running())
    app = Application(
        routes=routes,
        middleware=_middleware(settings),
        lifespan=_lifespan(database, connections, background, beside),
    )
    graphql = instruments.round_requests(open_to(settings.cors_origins, endpoint))
    app.graphql = TrustedHostMiddleware(graphql, OWN_HOSTS, www_redirect=False) if settings.development else graphql
    socket = WebSocketEndpoint(
        endpoint, subscriptions, open_streams, settings, frozenset({*settings.cors_origins, settings.base_url})
    )
    app.graphql_socket = (
        TrustedHostMiddleware(socket, OWN_HOSTS, www_redirect=False) if settings.development else socket
    )
    shutdown.tell(open_streams.close, open_streams.is_empty)
    app.state.planner, app.state.authenticator, app.state.shutdown = planner, authenticator, shutdown
    app.state.registry = instruments.registry
    return app


def _admit(rates: RateLimiter) -> Admit:
    def charge(context: Context, cost: int, mutations: int) -> int | Awaitable[int]:
        return rates.charge(context.principal, context.address, cost, mutations)

    return charge


def _middleware(settings: Settings) -> list[Middleware]:
    correlated = Middleware(Correlated)
    if not settings.development:
        return [correlated]
    return [correlated, Middleware(TrustedHostMiddleware, allowed_hosts=OWN_HOSTS, www_redirect=False)]


def _committed(
    authenticator: Authenticator, delivery: MailDelivery | None, feed: Feed
) -> Callable[[frozenset[str]], None]:
    def tell(tables: frozenset[str]) -> None:
        authenticator.after_commit(tables)
        feed.after_commit(tables)
        if delivery is not None:
            delivery.after_commit(tables)

    return tell


def _lifespan(
    database: Database,
    connections: AsyncEngine,
    background: Sequence[Callable[[], Coroutine[None, None, None]]],
    beside: Sequence[AbstractAsyncContextManager[None]],
) -> Callable[[Starlette], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def run(_app: Starlette) -> AsyncIterator[None]:
        tasks = [asyncio.create_task(work()) for work in background]
        async with AsyncExitStack() as stack:
            for running in beside:
                await stack.enter_async_context(running)
            yield
        for task in tasks:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
        await database.close()
        await connections.dispose()

    return run


async def _alive(_request: Request) -> Response:
    return PlainTextResponse("alive")


async def _to_explorer(_request: Request) -> Response:
    return RedirectResponse("/graphiql")
