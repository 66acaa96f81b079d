"""Carries what was committed from SQLite's log into its file, in a thread: that waits for the disk, twice each time.

By itself SQLite does it within a commit, and everybody waits. The writer's own threshold stays behind this one, for a
log begins anew only where nothing was added to it during a checkpoint.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress

from execution.database.connection import DatabaseError
from execution.database.sqlite_connection import SqliteConnection

TRANSACTIONS = 200
"""After so many; they leave some 4 MB of log."""
LONG_LOG = 8000
"""Pages, 32 MB; from there on the first commit after a checkpoint carries over what was added during it."""


class Checkpoints:
    """Those of one file."""

    def __init__(self, connect: Callable[[], SqliteConnection]) -> None:
        self._connect = connect
        self._connection: SqliteConnection | None = None
        self._transactions = 0
        self._running: asyncio.Future[None] | None = None

    def committed(self, transactions: int) -> None:
        """Begins one where enough was committed, unless one runs."""
        self._transactions += transactions
        if self._transactions >= TRANSACTIONS and (self._running is None or self._running.done()):
            self._transactions = 0
            self._running = asyncio.get_running_loop().run_in_executor(None, self._carry_over)

    def _carry_over(self) -> None:
        # What cannot be carried over stays in the log, where it is as safe.
        with suppress(DatabaseError):
            if self._connection is None:
                self._connection = self._connect()
            self._connection.execute("pragma wal_checkpoint(passive)")

    async def close(self) -> None:
        """Waits for the one that runs, and closes the connection."""
        if self._running is not None:
            await self._running
        if self._connection is not None:
            self._connection.close()
            self._connection = None
