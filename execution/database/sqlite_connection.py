"""One connection to a SQLite file."""

import sqlite3
import time
from collections.abc import Sequence
from typing import Any

from execution.database.connection import ConnectionLostError, DatabaseError, DeadlineError
from execution.database.statements import Row

LONGEST_INLINE_SECONDS = 0.05
STEPS_BETWEEN_LOOKS = 5_000


class SqliteConnection:
    """A connection that statements run on where they are called."""

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
        """All rows of a statement, or what is wrong with it."""
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
        """Runs a statement; how many rows it changed."""
        try:
            return self._raw.execute(sql, arguments).rowcount
        except sqlite3.Error as error:
            raise DatabaseError(str(error)) from error

    def commit(self) -> None:
        """Commits by the driver's own way, which gives Python up once, where a statement does so three times."""
        try:
            self._raw.commit()
        except sqlite3.Error as error:
            raise DatabaseError(str(error)) from error

    def end_transaction(self) -> None:
        """Rolls back; a disk that is full or failed may have made SQLite do so itself."""
        if self._raw.in_transaction:
            self.execute("rollback")

    @property
    def in_transaction(self) -> bool:
        """Whether one is open; a disk that is full or failed may have made SQLite end it."""
        return self._raw.in_transaction

    def break_off_long_statements(self, seconds: float) -> None:
        """Has statements run so long at most."""
        self._longest = seconds
        self._raw.set_progress_handler(lambda: time.monotonic() > self._until, STEPS_BETWEEN_LOOKS)

    def close(self) -> None:
        """Closes it."""
        self._raw.close()
