"""The one connection that writes to a SQLite file: transactions come one after the other.

Those that end in one turn of the loop are committed together, each kept or not by itself: a commit writes every page
that changed, and most change with every line of a log. Nobody is answered before it. A thread makes it, and whoever is
next is read, checked and queued meanwhile, and writes before the others are answered, so that the thread goes on.
"""

import asyncio
import sqlite3
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import cached_property, partial

from tenacity import AsyncRetrying, retry_if_exception, stop_after_delay, wait_random

from execution.database.appends import Append, Appends, send
from execution.database.connection import DatabaseError, DeadlineError
from execution.database.joint_commit import JointCommit
from execution.database.sqlite_connection import SqliteConnection
from execution.database.sqlite_transaction import SqliteTransaction
from execution.database.turn import Turn

MOST_TOGETHER = 64
"""Transactions in one commit, where others still wait: nobody is kept from an answer for longer."""
WORTH_A_THREAD = 4
"""Transactions in one commit: to hand it to a thread and hear of it again takes as long as to commit a few."""


class SqliteWriter:
    """Lends the connection to one transaction at a time.

    Attributes:
        committing_since: When a thread began the commit that it makes now, by the monotonic clock; None where none is.
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
        self.committing_since: float | None = None
        self._connect = connect
        self._committed = committed
        self._busy_seconds = busy_seconds
        self._turn = Turn()
        self._thread: ThreadPoolExecutor | None = None
        self._together: JointCommit | None = None
        self._appends = Appends()
        # Whether they must be committed by whoever writes now, as soon as that ends.
        self._due = False

    @cached_property
    def connection(self) -> SqliteConnection:
        """The connection; made at the first use."""
        return self._connect()

    @property
    def busy(self) -> bool:
        """Whether somebody writes."""
        return self._turn.taken

    @property
    def waiting(self) -> int:
        """How many wait for their turn."""
        return self._turn.waiting

    async def begin(self) -> SqliteTransaction:
        """A transaction, once it is its turn.

        Raises:
            DeadlineError: Another process writes for too long.
        """
        try:
            await self._turn.take()
        except BaseException:
            self._settle()
            raise
        joins = self._together is not None
        if not joins:
            try:
                await self._begin_alone(self.connection)
            except BaseException:
                self._turn.hand_on()
                raise
        return SqliteTransaction(self.connection, self._appends, self._ended, self._give_back, joins=joins)

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

    def _ended(self) -> JointCommit:
        together = self._together
        if together is None:
            together = self._together = JointCommit()
            # Behind everybody whose request came in with this one.
            asyncio.get_running_loop().call_soon(self._settle)
        together.size += 1
        self._give_back()
        return together

    def _give_back(self) -> None:
        if (self._due and not self._more()) or not self.connection.in_transaction:
            self._commit()
        else:
            self._turn.hand_on()

    def _settle(self) -> None:
        if self._together is None:
            return
        # Nobody has his turn before those who wait for it.
        if self._turn.take_at_once():
            self._commit()
        else:
            self._due = True

    def _more(self) -> bool:
        # Whoever waits already writes next: to commit before would have each of them commit alone.
        return self.waiting > 0 and self._together is not None and self._together.size < MOST_TOGETHER

    def _commit(self) -> None:
        # Its turn is taken, and handed on at the end.
        together, self._together, self._due = self._together, None, False
        rows = self._appends.take()
        if together is None:
            self._turn.hand_on()
        elif together.size < WORTH_A_THREAD:
            self._end(together, self._send_commit(rows))
        else:
            self._thread = self._thread or ThreadPoolExecutor(1, "sqlite-commit")
            self.committing_since = time.monotonic()
            sent = asyncio.get_running_loop().run_in_executor(self._thread, self._send_commit, rows)
            sent.add_done_callback(partial(self._sent, together))

    def _send_commit(self, rows: list[Append]) -> DatabaseError | None:
        try:
            if not self.connection.in_transaction:
                raise DatabaseError("SQLite gave the transaction up, as it does where a disk is full or fails")
            send(self.connection, rows)
            self.connection.commit()
        except Exception as error:
            # The driver has its own for values, such as half a character. Whatever it is, the turn is handed on.
            with suppress(DatabaseError):
                self.connection.end_transaction()
            return error if isinstance(error, DatabaseError) else DatabaseError(str(error))
        return None

    def _sent(self, together: JointCommit, sent: "asyncio.Future[DatabaseError | None]") -> None:
        self.committing_since = None
        self._end(together, sent.result())

    def _end(self, together: JointCommit, error: DatabaseError | None) -> None:
        self._turn.hand_on()
        # Behind those who wait for their turn, and before those who are told now.
        asyncio.get_running_loop().call_soon(self._settle)
        together.settle(error)
        if error is None:
            self._committed(together.size)

    def close(self) -> None:
        """Closes the connection, after the commit that a thread makes."""
        if self._thread is not None:
            self._thread.shutdown()
            self._thread = None
        made: SqliteConnection | None = self.__dict__.pop("connection", None)
        if made is not None:
            made.close()


def _is_busy(error: BaseException) -> bool:
    cause = error.__cause__
    return isinstance(cause, sqlite3.Error) and cause.sqlite_errorcode == sqlite3.SQLITE_BUSY
