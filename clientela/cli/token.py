"""`clientela token`."""

import sys

from clientela.cli.failures import NotReadyError
from clientela.clock import utc_now
from clientela.database import make_engine
from clientela.identity.development import DevelopmentIssuer
from clientela.identity.people import People
from clientela.settings import Settings


async def print_token(settings: Settings, name: str) -> None:
    """Prints a token and nothing else.

    Raises:
        NotReadyError: Nobody goes by the name.
    """
    database = make_engine(settings)
    try:
        person = await People(database).find(name, utc_now())
    finally:
        await database.dispose()
    if person is None:
        raise NotReadyError(f"Nobody goes by the name {name!r}. See `clientela token --help` for the names there are.")
    token, _ = DevelopmentIssuer(settings.data_dir).issue(person, utc_now())
    sys.stdout.write(f"{token}\n")
