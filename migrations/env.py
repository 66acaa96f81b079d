"""Runs the revisions over a connection that the caller opened, or over CLIENTELA_DATABASE_URL from the shell."""

import asyncio

from alembic import context
from sqlalchemy import Connection

from models import metadata


def run(connection: Connection) -> None:
    """Runs what Alembic was asked for, in one transaction where the database can (both can)."""
    context.configure(
        connection=connection,
        target_metadata=metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        compare_type=True,
    )
    with context.begin_transaction():
        context.run_migrations()


async def run_from_shell() -> None:
    """Opens the configured database; for `alembic` commands, which bring no connection."""
    from clientela.database import make_engine  # noqa: PLC0415 - only a developer's shell needs the settings
    from clientela.settings import Settings  # noqa: PLC0415

    engine = make_engine(Settings())
    async with engine.connect() as connection:
        await connection.run_sync(run)
        await connection.commit()
    await engine.dispose()


given = context.config.attributes.get("connection")
if given is None:
    asyncio.run(run_from_shell())
else:
    run(given)
