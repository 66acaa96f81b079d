"""Runs the revisions over a connection that the caller opened, or over CLIENTELA_DATABASE_URL from the shell."""

import asyncio
from typing import Any

from alembic import context
from sqlalchemy import Connection

from models import metadata


def _is_of_this_database(item: Any, _name: str | None, kind: str, _reflected: bool, _other: object) -> bool:  # noqa: ANN401 - as Alembic calls it
    # What `ddl_if` said of an index, which Alembic does not ask.
    only = item._ddl_if if kind == "index" else None
    return only is None or only.dialect == context.get_context().dialect.name


def run(connection: Connection) -> None:
    """Runs what Alembic was asked for, in one transaction where the database can (both can)."""
    context.configure(
        connection=connection,
        target_metadata=metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        compare_type=True,
        compare_server_default=True,
        include_object=_is_of_this_database,
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
