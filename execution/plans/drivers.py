"""Connections as plans use them: text and parameters in, raw rows out, nothing in between."""

import asyncio
import sqlite3
import time
from collections import deque
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any, Protocol

import asyncpg

Row = Sequence[Any]
LONGEST_INLINE_SECONDS = 0.05
STEPS_BETWEEN_LOOKS = 5_000


class Connection(Protocol):
    """A connection within one snapshot."""

    async def fetch(self, sql: str, arguments: Sequence[Any]) -> Sequence[Row]:
        """All rows of a statement."""


class Driver(Protocol):
    """A database for reading."""

    def reading(self, *, statements: int) -> Any:  # noqa: ANN401 - an asynchronous context manager of a Connection
        """A connection; with several statements all of them see one snapshot."""

    async def close(self) -> None:
        """Closes every connection."""


class _PooledConnection(asyncpg.Connection):  # type: ignore[misc] # asyncpg carries no types
    def get_reset_query(self) -> str:
        # Nothing ever sets session state on these connections, so there is nothing to reset; the usual query would
        # cost a round trip each time.
        return ""


class PostgresDriver:
    """Its own small pool of asyncpg connections, the most recently used first, whose statements stay prepared."""

    def __init__(self, dsn: str, size: int) -> None:
        self._dsn = dsn
        self._size = size
        self._free: list[asyncpg.Connection[Any]] = []
        self._open = 0
        self._waiting: deque[asyncio.Future[None]] = deque()

    @asynccontextmanager
    async def reading(self, *, statements: int) -> AsyncIterator[Connection]:
        """A connection; one statement is a snapshot by itself, several run in a transaction that is one."""
        connection = await self._take()
        try:
            if statements > 1:
                async with connection.transaction(isolation="repeatable_read", readonly=True):
                    yield _Postgres(connection)
            else:
                yield _Postgres(connection)
        finally:
            self._give_back(connection)

    async def close(self) -> None:
        """Closes every free connection."""
        while self._free:
            await self._free.pop().close()

    async def _take(self) -> "asyncpg.Connection[Any]":
        while True:
            while self._free:
                connection = self._free.pop()
                if not connection.is_closed():
                    return connection
                self._open -= 1
            if self._open < self._size:
                self._open += 1
                try:
                    return await asyncpg.connect(
                        self._dsn, connection_class=_PooledConnection, statement_cache_size=500
                    )
                except BaseException:
                    self._open -= 1
                    self._wake()
                    raise
            turn = asyncio.get_running_loop().create_future()
            self._waiting.append(turn)
            await turn

    def _give_back(self, connection: "asyncpg.Connection[Any]") -> None:
        if connection.is_closed():
            self._open -= 1
        else:
            self._free.append(connection)
        self._wake()

    def _wake(self) -> None:
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_result(None)
                return


class _Postgres:
    def __init__(self, connection: "asyncpg.Connection[Any]") -> None:
        self._connection = connection

    async def fetch(self, sql: str, arguments: Sequence[Any]) -> Sequence[Row]:
        rows: Sequence[Row] = await self._connection.fetch(sql, *arguments)
        return rows


class SqliteDriver:
    """One connection, whose statements run where they are called: short reads cost less than a thread's two hops.

    A statement that turns out long is broken off, and the executor runs the operation in a thread instead: nobody
    else's request waits for it longer than `LONGEST_INLINE_SECONDS`.
    """

    def __init__(self, file: str) -> None:
        self._file = file
        self._connection: _Sqlite | None = None

    @asynccontextmanager
    async def reading(self, *, statements: int) -> AsyncIterator[Connection]:
        """The connection. Nothing of a plan waits between its statements, so no other plan comes in between."""
        if self._connection is None:
            self._connection = _Sqlite(self._file)
        if statements > 1:
            self._connection.begin()
        try:
            yield self._connection
        finally:
            if statements > 1:
                self._connection.rollback()

    async def close(self) -> None:
        """Closes the connection."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None


class _Sqlite:
    def __init__(self, file: str) -> None:
        self._connection = sqlite3.connect(file, isolation_level=None, cached_statements=500)
        self._connection.execute("pragma query_only = on")
        self._connection.set_progress_handler(self._is_long, STEPS_BETWEEN_LOOKS)
        self._until = 0.0

    async def fetch(self, sql: str, arguments: Sequence[Any]) -> Sequence[Row]:
        self._until = time.monotonic() + LONGEST_INLINE_SECONDS
        return self._connection.execute(sql, arguments).fetchall()

    def begin(self) -> None:
        self._connection.execute("begin")

    def rollback(self) -> None:
        self._connection.execute("rollback")

    def close(self) -> None:
        self._connection.close()

    def _is_long(self) -> bool:
        return time.monotonic() > self._until
