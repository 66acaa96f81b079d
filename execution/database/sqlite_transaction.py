"""One transaction that writes to a SQLite file."""

from collections.abc import Callable, Sequence
from typing import Any

from execution.database.appends import Append, Appends, send
from execution.database.connection import DatabaseError
from execution.database.joint_commit import JointCommit
from execution.database.sqlite_connection import SqliteConnection
from execution.database.statements import Row


class SqliteTransaction:
    """A transaction that writes.

    The last of its statements that nobody looks at is kept back until the next one, or the commit: SQLite takes back a
    single statement that fails by itself, so that most transactions need no savepoint.
    """

    def __init__(
        self,
        connection: SqliteConnection,
        appends: Appends,
        ended: Callable[[], JointCommit],
        give_back: Callable[[], None],
        *,
        joins: bool,
    ) -> None:
        """Makes a transaction that has begun.

        Args:
            connection: Its own until it ends.
            appends: What those before it, which are not committed yet, append.
            ended: Told that it ended, and what it wrote is to be committed; answers with that commit.
            give_back: Told that it ended and keeps nothing.
            joins: Whether it is one transaction with others, and leaves them alone if it is rolled back.
        """
        self._connection = connection
        self._appends = appends
        self._ended = ended
        self._give_back = give_back
        self._joins = joins
        self._saved = False
        self._kept_back: tuple[str, Sequence[Any]] | None = None
        self._own: list[Append] = []
        # Of those before it, written after its savepoint.
        self._others: list[Append] = []

    async def fetch(self, sql: str, arguments: Sequence[Any]) -> Sequence[Row]:
        """All rows of a statement, at once."""
        self._catch_up(sql)
        return self._connection.execute(sql, arguments)

    async def change(self, sql: str, arguments: Sequence[Any]) -> int:
        """Runs a statement; how many rows it changed."""
        self._catch_up(sql)
        return self._change(sql, arguments)

    async def write(self, sql: str, arguments: Sequence[Any]) -> None:
        """Runs a statement with the next one, or the commit."""
        self._catch_up(sql)
        self._kept_back = (sql, arguments)

    async def append(self, table: str, sql: str, arguments: Sequence[Any]) -> None:
        """Runs an INSERT with the commit, or before somebody asks for the table."""
        self._own.append((table, sql, arguments))

    async def fetch_and_commit(self, sql: str, arguments: Sequence[Any]) -> Sequence[Row]:
        """All rows of a statement, then the commit."""
        try:
            rows = await self.fetch(sql, arguments)
        except DatabaseError:
            await self.rollback()
            raise
        await self.commit()
        return rows

    async def commit(self) -> None:
        """Keeps what was written, once the commit is made."""
        try:
            if self._kept_back is not None:
                self._connection.change(*self._kept_back)
            if self._saved:
                self._connection.execute("release own")
        except DatabaseError:
            await self.rollback()
            raise
        if self._own:
            self._appends.add(self._own)
        await self._ended().wait()

    async def rollback(self) -> None:
        """Keeps nothing."""
        try:
            if not self._joins:
                self._connection.end_transaction()
            elif self._saved and self._connection.in_transaction:
                self._connection.execute("rollback to own")
                self._connection.execute("release own")
                self._appends.add(self._others)
        finally:
            self._give_back()

    def _catch_up(self, sql: str) -> None:
        if self._kept_back is not None:
            kept_back, self._kept_back = self._kept_back, None
            self._change(*kept_back)
        if self._appends.rows and self._appends.concern(sql):
            others = self._appends.take()
            self._send(others)
            self._others += others
        if self._own and any(table in sql for table, _, _ in self._own):
            own, self._own = self._own, []
            self._send(own)

    def _send(self, rows: Sequence[Append]) -> None:
        self._save()
        send(self._connection, rows)

    def _change(self, sql: str, arguments: Sequence[Any]) -> int:
        self._save()
        return self._connection.change(sql, arguments)

    def _save(self) -> None:
        if self._joins and not self._saved:
            self._connection.execute("savepoint own")
            self._saved = True
