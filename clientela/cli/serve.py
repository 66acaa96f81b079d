"""`clientela serve`."""

import asyncio
import socket
from functools import partial

import structlog
from sqlalchemy.exc import SQLAlchemyError

from clientela.app import create_app
from clientela.cli.failures import NotReadyError
from clientela.database import make_engine
from clientela.logs import configure_logs
from clientela.migration import current_revision, newest_revision
from clientela.operations.exporter import exported, exported_together
from clientela.secret import secret_key
from clientela.server import listen, run
from clientela.settings import Settings
from clientela.workers import Workers

SECONDS_FOR_THE_DATABASE = 5

log = structlog.get_logger()


def serve_production(settings: Settings) -> None:
    """Serves with the configured issuers, in one process or by several workers.

    A database that does not answer yet is no hindrance: requests are answered 503 until it does.

    Raises:
        NotReadyError: No issuer is configured, or the database is at another revision.
        MissingSecretError: No secret is configured.
        PortTakenError: Another program listens there.
    """
    configure_logs(settings.log_level)
    if not settings.issuers and not settings.development:
        raise NotReadyError(
            "CLIENTELA_ISSUERS is empty, so nobody could sign in. Name your OpenID Connect issuer there, "
            "or try `clientela demo`."
        )
    secret_key(settings)
    asyncio.run(_check_revision(settings))
    listener = listen(settings)
    settings = settings.model_copy(update={"port": listener.getsockname()[1]})
    log.info("serving", url=f"{settings.base_url}/graphql", workers=settings.workers)
    if settings.workers == 1:
        app = create_app(settings)
        with exported(settings, app.state.registry):
            run(app, listener, settings)
    else:
        with exported_together(settings) as ended:
            Workers(settings.workers, partial(_work, settings), listener, ended).run()


def _work(settings: Settings, listener: socket.socket) -> None:
    configure_logs(settings.log_level)
    run(create_app(settings), listener, settings)


async def _check_revision(settings: Settings) -> None:
    database = make_engine(settings)
    try:
        async with asyncio.timeout(SECONDS_FOR_THE_DATABASE):
            found, needed = await current_revision(database), newest_revision()
    except (SQLAlchemyError, OSError) as error:
        # Machines start in any order.
        log.warning("the database does not answer yet", error=str(getattr(error, "orig", None) or error))
        return
    finally:
        await database.dispose()
    if found != needed:
        raise NotReadyError(
            f"The database is at revision {found}, this version needs {needed}: run `clientela migrate`."
        )
