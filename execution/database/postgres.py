"""PostgreSQL over asyncpg: a small pool of connections whose statements stay prepared."""

import asyncio
from collections import OrderedDict, deque
from collections.abc import AsyncIterator, Hashable, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any

import asyncpg
from sqlalchemy import Dialect
from sqlalchemy.dialects.postgresql.asyncpg import PGDialect_asyncpg

from execution.database.connection import ConnectionLostError, DatabaseError
from execution.database.statements import Row, Statements

PREPARED = 500
SNAPSHOT = "begin isolation level repeatable read, read only"
LOST = (asyncpg.PostgresConnectionError, asyncpg.AdminShutdownError, asyncpg.CrashShutdownError, OSError)
FAILED = (asyncpg.PostgresError, asyncpg.InterfaceError, OSError)


class PostgresDatabase:
    """A pool of connections, the most recently used first.

    Behind a pooler that gives a connection to somebody else after each transaction, every statement runs in a
    transaction and none stays prepared.

    Attributes:
        dialect: PostgreSQL with asyncpg's placeholders.
        statements: Those that were compiled for it.
    """

    def __init__(self, dsn: str, size: int, *, transaction_pooling: bool = False) -> None:
        self.dialect: Dialect = PGDialect_asyncpg()  # type: ignore[no-untyped-call] # SQLAlchemy's own omission
        self.statements = Statements(self.dialect)
        self._dsn = dsn
        self._size = size
        self._pooled = transaction_pooling
        self._free: list[_Connection] = []
        self._open = 0
        self._waiting: deque[asyncio.Future[None]] = deque()

    @asynccontextmanager
    async def reading(self, *, statements: int) -> AsyncIterator["_Connection"]:
        """A connection; one statement is a snapshot by itself, several run in a transaction that is one."""
        connection = await self._take()
        try:
            if statements > 1 or self._pooled:
                await connection.send(SNAPSHOT)
                yield connection
                await connection.send("commit")
            else:
                yield connection
        except BaseException as error:
            await self._drop_unless_whole(connection, error)
            raise
        self._give_back(connection)

    async def begin(self, *, writes: bool) -> "_Transaction":
        """A transaction. Connections that died while they lay idle are passed over: nothing ran on them yet."""
        for _ in range(self._size):
            connection = await self._take()
            try:
                await connection.send("begin" if writes else SNAPSHOT)
            except ConnectionLostError as error:
                await self._drop_unless_whole(connection, error)
            except BaseException as error:
                await self._drop_unless_whole(connection, error)
                raise
            else:
                return _Transaction(self, connection)
        raise ConnectionLostError("no connection lives long enough to begin a transaction")

    def stamp(self) -> Hashable:
        """None: PostgreSQL does not say without a round trip."""
        return None

    async def close(self) -> None:
        """Closes every free connection."""
        while self._free:
            self._open -= 1
            await self._free.pop().close()

    async def _take(self) -> "_Connection":
        while True:
            while self._free:
                connection = self._free.pop()
                if not connection.is_closed():
                    return connection
                self._open -= 1
            if self._open < self._size:
                self._open += 1
                try:
                    return await _connect(self._dsn, prepares=not self._pooled)
                except BaseException:
                    self._open -= 1
                    self._wake()
                    raise
            turn = asyncio.get_running_loop().create_future()
            self._waiting.append(turn)
            await turn

    def _give_back(self, connection: "_Connection") -> None:
        if connection.is_closed():
            self._open -= 1
        else:
            self._free.append(connection)
        self._wake()

    async def _drop_unless_whole(self, connection: "_Connection", error: BaseException) -> None:
        # Whoever was cancelled left a statement on the wire; the next one must not get its answer.
        whole = isinstance(error, Exception) and not isinstance(error, ConnectionLostError)
        if whole:
            with suppress(DatabaseError):
                await connection.end_transaction()
        else:
            connection.terminate()
        self._give_back(connection)

    def _wake(self) -> None:
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_result(None)
                return


async def _connect(dsn: str, *, prepares: bool) -> "_Connection":
    try:
        # Without a cache of its own asyncpg leaves nothing prepared on the server; ours is per connection, below.
        raw = await asyncpg.connect(dsn, statement_cache_size=0, server_settings={"application_name": "clientela"})
    except (OSError, asyncpg.PostgresError) as error:
        raise ConnectionLostError(str(error)) from error
    return _Connection(raw, prepares=prepares)


class _Connection:
    """One connection and what is prepared on it."""

    def __init__(self, raw: "asyncpg.Connection[Any]", *, prepares: bool) -> None:
        self._raw = raw
        self._prepares = prepares
        self._serial = 0
        self._prepared: OrderedDict[str, Any] = OrderedDict()

    async def fetch(self, sql: str, arguments: Sequence[Any]) -> Sequence[Row]:
        """All rows of a statement."""
        try:
            statement = self._prepared.get(sql) or await self._prepare(sql)
            rows: Sequence[Row] = await statement.fetch(*arguments)
        except FAILED as error:
            raise self._wrapped(sql, error) from error
        return rows

    async def change(self, sql: str, arguments: Sequence[Any]) -> int:
        """Runs a statement; how many rows it changed."""
        try:
            statement = self._prepared.get(sql) or await self._prepare(sql)
            await statement.fetch(*arguments)
        except FAILED as error:
            raise self._wrapped(sql, error) from error
        return int(statement.get_statusmsg().rpartition(" ")[2])

    async def send(self, command: str) -> None:
        """Runs a command without parameters."""
        try:
            await self._raw.execute(command)
        except FAILED as error:
            raise self._wrapped(command, error) from error

    async def end_transaction(self) -> None:
        """Rolls back what is open, if anything is."""
        if not self._raw.is_closed() and self._raw.is_in_transaction():
            await self.send("rollback")

    def is_closed(self) -> bool:
        return bool(self._raw.is_closed())

    def terminate(self) -> None:
        self._raw.terminate()

    async def close(self) -> None:
        await self._raw.close()

    async def _prepare(self, sql: str) -> Any:  # noqa: ANN401 - asyncpg carries no types
        # A statement without a name is sent whole each time; another server connection would not know its name.
        self._serial += 1
        statement = await self._raw.prepare(sql, name=f"plan_{self._serial}" if self._prepares else "")
        if self._prepares:
            self._prepared[sql] = statement
            if len(self._prepared) > PREPARED:
                self._prepared.popitem(last=False)
        return statement

    def _wrapped(self, sql: str, error: Exception) -> DatabaseError:
        # A statement that was prepared before a migration may not fit the tables any more.
        self._prepared.pop(sql, None)
        lost = isinstance(error, LOST) or self.is_closed()
        return (ConnectionLostError if lost else DatabaseError)(str(error))


class _Transaction:
    """A connection between `begin` and its end."""

    def __init__(self, database: PostgresDatabase, connection: _Connection) -> None:
        self._database = database
        self._connection = connection
        self.fetch = connection.fetch
        self.change = connection.change

    async def commit(self) -> None:
        await self._end("commit")

    async def rollback(self) -> None:
        # A connection that is lost keeps nothing either; whoever rolls back has a fault to tell already.
        with suppress(ConnectionLostError):
            await self._end("rollback")

    async def _end(self, command: str) -> None:
        try:
            await self._connection.send(command)
        except BaseException as error:
            await self._database._drop_unless_whole(self._connection, error)
            raise
        self._database._give_back(self._connection)
