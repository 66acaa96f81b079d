"""Brings a database to the revision that this version of the server needs, and says where it stands."""

from functools import cache
from importlib.resources import files

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import AsyncEngine

from clientela.database import refresh_statistics

# Any number that no other program takes; processes that start together migrate one after the other.
ADVISORY_LOCK = 7_264_115_503


async def migrate(engine: AsyncEngine, revision: str = "head") -> None:
    """Migrates up, or down where the revision lies before the current one.

    Args:
        engine: The database.
        revision: An Alembic revision; `head` is the newest, `base` is empty.
    """
    async with engine.connect() as connection:
        writing = await connection.execution_options(writes=True)
        await writing.run_sync(_migrate, revision)
        if writing.dialect.name == "sqlite":
            await refresh_statistics(writing)
        await writing.commit()


async def current_revision(engine: AsyncEngine) -> str | None:
    """The revision that the database is at; None before the first."""
    async with engine.connect() as connection:
        return await connection.run_sync(lambda sync: MigrationContext.configure(sync).get_current_revision())


def newest_revision() -> str:
    """The revision that this version of the server needs."""
    return revisions()[0]


@cache
def revisions() -> tuple[str, ...]:
    """All revisions that this version of the server knows, the newest first."""
    return tuple(script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions())


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(files("migrations")))
    return config


def _migrate(connection: Connection, revision: str) -> None:
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"select pg_advisory_xact_lock({ADVISORY_LOCK})")
    config = _config()
    config.attributes["connection"] = connection
    now = MigrationContext.configure(connection).get_current_revision()
    script = ScriptDirectory.from_config(config)
    behind = {step.revision for step in script.walk_revisions("base", now)} if now else set()
    target = script.get_revision(revision) if revision != "base" else None
    if revision == "base" or (target is not None and target.revision in behind and target.revision != now):
        command.downgrade(config, revision)
    else:
        command.upgrade(config, revision)
