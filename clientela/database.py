"""The engine for either database. SQLite is made to behave: foreign keys, WAL, real transactions."""

from typing import Any

from sqlalchemy import Connection, event
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from clientela.settings import Settings
from execution.plans.drivers import Driver, PostgresDriver, SqliteDriver

SQLITE_BUSY_SECONDS = 10


def make_engine(settings: Settings) -> AsyncEngine:
    """An engine for the configured database; connects at first use.

    Args:
        settings: Where the database is. A missing folder of the embedded file is made.

    Raises:
        ValueError: The URL names neither PostgreSQL nor SQLite.
    """
    url = settings.sqlalchemy_url
    if url.startswith("sqlite+aiosqlite:"):
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        engine = create_async_engine(url, connect_args={"timeout": SQLITE_BUSY_SECONDS, "isolation_level": None})
        event.listen(engine.sync_engine, "connect", _prepare_sqlite)
        event.listen(engine.sync_engine, "begin", _begin_sqlite)
        return engine
    if url.startswith("postgresql+asyncpg:"):
        return create_async_engine(url, pool_size=settings.database_pool_size, max_overflow=0, pool_pre_ping=True)
    scheme = url.partition(":")[0]
    raise ValueError(f"CLIENTELA_DATABASE_URL: {scheme} is not supported; write postgresql://… or sqlite:///…")


def make_driver(engine: AsyncEngine, settings: Settings) -> Driver:
    """A driver for plans on the same database; connects at first use.

    Args:
        engine: The engine of `make_engine`.
        settings: How many connections plans may hold.
    """
    if engine.dialect.name == "sqlite":
        return SqliteDriver(engine.url.database or "")
    url = engine.url.set(drivername="postgresql")
    return PostgresDriver(url.render_as_string(hide_password=False), settings.database_pool_size)


def _prepare_sqlite(connection: Any, _record: object) -> None:  # noqa: ANN401 - the driver's own class
    cursor = connection.cursor()
    # WAL: readers never wait for the writer. NORMAL: a crash of this process loses nothing; a crash of the whole
    # machine may lose the newest commits, never the file's consistency. FULL would flush the disk at each commit.
    for pragma in ("foreign_keys = on", "journal_mode = wal", "synchronous = normal", "temp_store = memory"):
        cursor.execute(f"pragma {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    # A transaction that reads first and writes later fails with "database is locked" when another writer came
    # between, whatever the timeout; a writer that says so at its start waits its turn instead.
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("begin immediate" if writes else "begin")
