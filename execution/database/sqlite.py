"""SQLite: short reads and all writes run where they are called, which costs less than a thread's two hops.

A read that turns out long is broken off; whoever began it runs it again in a transaction of its own, in a thread.
"""

import asyncio
import sqlite3
import time
from collections.abc import AsyncIterator, Callable, Hashable, Sequence
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from sqlalchemy import Dialect
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from tenacity import AsyncRetrying, retry_if_exception, stop_after_delay, wait_random

from execution.database.connection import PATIENCE, ConnectionLostError, DatabaseError, DeadlineError, Patience, Usage
from execution.database.statements import Row, Statements

LONGEST_INLINE_SECONDS = 0.05
STEPS_BETWEEN_LOOKS = 5_000
MOST_LONG_READS = 8
"""At a time; each has a thread and a connection."""

ResultT = TypeVar("ResultT")


class SqliteDatabase:
    """One file.

    Attributes:
        dialect: SQLite with question marks.
        statements: Those that were compiled for it.
    """

    def __init__(self, file: str, busy_seconds: float, patience: Patience = PATIENCE) -> None:
        self.dialect: Dialect = SQLiteDialect_pysqlite()
        self.statements = Statements(self.dialect)
        self._file = file
        self._patience = patience
        self._busy_seconds = busy_seconds
        self._reader: _Connection | None = None
        self._writer: _Connection | None = None
        self._writes = asyncio.Lock()
        self._long_reads = asyncio.Semaphore(MOST_LONG_READS)
        self._idle: list[_Connection] = []
        self._long_reads_open = 0
        self._waiting = 0

    @asynccontextmanager
    async def reading(self, *, statements: int) -> AsyncIterator["_Connection"]:
        """The connection for short reads. Nothing waits between its statements, so nobody else comes in between."""
        connection = self._short_reads()
        if statements > 1:
            connection.execute("begin")
        try:
            yield connection
        finally:
            if statements > 1:
                connection.execute("rollback")

    async def begin(self, *, writes: bool) -> "_Writing | _LongRead":
        """A transaction: the file's one writer, or a snapshot that is read in a thread."""
        return await self._begin_writing() if writes else await self._begin_long_read()

    def stamp(self) -> Hashable:
        """SQLite's own number, which a commit of any other process changes, and of any connection but the writer."""
        # The writer's own commits do not change it: whoever makes them knows which tables they are about.
        try:
            return self._writing().execute("pragma data_version")[0][0]  # type: ignore[no-any-return]
        except DatabaseError:
            # Another process opens or closes the file; for the writer SQLite never waits.
            return object()

    def usage(self) -> Usage:
        """Who writes or reads long at this moment, and how many wait to write."""
        return Usage(self._writes.locked() + self._long_reads_open - len(self._idle), self._waiting)

    async def close(self) -> None:
        """Closes every connection that is not in use."""
        for connection in (self._reader, self._writer, *self._idle):
            if connection is not None:
                connection.close()
        self._reader = self._writer = None
        self._idle.clear()

    def _short_reads(self) -> "_Connection":
        if self._reader is None:
            # Another process that opens or closes the file locks it for a moment, for reads too.
            self._reader = _Connection(self._file, LONGEST_INLINE_SECONDS, "pragma query_only = on")
            self._reader.break_off_long_statements(LONGEST_INLINE_SECONDS)
        return self._reader

    async def _begin_writing(self) -> "_Writing":
        self._waiting += 1
        try:
            await self._writes.acquire()
        finally:
            self._waiting -= 1
        try:
            writer = self._writing()
            # SQLite would wait in its own way for another process, and the whole server with it.
            async for attempt in AsyncRetrying(
                retry=retry_if_exception(_is_busy),
                stop=stop_after_delay(self._busy_seconds),
                wait=wait_random(max=0.01),
                reraise=True,
            ):
                with attempt:
                    # One that read first and wrote later would fail where another writer came between.
                    writer.execute("begin immediate")
        except BaseException as error:
            self._writes.release()
            if _is_busy(error):
                raise DeadlineError(str(error), "busy_seconds", self._busy_seconds) from error
            raise
        return _Writing(writer, self._writes.release)

    def _writing(self) -> "_Connection":
        if self._writer is None:
            self._writer = _Connection(self._file, 0, "pragma foreign_keys = on", "pragma synchronous = normal")
        return self._writer

    async def _begin_long_read(self) -> "_LongRead":
        await self._long_reads.acquire()
        connection = self._idle.pop() if self._idle else self._long_reader()
        connection.execute("begin")

        def give_back() -> None:
            self._idle.append(connection)
            self._long_reads.release()

        return _LongRead(connection, give_back)

    def _long_reader(self) -> "_Connection":
        self._long_reads_open += 1
        connection = _Connection(self._file, self._busy_seconds, "pragma query_only = on")
        connection.break_off_long_statements(self._patience.statement_seconds)
        return connection


