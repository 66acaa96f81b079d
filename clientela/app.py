"""The composition root of a server process: its doors, and what runs beside them."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, suppress

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from clientela.clock import Clock, utc_now
from clientela.database import notifying_dsn
from clientela.http.correlation import Correlated
from clientela.http.endpoint import GraphQLEndpoint
from clientela.http.idempotency import Seal
from clientela.http.origins import open_to
from clientela.http.persisted import PersistedDocuments
from clientela.http.watch import Watch
from clientela.identity.authentication import CHANNEL
from clientela.names import check_names
from clientela.operations.shutdown import Shutdown
from clientela.pages import page_routes
from clientela.services import Services, make_services
from clientela.settings import Settings
from clientela.streams.connections import OpenConnections
from clientela.streams.notices import EVENTS_CHANNEL
from clientela.streams.server_sent_events import EventStreams
from clientela.streams.subscriptions import Subscriptions
from clientela.streams.websocket import WebSocketEndpoint
from execution.database.notifications import listen

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
    services = make_services(settings, clock)
    instruments = services.instruments
    shutdown = Shutdown()
    watch = Watch(request_seconds=settings.request_seconds, body_seconds=settings.body_seconds)
    open_streams = OpenConnections(settings.max_connections)
    subscriptions = Subscriptions(
        services.engine,
        services.authenticator,
        services.feed,
        services.events,
        services.contexts,
        settings.max_subscriptions_of_one,
    )
    counted = instruments.running(
        services.engine,
        services.planner,
        services.database,
        open_streams,
        subscriptions,
        services.connections,
        clock,
    )
    app = Application(
        routes=page_routes(services, shutdown),
        middleware=_middleware(settings),
        lifespan=_lifespan(services, [watch.running(), counted]),
    )
    endpoint = _endpoint(services, subscriptions, open_streams, watch)
    app.graphql = instruments.round_requests(open_to(settings.cors_origins, endpoint))
    app.graphql_socket = WebSocketEndpoint(endpoint, subscriptions, open_streams)
    if settings.development:
        app.graphql = TrustedHostMiddleware(app.graphql, OWN_HOSTS, www_redirect=False)
        app.graphql_socket = TrustedHostMiddleware(app.graphql_socket, OWN_HOSTS, www_redirect=False)
    shutdown.tell(open_streams.close, open_streams.is_empty)
    app.state.planner, app.state.authenticator = services.planner, services.authenticator
    app.state.shutdown, app.state.registry = shutdown, instruments.registry
    return app


def _endpoint(
    services: Services, subscriptions: Subscriptions, open_streams: OpenConnections, watch: Watch
) -> GraphQLEndpoint:
    settings, observe = services.settings, services.instruments.observe
    secrets = [services.secret, *(key.get_secret_value() for key in settings.former_secret_keys)]
    return GraphQLEndpoint(
        engine=services.instruments.round_engine(services.engine),
        authenticator=services.authenticator,
        contexts=services.contexts,
        settings=settings,
        documents=PersistedDocuments(settings.persisted_documents, services.database),
        observe=observe,
        seal=Seal(secrets),
        rates=services.rates,
        streams=EventStreams(services.engine, subscriptions, open_streams, settings.stream_ping_seconds, observe),
        watch=watch,
    )


def _middleware(settings: Settings) -> list[Middleware]:
    correlated = Middleware(Correlated)
    if not settings.development:
        return [correlated]
    return [correlated, Middleware(TrustedHostMiddleware, allowed_hosts=OWN_HOSTS, www_redirect=False)]


def _lifespan(
    services: Services, beside: Sequence[AbstractAsyncContextManager[None]]
) -> Callable[[Starlette], AbstractAsyncContextManager[None]]:
    heard = {CHANNEL: services.authenticator.forget, EVENTS_CHANNEL: services.feed.heard}
    dsn = notifying_dsn(services.settings)

    @asynccontextmanager
    async def run(_app: Starlette) -> AsyncIterator[None]:
        listening = asyncio.create_task(listen(dsn, heard)) if dsn else None
        async with AsyncExitStack() as stack:
            for running in (services.feed.running(), services.rates.running(), *beside):
                await stack.enter_async_context(running)
            if services.delivery is not None:
                await stack.enter_async_context(services.delivery.running())
            yield
        if listening is not None:
            listening.cancel()
            with suppress(asyncio.CancelledError):
                await listening
        await services.database.close()
        await services.connections.dispose()

    return run
