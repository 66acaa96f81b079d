"""A database whose statements somebody watches. Where nobody does, it is not there, and costs nothing."""

from collections.abc import AsyncIterator, Callable, Hashable, Sequence
from contextlib import AbstractContextManager, asynccontextmanager
from typing import Any

from sqlalchemy import Dialect

from execution.database.connection import Connection, Database, Transaction, Usage
from execution.database.statements import Row, Statements

Watch = Callable[[str], AbstractContextManager[object]]
"""Given a statement's text, which holds no values; the context lasts as long as the statement runs."""


class ObservedDatabase:
    """Another database, with a context round each of its statements.

    Attributes:
        dialect: The other's.
        statements: The other's.
    """

    def __init__(self, database: Database, watch: Watch) -> None:
        self.dialect: Dialect = database.dialect
        self.statements: Statements = database.statements
        self._database = database
        self._watch = watch

    @asynccontextmanager
    async def reading(self, *, statements: int) -> AsyncIterator[Connection]:
        """A connection of the other."""
        async with self._database.reading(statements=statements) as connection:
            yield _ObservedConnection(connection, self._watch)

    async def begin(self, *, writes: bool) -> Transaction:
        """A transaction of the other."""
        return _ObservedTransaction(await self._database.begin(writes=writes), self._watch)

    def stamp(self) -> Hashable:
        """The other's."""
        return self._database.stamp()

    def usage(self) -> Usage:
        """The other's."""
        return self._database.usage()

    async def close(self) -> None:
        """Closes the other."""
        await self._database.close()


class _ObservedConnection:
    def __init__(self, connection: Connection, watch: Watch) -> None:
        self._connection = connection
        self._watch = watch

    async def fetch(self, sql: str, arguments: Sequence[Any]) -> Sequence[Row]:
        with self._watch(sql):
            return await self._connection.fetch(sql, arguments)


class _ObservedTransaction:
    def __init__(self, transaction: Transaction, watch: Watch) -> None:
        self._transaction = transaction
        self._watch = watch
        self.rollback = transaction.rollback

    async def fetch(self, sql: str, arguments: Sequence[Any]) -> Sequence[Row]:
        with self._watch(sql):
            return await self._transaction.fetch(sql, arguments)

    async def change(self, sql: str, arguments: Sequence[Any]) -> int:
        with self._watch(sql):
            return await self._transaction.change(sql, arguments)

    async def write(self, sql: str, arguments: Sequence[Any]) -> None:
        with self._watch(sql):
            await self._transaction.write(sql, arguments)

    async def append(self, table: str, sql: str, arguments: Sequence[Any]) -> None:
        with self._watch(sql):
            await self._transaction.append(table, sql, arguments)

    async def fetch_and_commit(self, sql: str, arguments: Sequence[Any]) -> Sequence[Row]:
        with self._watch(sql):
            return await self._transaction.fetch_and_commit(sql, arguments)

    async def commit(self) -> None:
        with self._watch("commit"):
            await self._transaction.commit()