class _Connection:
    def __init__(self, file: str, busy_seconds: float, *settings: str) -> None:
        try:
            self._raw = sqlite3.connect(
                file, timeout=busy_seconds, isolation_level=None, cached_statements=500, check_same_thread=False
            )
        except sqlite3.Error as error:
            raise ConnectionLostError(str(error)) from error
        self._busy_seconds = busy_seconds
        self._until = 0.0
        self._longest = LONGEST_INLINE_SECONDS
        for setting in ("pragma temp_store = memory", *settings):
            self.execute(setting)

    async def fetch(self, sql: str, arguments: Sequence[Any]) -> Sequence[Row]:
        """All rows of a statement, at once."""
        return self.execute(sql, arguments)

    def execute(self, sql: str, arguments: Sequence[Any] = ()) -> list[Row]:
        self._until = time.monotonic() + self._longest
        try:
            return self._raw.execute(sql, arguments).fetchall()
        except sqlite3.Error as error:
            code = getattr(error, "sqlite_errorcode", None)
            if code == sqlite3.SQLITE_INTERRUPT:
                raise DeadlineError(str(error), "statement_seconds", self._longest) from error
            if code == sqlite3.SQLITE_BUSY:
                raise DeadlineError(str(error), "busy_seconds", self._busy_seconds) from error
            raise DatabaseError(str(error)) from error

    def change(self, sql: str, arguments: Sequence[Any]) -> int:
        try:
            return self._raw.execute(sql, arguments).rowcount
        except sqlite3.Error as error:
            raise DatabaseError(str(error)) from error

    def end_transaction(self) -> None:
        """Rolls back; a disk that is full or failed may have made SQLite do so itself."""
        if self._raw.in_transaction:
            self.execute("rollback")

    def break_off_long_statements(self, seconds: float) -> None:
        self._longest = seconds
        self._raw.set_progress_handler(lambda: time.monotonic() > self._until, STEPS_BETWEEN_LOOKS)

    def close(self) -> None:
        self._raw.close()


class _Writing:
    def __init__(self, connection: _Connection, give_back: Callable[[], None]) -> None:
        self._connection = connection
        self._give_back = give_back
        self.fetch = connection.fetch

    async def change(self, sql: str, arguments: Sequence[Any]) -> int:
        return self._connection.change(sql, arguments)

    async def write(self, sql: str, arguments: Sequence[Any]) -> None:
        self._connection.change(sql, arguments)

    async def fetch_and_commit(self, sql: str, arguments: Sequence[Any]) -> Sequence[Row]:
        try:
            rows = self._connection.execute(sql, arguments)
        except DatabaseError:
            await self.rollback()
            raise
        await self.commit()
        return rows

    async def commit(self) -> None:
        try:
            self._connection.execute("commit")
        except DatabaseError:
            await self.rollback()
            raise
        self._give_back()

    async def rollback(self) -> None:
        try:
            self._connection.end_transaction()
        finally:
            self._give_back()


class _LongRead:
    def __init__(self, connection: _Connection, give_back: Callable[[], None]) -> None:
        self._connection = connection
        self._give_back = give_back

    async def fetch(self, sql: str, arguments: Sequence[Any]) -> Sequence[Row]:
        return await asyncio.to_thread(self._connection.execute, sql, arguments)

    async def change(self, sql: str, arguments: Sequence[Any]) -> int:
        return await asyncio.to_thread(self._connection.change, sql, arguments)

    async def write(self, sql: str, arguments: Sequence[Any]) -> None:
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


def _is_busy(error: BaseException) -> bool:
    cause = error.__cause__
    return isinstance(cause, sqlite3.Error) and cause.sqlite_errorcode == sqlite3.SQLITE_BUSY
