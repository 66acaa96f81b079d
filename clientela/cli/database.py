"""`clientela migrate` and `clientela seed`."""

import sys

from alembic.util import CommandError
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from clientela.cli.failures import NotReadyError
from clientela.clock import utc_now
from clientela.database import make_engine
from clientela.demo.seed import seed_customers
from clientela.migration import current_revision, migrate
from clientela.settings import Settings


async def migrate_database(settings: Settings, revision: str) -> None:
    """Migrates and says where the database is now.

    Raises:
        NotReadyError: There is no such revision.
    """
    database = make_engine(settings)
    try:
        await migrate(database, revision)
        sys.stdout.write(f"The database is at revision {await current_revision(database) or 'base'}.\n")
    except CommandError as error:
        raise NotReadyError(f"{error}. Write `head` for the newest revision, `base` for none.") from error
    finally:
        await database.dispose()


async def seed_database(settings: Settings, customers: int, partners: int) -> None:
    """Adds customers in bulk, with a bar that shows how far it is."""
    database = make_engine(settings)
    columns = (TextColumn("Customers"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    try:
        await migrate(database)
        with Progress(*columns) as progress:
            bar = progress.add_task("customers", total=customers)
            await seed_customers(
                database,
                customers=customers,
                partners=partners,
                now=utc_now(),
                on_progress=lambda done: progress.update(bar, completed=done),
            )
    finally:
        await database.dispose()
