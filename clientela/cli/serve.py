"""`clientela serve`."""

import asyncio

from clientela.app import create_app
from clientela.cli.failures import NotReadyError
from clientela.database import make_engine
from clientela.logs import configure_logs
from clientela.migration import current_revision, newest_revision
from clientela.server import listen, run
from clientela.settings import Settings


def serve_production(settings: Settings) -> None:
    """Serves with the configured issuers.

    Raises:
        NotReadyError: No issuer is configured, or the database is at another revision.
        PortTakenError: Another program listens there.
    """
    configure_logs(settings.log_level)
    if not settings.issuers and not settings.development:
        raise NotReadyError(
            "CLIENTELA_ISSUERS is empty, so nobody could sign in. Name your OpenID Connect issuer there, "
            "or try `clientela demo`."
        )
    asyncio.run(_check_revision(settings))
    run(create_app(settings), listen(settings))


async def _check_revision(settings: Settings) -> None:
    database = make_engine(settings)
    try:
        found, needed = await current_revision(database), newest_revision()
    finally:
        await database.dispose()
    if found != needed:
        raise NotReadyError(
            f"The database is at revision {found}, this version needs {needed}: run `clientela migrate`."
        )
