"""`clientela sweep`."""

import sys

from clientela.clock import utc_now
from clientela.database import make_engine
from clientela.settings import Settings
from resolvers.expiry import EXPIRIES


async def sweep(settings: Settings) -> None:
    """Writes down which invitations expired, all of them or none, and says how many."""
    database = make_engine(settings)
    try:
        async with database.execution_options(writes=True).begin() as connection:
            now = utc_now()
            expired = sum([(await connection.execute(expiry.write_down(now=now))).rowcount for expiry in EXPIRIES])
    finally:
        await database.dispose()
    sys.stdout.write(f"{expired} {'invitation has' if expired == 1 else 'invitations have'} expired.\n")
