"""The one connection that writes to a SQLite file: transactions come one after the other.

Those that end in one turn of the loop are committed together, each behind a savepoint of its own: a commit writes
every page that changed, and most of them change with every line of a log. Nobody is answered before it.
"""

import asyncio
import sqlite3
from collections.abc import Callable, Sequence
from typing import Any

from tenacity import AsyncRetrying, retry_if_exception, stop_after_delay, wait_random

from execution.database.connection import DatabaseError, DeadlineError
from execution.database.sqlite_connection import SqliteConnection
from execution.database.statements import Row

MOST_TOGETHER = 64
"""Transactions in one commit, where others still wait: nobody is kept from an answer for longer."""


class _Together:
    """Transactions that ended and wait for their one commit.

    Attributes:
        size: How many they are.
    """

    def __init__(self) -> None:
        self.size = 0
        self._settled = False
        self._error: DatabaseError | None = None
        self._waiting: list[asyncio.Future[None]] = []

    def settle(self, error: DatabaseError | None) -> None:
        self._settled, self._error = True, error
        for own in self._waiting:
            if not own.done():
                own.set_result(None)

    async def wait(self) -> None:
        cancelled = None
        while not self._settled:
            own = asyncio.get_running_loop().create_future()
            self._waiting.append(own)
            try:
                await own
            except asyncio.CancelledError as error:
                # What is kept must be told of, and it will be known at once.
                cancelled = error
        if self._error is not None:
            raise DatabaseError(str(self._error)) from self._error
        if cancelled is not None:
            raise cancelled


class SqliteWriter:
    """Lends the connection to one transaction at a time.

    Attributes:
        waiting: How many wait for their turn.
    """

    def __init__(
        self, connect: Callable[[], SqliteConnection], busy_seconds: float, committed: Callable[[int], None]
    ) -> None:
        """Makes a writer.

        Args:
            connect: Makes the connection.
            busy_seconds: How long another process's transaction is waited for.
            committed: Told how many transactions were committed.
        """
        self.waiting = 0
        self._connect = connect
        self._committed = committed
        self._busy_seconds = busy_seconds
        self._turn = asyncio.Lock()
        self._connection: SqliteConnection | None = None
        self._together: _Together | None = None
        # Whether they must be committed by whoever writes now, as soon as that ends.
        self._due = False

    @property
    def connection(self) -> SqliteConnection:
        """The connection; made at the first use."""
        if self._connection is None:
            self._connection = self._connect()
        return self._connection

    @property
    def busy(self) -> bool:
        """Whether somebody writes."""
        return self._turn.locked()

    async def begin(self) -> "SqliteTransaction":
        """A transaction, once it is its turn.

        Raises:
            DeadlineError: Another process writes for too long.
        """
        self.waiting += 1
        try:
            await self._turn.acquire()
        except BaseException:
            self.waiting -= 1
            self._settle()
            raise
        self.waiting -= 1
        joins = self._together is not None
        try:
            if joins:
                self.connection.execute("savepoint own")
            else:
                await self._begin_alone(self.connection)
        except BaseException:
            self._turn.release()
            raise
        return SqliteTransaction(self, self.connection, joins=joins)

    async def _begin_alone(self, connection: SqliteConnection) -> None:
        try:
            # One that read first and wrote later would fail where another writer came between.
            connection.execute("begin immediate")
        except DatabaseError as error:
            if not _is_busy(error):
                raise
        else:
            return
        try:
            # SQLite would wait in its own way for another process, and the whole server with it.
            async for attempt in AsyncRetrying(
                retry=retry_if_exception(_is_busy),
                stop=stop_after_delay(self._busy_seconds),
                wait=wait_random(max=0.01),
                reraise=True,
            ):
                with attempt:
                    connection.execute("begin immediate")
        except DatabaseError as error:
            if _is_busy(error):
                raise DeadlineError(str(error), "busy_seconds", self._busy_seconds) from error
            raise

    def ended(self) -> _Together:
        """Its turn is over, and what it wrote is to be committed."""
        together = self._together
        if together is None:
            together = self._together = _Together()
            # Behind everybody whose request came in with this one.
            asyncio.get_running_loop().call_soon(self._settle)
        together.size += 1
        self.give_back()
        return together

    def give_back(self) -> None:
        """Its turn is over."""
        if (self._due and not self._more()) or not self.connection.in_transaction:
            self._commit()
        self._turn.release()

    def _settle(self) -> None:
        if self._turn.locked() or self._more():
            self._due = True
        else:
            self._commit()

    def _more(self) -> bool:
        # Whoever waits already writes next: to commit before would have each of them commit alone.
        return self.waiting > 0 and self._together is not None and self._together.size < MOST_TOGETHER

    def _commit(self) -> None:
        together, self._together, self._due = self._together, None, False
        if together is None:
            return
        try:
            # Fails where the disk made SQLite give up all of it meanwhile.
            self.connection.execute("commit")
        except DatabaseError as error:
            self.connection.end_transaction()
            together.settle(error)
        else:
            together.settle(None)
            self._committed(together.size)

    def close(self) -> None:
        """Closes the connection."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None


class SqliteTransaction:
    """A transaction that writes."""

    def __init__(self, writer: SqliteWriter, connection: SqliteConnection, *, joins: bool) -> None:
        self._writer = writer
        self._connection = connection
        self._joins = joins
        self.fetch = connection.fetch

    async def change(self, sql: str, arguments: Sequence[Any]) -> int:
        """Runs a statement; how many rows it changed."""
        return self._connection.change(sql, arguments)

    async def write(self, sql: str, arguments: Sequence[Any]) -> None:
        """Runs a statement."""
        self._connection.change(sql, arguments)

    async def fetch_and_commit(self, sql: str, arguments: Sequence[Any]) -> Sequence[Row]:
        """All rows of a statement, then the commit."""
        try:
            rows = self._connection.execute(sql, arguments)
        except DatabaseError:
            await self.rollback()
            raise
        await self.commit()
        return rows

    async def commit(self) -> None:
        """Keeps what was written, once the commit is made."""
        if self._joins:
            try:
                self._connection.execute("release own")
            except DatabaseError:
                await self.rollback()
                raise
        await self._writer.ended().wait()

    async def rollback(self) -> None:
        """Keeps nothing."""
        try:
            if self._joins and self._connection.in_transaction:
                self._connection.execute("rollback to own")
                self._connection.execute("release own")
            else:
                self._connection.end_transaction()
        finally:
            self._writer.give_back()


def _is_busy(error: BaseException) -> bool:
    cause = error.__cause__
    return isinstance(cause, sqlite3.Error) and cause.sqlite_errorcode == sqlite3.SQLITE_BUSY
