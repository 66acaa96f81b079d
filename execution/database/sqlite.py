"""SQLite: short reads and all writes run where they are called, which costs less than a thread's two hops.

A read that turns out long is broken off; whoever began it runs it again in a transaction of its own, in a thread.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Hashable, Sequence
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy import Dialect
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite

from execution.database.connection import PATIENCE, DatabaseError, Patience, Usage
from execution.database.sqlite_checkpoints import LONG_LOG, Checkpoints
from execution.database.sqlite_connection import LONGEST_INLINE_SECONDS, SqliteConnection
from execution.database.sqlite_transaction import SqliteTransaction
from execution.database.sqlite_writer import SqliteWriter
from execution.database.statements import Row, Statements
from execution.database.values import json_text

MOST_LONG_READS = 8
"""At a time; each has a thread and a connection."""
CACHE_KIBIBYTES = 16_000
"""Of the writer's pages: with SQLite's own 2 MB, the indexes that each write goes through push each other out."""


class SqliteDatabase:
    """One file.

    Attributes:
        dialect: SQLite with question marks.
        statements: Those that were compiled for it.
    """

    def __init__(self, file: str, busy_seconds: float, patience: Patience = PATIENCE) -> None:
        self.dialect: Dialect = SQLiteDialect_pysqlite(json_serializer=json_text)
        self.statements = Statements(self.dialect)
        self._file = file
        self._patience = patience
        self._busy_seconds = busy_seconds
        self._stamp: Hashable | None = None
        self._latest_stamp: Hashable = object()
        self._reader: SqliteConnection | None = None
        self._checkpoints = Checkpoints(lambda: SqliteConnection(file, 0))
        self._writer = SqliteWriter(self._connect_writer, busy_seconds, self._checkpoints.committed)
        self._long_reads = asyncio.Semaphore(MOST_LONG_READS)
        self._idle: list[SqliteConnection] = []
        self._long_reads_open = 0

    @asynccontextmanager
    async def reading(self, *, statements: int) -> AsyncIterator[SqliteConnection]:
        """The connection for short reads. Nothing waits between its statements, so nobody else comes in between."""
        connection = self._short_reads()
        if statements > 1:
            connection.execute("begin")
        try:
            yield connection
        finally:
            if statements > 1:
                connection.execute("rollback")

    async def begin(self, *, writes: bool) -> "SqliteTransaction | _LongRead":
        """A transaction: the file's one writer, or a snapshot that is read in a thread."""
        return await self._writer.begin() if writes else await self._begin_long_read()

    def stamp(self) -> Hashable:
        """SQLite's own number, which a commit of any other process changes, and of any connection but the writer."""
        if self._stamp is None:
            # Once for all requests of one turn of the loop: they had come in before it was read.
            self._stamp = self._read_stamp()
            asyncio.get_running_loop().call_soon(self._forget_stamp)
        return self._stamp

    def _read_stamp(self) -> Hashable:
        # The writer's own commits do not change it: whoever makes them knows which tables they are about.
        since = self._writer.committing_since
        if since is not None:
            # The connection is in use. What was so a moment ago is good enough for a moment.
            return self._latest_stamp if time.monotonic() - since < LONGEST_INLINE_SECONDS else object()
        try:
            self._latest_stamp = self._writer.connection.execute("pragma data_version")[0][0]
        except DatabaseError:
            # Another process opens or closes the file; for the writer SQLite never waits.
            return object()
        return self._latest_stamp

    def _forget_stamp(self) -> None:
        self._stamp = None

    def usage(self) -> Usage:
        """Who writes or reads long at this moment, and how many wait to write."""
        return Usage(self._writer.busy + self._long_reads_open - len(self._idle), self._writer.waiting)

    async def close(self) -> None:
        """Closes every connection that is not in use."""
        await self._checkpoints.close()
        for connection in (self._reader, *self._idle):
            if connection is not None:
                connection.close()
        self._writer.close()
        self._reader = None
        self._idle.clear()

    def _connect_writer(self) -> SqliteConnection:
        settings = (
            "pragma foreign_keys = on",
            "pragma synchronous = normal",
            f"pragma cache_size = -{CACHE_KIBIBYTES}",
            f"pragma wal_autocheckpoint = {LONG_LOG}",
        )
        return SqliteConnection(self._file, 0, *settings)

    def _short_reads(self) -> SqliteConnection:
        if self._reader is None:
            # Another process that opens or closes the file locks it for a moment, for reads too.
            self._reader = SqliteConnection(self._file, LONGEST_INLINE_SECONDS, "pragma query_only = on")
            self._reader.break_off_long_statements(LONGEST_INLINE_SECONDS)
        return self._reader

    async def _begin_long_read(self) -> "_LongRead":
        await self._long_reads.acquire()
        connection = self._idle.pop() if self._idle else self._long_reader()
        connection.execute("begin")

        def give_back() -> None:
            self._idle.append(connection)
            self._long_reads.release()

        return _LongRead(connection, give_back)

    def _long_reader(self) -> SqliteConnection:
        self._long_reads_open += 1
        connection = SqliteConnection(self._file, self._busy_seconds, "pragma query_only = on")
        connection.break_off_long_statements(self._patience.statement_seconds)
        return connection


class _LongRead:
    def __init__(self, connection: SqliteConnection, give_back: Callable[[], None]) -> None:
        self._connection = connection
        self._give_back = give_back

    async def fetch(self, sql: str, arguments: Sequence[Any]) -> Sequence[Row]:
        return await asyncio.to_thread(self._connection.execute, sql, arguments)

    async def change(self, sql: str, arguments: Sequence[Any]) -> int:
        return await asyncio.to_thread(self._connection.change, sql, arguments)

    async def write(self, sql: str, arguments: Sequence[Any]) -> None:
        await self.change(sql, arguments)

    async def append(self, table: str, sql: str, arguments: Sequence[Any]) -> None:
        await self.change(sql, arguments)

    async def fetch_and_commit(self, sql: str, arguments: Sequence[Any]) -> Sequence[Row]:
        try:
            return await self.fetch(sql, arguments)
        finally:
            await self.rollback()

    async def commit(self) -> None:
        await self.rollback()

    async def rollback(self) -> None:
        self._connection.execute("rollback")
        self._give_back()
