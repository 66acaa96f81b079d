"""What every database gives: connections for reading, transactions for writing."""

from collections.abc import Hashable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

from sqlalchemy import Dialect

from execution.database.statements import Row, Statements


class DatabaseError(Exception):
    """The database refused a statement or could not be reached; the driver's own exception is its cause."""


class ConnectionLostError(DatabaseError):
    """The connection died, or none could be had. What was not committed is not there."""


class LimitError(DatabaseError):
    """A limit was reached.

    Attributes:
        limit: Its name, mostly one of `Patience`.
        allowed: Its value.
    """

    def __init__(self, message: str, limit: str, allowed: float) -> None:
        super().__init__(message)
        self.limit = limit
        self.allowed = allowed


class DeadlineError(LimitError):
    """A statement took longer than it may, or waited too long for somebody else's lock."""


class OverloadedError(LimitError):
    """Too many wait for a connection already, or one waited too long. Nothing ran."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a database is given.

    Attributes:
        statement_seconds: For a statement.
        lock_seconds: To wait for a lock that somebody else holds.
        idle_seconds: For a transaction between its statements.
        most_waiting: How many may wait for a connection at a time.
        waiting_seconds: How long each of them waits.
    """

    statement_seconds: float = 10.0
    lock_seconds: float = 5.0
    idle_seconds: float = 30.0
    most_waiting: int = 1_000
    waiting_seconds: float = 5.0


PATIENCE = Patience()


class Connection(Protocol):
    """A connection that statements run on, one after the other, in one snapshot."""

    async def fetch(self, sql: str, arguments: Sequence[Any]) -> Sequence[Row]:
        """All rows of a statement.

        Raises:
            DatabaseError: It could not be run.
        """


class Transaction(Connection, Protocol):
    """A connection of one's own until `commit` or `rollback`, either of which gives it back."""

    async def change(self, sql: str, arguments: Sequence[Any]) -> int:
        """Runs a statement that returns no rows.

        Returns:
            How many rows it inserted, updated or deleted.

        Raises:
            DatabaseError: It could not be run.
        """

    async def write(self, sql: str, arguments: Sequence[Any]) -> None:
        """Runs a statement that returns no rows and whose outcome nobody looks at.

        It may travel with the next statement, or with the commit, which then raises what is wrong with it.

        Raises:
            DatabaseError: It could not be run.
        """

    async def append(self, table: str, sql: str, arguments: Sequence[Any]) -> None:
        """Runs an INSERT of one row into a table that only grows: nothing refers to its rows, what they refer to stays.

        It may wait for the commit, which writes the rows of many transactions at once, and then raises for all of them
        what is wrong with one.

        Args:
            table: The table's name; who asks for it sees the row.
            sql: The statement.
            arguments: The row.

        Raises:
            DatabaseError: It could not be run.
        """

    async def fetch_and_commit(self, sql: str, arguments: Sequence[Any]) -> Sequence[Row]:
        """All rows of a SELECT, and `commit`, together where the database can.

        Raises:
            DatabaseError: As `fetch` or `commit`; nothing is kept, and the connection is given back.
        """

    async def commit(self) -> None:
        """Keeps what was written.

        Raises:
            DatabaseError: The database refused; nothing is kept.
        """

    async def rollback(self) -> None:
        """Keeps nothing; never fails."""


class Usage(NamedTuple):
    """How busy a database's connections are.

    Attributes:
        in_use: How many are held now.
        waiting: How many wait for one.
    """

    in_use: int
    waiting: int


class Database(Protocol):
    """One database.

    Attributes:
        dialect: For SQLAlchemy to write statements in.
        statements: Those that were compiled for it.
    """

    dialect: Dialect
    statements: Statements

    def reading(self, *, statements: int) -> AbstractAsyncContextManager[Connection]:
        """A connection for short reads; with several statements all of them see one snapshot."""

    async def begin(self, *, writes: bool) -> Transaction:
        """A transaction; one that only reads sees one snapshot and may take long.

        Raises:
            ConnectionLostError: No connection could be had.
        """

    def stamp(self) -> Hashable:
        """Differs once anybody else committed a change since the last call; None where only asking the tables tells.

        What this database's own transactions change may leave it as it is.
        """

    def usage(self) -> Usage:
        """How many connections are held, and waited for, at this moment."""

    async def close(self) -> None:
        """Closes every connection."""
