"""PostgreSQL over asyncpg: a small pool of connections whose statements stay prepared."""

from collections.abc import Awaitable, Callable, Hashable, Sequence
from contextlib import suppress
from typing import Any, TypeVar

from sqlalchemy import Dialect
from sqlalchemy.dialects.postgresql.asyncpg import PGDialect_asyncpg

from execution.database.connection import PATIENCE, ConnectionLostError, DatabaseError, Patience, Usage
from execution.database.postgres_connection import PostgresConnection
from execution.database.postgres_pool import PostgresPool
from execution.database.statements import Row, Statements
from execution.database.values import json_text

ResultT = TypeVar("ResultT")


class PostgresDatabase:
    """A pool of connections, the most recently used first.

    Behind a pooler that gives a connection to somebody else after each transaction, every statement runs in a
    transaction and none stays prepared.

    Attributes:
        dialect: PostgreSQL with asyncpg's placeholders.
        statements: Those that were compiled for it.
    """

    def __init__(
        self, dsn: str, size: int, *, transaction_pooling: bool = False, patience: Patience = PATIENCE
    ) -> None:
        self.dialect: Dialect = PGDialect_asyncpg(json_serializer=json_text)  # type: ignore[no-untyped-call] # SQLAlchemy's own omission
        self.statements = Statements(self.dialect)
        self._pool = PostgresPool(dsn, size, patience, transaction_pooling=transaction_pooling)

    def reading(self, *, statements: int) -> "_Reading":
        """A connection; one statement is a snapshot by itself, several run in a transaction that is one."""
        return _Reading(self._pool, snapshot=statements > 1 or self._pool.pooled)

    async def begin(self, *, writes: bool) -> "_Transaction":
        """A transaction, of which the database hears with its first statement."""
        return _Transaction(self._pool, await self._pool.take(), self._pool.begin if writes else self._pool.snapshot)

    def stamp(self) -> Hashable:
        """None: PostgreSQL does not say without a round trip."""
        return None

    def usage(self) -> Usage:
        """How many connections are held, and waited for, at this moment."""
        return self._pool.usage()

    async def close(self) -> None:
        """Closes every free connection."""
        await self._pool.close()


class _Reading:
    """A connection for short reads, from the pool and back."""

    # A class, for a generator that is a context manager costs three times as much.
    __slots__ = ("_connection", "_pool", "_snapshot")
    _connection: PostgresConnection

    def __init__(self, pool: PostgresPool, *, snapshot: bool) -> None:
        self._pool, self._snapshot = pool, snapshot

    async def __aenter__(self) -> PostgresConnection:
        self._connection = connection = await self._pool.take()
        if self._snapshot:
            try:
                await connection.run_later(self._pool.snapshot)
            except BaseException as error:
                await self._pool.drop_unless_whole(connection, error)
                raise
        return connection

    async def __aexit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        connection, pool = self._connection, self._pool
        if error is not None:
            await pool.drop_unless_whole(connection, error)
            return
        if pool.awaited and connection.in_transaction:
            # The end of one snapshot travels with the first statement of whoever is next.
            try:
                await connection.run_later("commit")
            except BaseException as failure:
                await pool.drop_unless_whole(connection, failure)
                if isinstance(failure, DatabaseError):
                    # What was read was read.
                    return
                raise
        pool.give_back(connection)


class _Transaction:
    """A connection for one transaction, which begins with its first statement."""

    def __init__(self, pool: PostgresPool, connection: PostgresConnection, begin: str) -> None:
        self._pool = pool
        self._connection = connection
        # What goes ahead of the first statement that is waited for; None once the database answered it.
        self._opening: list[tuple[str, Sequence[Any]]] | None = [(begin, ())]

    async def fetch(self, sql: str, arguments: Sequence[Any]) -> Sequence[Row]:
        if self._opening is not None:
            return await self._open(lambda connection: connection.fetch(sql, arguments))
        return await self._connection.fetch(sql, arguments)

    async def change(self, sql: str, arguments: Sequence[Any]) -> int:
        if self._opening is not None:
            return await self._open(lambda connection: connection.change(sql, arguments))
        return await self._connection.change(sql, arguments)

    async def write(self, sql: str, arguments: Sequence[Any]) -> None:
        if self._opening is not None:
            self._opening.append((sql, arguments))
        else:
            await self._connection.run_later(sql, arguments)

    async def append(self, table: str, sql: str, arguments: Sequence[Any]) -> None:
        await self.write(sql, arguments)

    async def fetch_and_commit(self, sql: str, arguments: Sequence[Any]) -> Sequence[Row]:
        if self._opening is not None:
            # Of what was never begun a try on another connection may follow, of what was committed none.
            rows = await self.fetch(sql, arguments)
            await self.commit()
            return rows
        try:
            rows = await self._connection.fetch_and_commit(sql, arguments)
        except BaseException as error:
            await self._pool.drop_unless_whole(self._connection, error)
            raise
        self._pool.give_back(self._connection)
        return rows

    async def commit(self) -> None:
        try:
            if self._opening is not None and len(self._opening) > 1:
                await self.change(*self._opening.pop())
            if self._opening is None:
                await self._connection.commit()
        except BaseException as error:
            await self._pool.drop_unless_whole(self._connection, error)
            raise
        self._pool.give_back(self._connection)

    async def rollback(self) -> None:
        try:
            # A connection that is lost keeps nothing either; whoever rolls back has a fault to tell already.
            with suppress(ConnectionLostError):
                await self._connection.end_transaction()
        except BaseException as error:
            await self._pool.drop_unless_whole(self._connection, error)
            raise
        self._pool.give_back(self._connection)

    async def _open(self, run: Callable[[PostgresConnection], Awaitable[ResultT]]) -> ResultT:
        # A connection may have died while it lay idle. Nothing is committed yet, so another one serves as well.
        for _ in range(self._pool.size):
            try:
                for sql, arguments in self._opening or ():
                    await self._connection.run_later(sql, arguments)
                result = await run(self._connection)
            except ConnectionLostError as error:
                lost = error
                await self._pool.drop_unless_whole(self._connection, error)
                self._connection = await self._pool.take()
            else:
                self._opening = None
                return result
        raise lost
