"""What every database gives: connections for reading, transactions for writing."""

from collections.abc import Hashable, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any, Protocol

from sqlalchemy import Dialect

from execution.database.statements import Row, Statements


class DatabaseError(Exception):
    """The database refused a statement or could not be reached; the driver's own exception is its cause."""


class ConnectionLostError(DatabaseError):
    """The connection died, or none could be had. What was not committed is not there."""


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

    async def commit(self) -> None:
        """Keeps what was written.

        Raises:
            DatabaseError: The database refused; nothing is kept.
        """

    async def rollback(self) -> None:
        """Keeps nothing; never fails."""


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
        """Differs once anybody committed a change since the last call; None where only asking the tables tells."""

    async def close(self) -> None:
        """Closes every connection."""
