"""The addresses that are not GraphQL: the explorer, invitations, exported files, whether the server lives."""

from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from clientela.development import DevelopmentRoutes
from clientela.explorer import explorer_routes
from clientela.exports import ExportedFile, export_path
from clientela.identity.people import People
from clientela.invitation_page import invitation_routes
from clientela.operations.readiness import Readiness
from clientela.operations.shutdown import Shutdown
from clientela.services import Services
from resolvers.customer_export import CUSTOMERS
from resolvers.product_subscription_export import SUBSCRIPTIONS


def page_routes(services: Services, shutdown: Shutdown) -> list[Route]:
    """Where they are served.

    Args:
        services: What they are served from.
        shutdown: Knows whether the server is about to stop, and takes no more work.
    """
    settings, clock, connections = services.settings, services.clock, services.connections
    longest_wait = settings.ready_outbox_seconds if services.delivery else None
    routes = [
        Route("/", _to_explorer),
        Route("/healthz", _alive),
        Route("/readyz", Readiness(connections, shutdown, clock, longest_wait).serve),
        *(
            Route(
                export_path(exported),
                ExportedFile(exported, services.export_links, services.authenticator, connections, clock).serve,
            )
            for exported in (CUSTOMERS, SUBSCRIPTIONS)
        ),
        *explorer_routes(development=settings.development),
        *invitation_routes(settings),
    ]
    if services.development is not None:
        routes += DevelopmentRoutes(services.development, People(connections), clock).routes()
    return routes


async def _alive(_request: Request) -> Response:
    return PlainTextResponse("alive")


async def _to_explorer(_request: Request) -> Response:
    return RedirectResponse("/graphiql")
