"""The composition root of a server process: everything is made here and handed to who needs it."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext, suppress
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
from clientela.graphql_endpoint import GraphQLEndpoint, report_internal
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
from clientela.secret import secret_key
from clientela.settings import Settings
from execution.database.connection import Database
from execution.database.notifications import listen
from execution.engine import Engine
from execution.plans.planner import Planner
from resolvers.customer_export import CUSTOMERS
from resolvers.product_subscription_export import SUBSCRIPTIONS
from schema.build import build_schema
from schema.errors import translate

# A page of any site could reach a development server on this machine under a name of its own (DNS rebinding) and
# sign in.
OWN_HOSTS = ["127.0.0.1", "localhost", "::1", "[::1]"]


class Application(Starlette):
    """Starlette with one door that is its own: GraphQL requests pass neither its routing nor its middleware."""

    graphql: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one connection."""
        if scope["type"] == "http" and scope["path"] == "/graphql":
            await self.graphql(scope, receive, send)
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
    database = make_database(settings)
    engine = make_engine(settings)
    schema = build_schema()
    published = [PublishedKeys(issuer, settings.jwks_cache_seconds) for issuer in settings.issuers]
    trusted = [TrustedIssuer(keys.issuer, keys) for keys in published]
    development = DevelopmentIssuer(settings.data_dir) if settings.development else None
    if development is not None:
        trusted += [TrustedIssuer(issuer, development) for issuer in development.settings()]
    authenticator = Authenticator(TokenVerifier(trusted, settings.clock_leeway_seconds), database)
    secret = secret_key(settings)
    links = SignedExportLinks(secret, settings.base_url)
    invitations = make_invitations(settings, secret)
    delivery = MailDelivery(engine, SmtpRelay(settings), invitations, clock) if settings.smtp_host else None
    planner = Planner(schema, database)
    endpoint = GraphQLEndpoint(
        engine=Engine(schema, translate, report_internal, planner),
        authenticator=authenticator,
        database=database,
        export_links=links,
        committed=_committed(authenticator, delivery),
        invitations=invitations,
        mail_domain=delivery.domain if delivery else None,
        clock=clock,
        max_body_bytes=settings.max_body_bytes,
    )
    routes = [
        Route("/", _to_explorer),
        Route("/healthz", _alive),
        *(
            Route(export_path(exported), ExportedFile(exported, links, authenticator, engine, clock).serve)
            for exported in (CUSTOMERS, SUBSCRIPTIONS)
        ),
        *explorer_routes(development=settings.development),
        *invitation_routes(settings),
    ]
    if development is not None:
        routes += DevelopmentRoutes(development, People(engine), clock).routes()
    background = [partial(listen, dsn, CHANNEL, authenticator.forget)] if (dsn := notifying_dsn(settings)) else []
    app = Application(
        routes=routes, middleware=_middleware(settings), lifespan=_lifespan(database, engine, background, delivery)
    )
    app.graphql = TrustedHostMiddleware(endpoint, OWN_HOSTS, www_redirect=False) if settings.development else endpoint
    app.state.planner, app.state.authenticator = planner, authenticator
    return app


def _middleware(settings: Settings) -> list[Middleware]:
    if not settings.development:
        return []
    return [Middleware(TrustedHostMiddleware, allowed_hosts=OWN_HOSTS, www_redirect=False)]


def _committed(authenticator: Authenticator, delivery: MailDelivery | None) -> Callable[[frozenset[str]], None]:
    def tell(tables: frozenset[str]) -> None:
        authenticator.after_commit(tables)
        if delivery is not None:
            delivery.after_commit(tables)

    return tell


def _lifespan(
    database: Database,
    engine: AsyncEngine,
    background: Sequence[Callable[[], Coroutine[None, None, None]]],
    delivery: MailDelivery | None,
) -> Callable[[Starlette], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def run(_app: Starlette) -> AsyncIterator[None]:
        tasks = [asyncio.create_task(work()) for work in background]
        async with delivery.running() if delivery else nullcontext():
            yield
        for task in tasks:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
        await database.close()
        await engine.dispose()

    return run


async def _alive(_request: Request) -> Response:
    return PlainTextResponse("alive")


async def _to_explorer(_request: Request) -> Response:
    return RedirectResponse("/graphiql")
