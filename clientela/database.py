"""The engine for either database. SQLite is made to behave: foreign keys, WAL, real transactions."""

import sqlite3
from pathlib import Path
from typing import Any
from uuid import uuid4

from sqlalchemy import URL, Connection, NullPool, event, make_url, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from tenacity import retry, retry_if_exception, stop_after_delay, wait_random

from clientela.settings import Settings
from execution.database.connection import Database
from execution.database.postgres import PostgresDatabase
from execution.database.sqlite import SqliteDatabase

SQLITE_BUSY_SECONDS = 10
ROWS_COUNTED = 1000
"""Of each index; enough to tell a long list from a short one, in milliseconds whatever its length."""


def make_engine(settings: Settings) -> AsyncEngine:
    """An engine for the configured database; connects at first use.

    Args:
        settings: Where the database is. A missing folder of the embedded file is made, no other.

    Raises:
        FileNotFoundError: The folder of a SQLite file does not exist.
    """
    url = settings.sqlalchemy_url
    if url.startswith("sqlite+aiosqlite:"):
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        folder = Path(url.partition("///")[2]).parent
        if not folder.is_dir():
            raise FileNotFoundError(f"there is no folder {folder}; make it, or correct CLIENTELA_DATABASE_URL")
        engine = create_async_engine(url, connect_args={"timeout": SQLITE_BUSY_SECONDS, "isolation_level": None})
        event.listen(engine.sync_engine, "connect", _prepare_sqlite)
        event.listen(engine.sync_engine, "begin", _begin_sqlite)
        return engine
    if settings.database_pooler:
        # A name that was used before may still stand on the connection that the pooler lends this time.
        names = {"prepared_statement_cache_size": 0, "prepared_statement_name_func": lambda: f"s{uuid4().hex}"}
        return create_async_engine(url, poolclass=NullPool, connect_args={**names, "statement_cache_size": 0})
    return create_async_engine(url, pool_size=settings.database_pool_size, max_overflow=0, pool_pre_ping=True)


async def refresh_statistics(connection: AsyncConnection) -> None:
    """Counts again what the planner goes by, within the connection's transaction.

    PostgreSQL counts by itself, though not the rows of a transaction that still runs. SQLite never does: it takes a
    partner's list for ten rows long and walks all of it for whatever is searched.

    Args:
        connection: One that may write.
    """
    if connection.dialect.name == "sqlite":
        await connection.execute(text(f"pragma analysis_limit = {ROWS_COUNTED}"))
    await connection.execute(text("analyze"))


def make_database(settings: Settings) -> Database:
    """The same database as requests use it; connects at first use.

    Args:
        settings: Where it is, and how many connections a process may hold.
    """
    url = make_url(settings.sqlalchemy_url)
    if url.drivername.startswith("sqlite"):
        return SqliteDatabase(url.database or "", SQLITE_BUSY_SECONDS, settings.patience)
    pooling = settings.database_pooler == "transaction"
    return PostgresDatabase(
        _dsn(url), settings.database_pool_size, transaction_pooling=pooling, patience=settings.patience
    )


def notifying_dsn(settings: Settings) -> str | None:
    """Where PostgreSQL's notifications are heard; None where there are none: on SQLite, and behind a pooler."""
    url = make_url(settings.sqlalchemy_url)
    return None if url.drivername.startswith("sqlite") or settings.database_pooler else _dsn(url)


def _dsn(url: URL) -> str:
    return url.set(drivername="postgresql").render_as_string(hide_password=False)


def _prepare_sqlite(connection: Any, _record: object) -> None:  # noqa: ANN401 - the driver's own class
    cursor = connection.cursor()
    # WAL: readers never wait for the writer. NORMAL: a crash of this process loses nothing; a crash of the whole
    # machine may lose the newest commits, never the file's consistency. FULL would flush the disk at each commit.
    _write_ahead(cursor)
    for pragma in ("foreign_keys = on", "synchronous = normal", "temp_store = memory"):
        cursor.execute(f"pragma {pragma}")
    cursor.close()


# Of connections that switch a new file at once, SQLite refuses some without waiting; the next try finds it switched.
@retry(
    retry=retry_if_exception(lambda error: getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_BUSY),
    stop=stop_after_delay(SQLITE_BUSY_SECONDS),
    wait=wait_random(max=0.01),
    reraise=True,
)
def _write_ahead(cursor: Any) -> None:  # noqa: ANN401 - the driver's own class
    cursor.execute("pragma journal_mode = wal")


def _begin_sqlite(connection: Connection) -> None:
    # A transaction that reads first and writes later fails with "database is locked" when another writer came
    # between, whatever the timeout; a writer that says so at its start waits its turn instead.
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("begin immediate" if writes else "begin")
