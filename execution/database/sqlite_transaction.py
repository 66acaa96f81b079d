"""One transaction that writes to a SQLite file."""

from collections.abc import Callable, Sequence
from typing import Any

from execution.database.connection import DatabaseError
from execution.database.joint_commit import JointCommit
from execution.database.sqlite_connection import SqliteConnection
from execution.database.statements import Row


class SqliteTransaction:
    """A transaction that writes."""

    def __init__(
        self,
        connection: SqliteConnection,
        ended: Callable[[], JointCommit],
        give_back: Callable[[], None],
        *,
        joins: bool,
    ) -> None:
        """Makes a transaction that has begun.

        Args:
            connection: Its own until it ends.
            ended: Told that it ended, and what it wrote is to be committed; answers with that commit.
            give_back: Told that it ended and keeps nothing.
            joins: Whether it stands behind a savepoint, in one transaction with others.
        """
        self._connection = connection
        self._ended = ended
        self._give_back = give_back
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
        await self._ended().wait()

    async def rollback(self) -> None:
        """Keeps nothing."""
        try:
            if self._joins and self._connection.in_transaction:
                self._connection.execute("rollback to own")
                self._connection.execute("release own")
            else:
                self._connection.end_transaction()
        finally:
            self._give_back()
