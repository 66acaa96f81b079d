"""`clientela sweep`."""

import sys
from datetime import timedelta

from clientela.clock import utc_now
from clientela.database import make_engine
from clientela.settings import Settings
from resolvers.activity import READABLE_DAYS
from resolvers.events import forget_events
from resolvers.expiry import EXPIRIES
from resolvers.idempotency import forget_answers
from resolvers.retention import delete_what_was_suspended


async def sweep(settings: Settings) -> None:
    """Writes down what time has done: invitations, suspended subscriptions, kept answers; all of it or nothing."""
    database = make_engine(settings)
    try:
        async with database.execution_options(writes=True).begin() as connection:
            now = utc_now()
            expired = sum([(await connection.execute(expiry.write_down(now=now))).rowcount for expiry in EXPIRIES])
            deleted = (await connection.execute(delete_what_was_suspended(now))).rowcount
            forgotten = (await connection.execute(forget_answers(now))).rowcount
            # As old as the lines of the log that nobody can read any more.
            await connection.execute(forget_events(now - timedelta(days=READABLE_DAYS)))
    finally:
        await database.dispose()
    sys.stdout.write(f"{expired} {'invitation has' if expired == 1 else 'invitations have'} expired.\n")
    sys.stdout.write(f"{deleted} suspended {'subscription was' if deleted == 1 else 'subscriptions were'} deleted.\n")
    sys.stdout.write(f"{forgotten} {'answer was' if forgotten == 1 else 'answers were'} forgotten.\n")
