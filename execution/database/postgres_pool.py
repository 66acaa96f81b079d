"""A small pool of connections to PostgreSQL, the most recently used first."""

import asyncio
from collections import deque
from contextlib import suppress

import asyncpg

from execution.database.connection import ConnectionLostError, DatabaseError, OverloadedError, Patience, Usage
from execution.database.postgres_connection import FAILED, PostgresConnection
from execution.database.postgres_transport import HoldingLoop
from execution.deadlines import Deadlines

SECONDS_TO_CONNECT = 5
NOTICES_GONE = "500ms"
"""How soon PostgreSQL sees that a connection was cut, and gives up what ran on it."""
SNAPSHOT = "begin isolation level repeatable read, read only"


class PostgresPool:
    """Connections that are lent and come back; who finds none free waits in a queue that is bounded.

    Attributes:
        pooled: Whether a pooler gives connections to somebody else after each transaction.
        begin: The text that begins a transaction.
        snapshot: The text that begins one that only reads.
    """

    def __init__(self, dsn: str, size: int, patience: Patience, *, transaction_pooling: bool) -> None:
        self.pooled = transaction_pooling
        self.size = size
        self._dsn = dsn
        self._patience = patience
        self.begin, self.snapshot = "begin", SNAPSHOT
        self._limits = {
            "statement_timeout": f"{round(patience.statement_seconds * 1000)}ms",
            "lock_timeout": f"{round(patience.lock_seconds * 1000)}ms",
            "idle_in_transaction_session_timeout": f"{round(patience.idle_seconds * 1000)}ms",
            "client_connection_check_interval": NOTICES_GONE,
        }
        if transaction_pooling:
            # A pooler refuses settings at connect, and lends the connection to others: they are the transaction's.
            own = "".join(f"; set local {name} = '{value}'" for name, value in self._limits.items())
            self.begin, self.snapshot, self._limits = self.begin + own, self.snapshot + own, {}
        self._free: list[PostgresConnection] = []
        self._open = 0
        # What ends one connection often ends all that were made before: a read that is tried again gets a new one.
        self._generation = 0
        self._waiting: deque[asyncio.Future[PostgresConnection | None]] = deque()
        # A timeout that cancels the task would cost a short request a twentieth.
        self._deadlines = Deadlines(patience.waiting_seconds, self._give_up)
        self._ending: set[asyncio.Task[None]] = set()

    def usage(self) -> Usage:
        """How many connections are held, and waited for, at this moment."""
        return Usage(self._open - len(self._free), sum(not turn.done() for turn in self._waiting))

    async def close(self) -> None:
        """Closes every free connection."""
        if self._ending:
            await asyncio.wait(self._ending)
        while self._free:
            self._open -= 1
            await self._free.pop().close()

    @property
    def awaited(self) -> bool:
        """Whether somebody waits for a connection."""
        return bool(self._waiting)

    async def take(self) -> PostgresConnection:
        """A connection, until `give_back` or `drop_unless_whole`.

        Raises:
            OverloadedError: Too many wait already, or this one waited too long.
            ConnectionLostError: None could be made.
        """
        while True:
            while self._free:
                connection = self._free.pop()
                if self._is_good(connection):
                    return connection
                self._open -= 1
            if self._open < self.size:
                self._open += 1
                try:
                    return await self._connect()
                except BaseException:
                    self._open -= 1
                    self._hand_on(None)
                    raise
            handed = await self._turn()
            if handed is not None and self._is_good(handed):
                return handed
            self._open -= handed is not None

    async def _turn(self) -> PostgresConnection | None:
        """Waits until a connection is handed on, or one may be opened.

        Raises:
            OverloadedError: Too many wait already, or this one waited too long.
        """
        if len(self._waiting) >= self._patience.most_waiting:
            most = self._patience.most_waiting
            raise OverloadedError(f"{len(self._waiting)} wait for a connection", "most_waiting", most)
        turn: asyncio.Future[PostgresConnection | None] = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        self._deadlines.start(turn)
        try:
            return await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled() and turn.exception() is None:
                self._hand_on(turn.result())
            elif turn in self._waiting:
                self._waiting.remove(turn)
            raise
        finally:
            self._deadlines.stop(turn)

    def _give_up(self, turn: asyncio.Future[PostgresConnection | None]) -> None:
        if not turn.done():
            self._waiting.remove(turn)
            seconds = self._patience.waiting_seconds
            turn.set_exception(OverloadedError("no connection came free in time", "waiting_seconds", seconds))

    def give_back(self, connection: PostgresConnection) -> None:
        """Lends it to whoever waits longest, or keeps it."""
        if self._is_good(connection):
            self._hand_on(connection)
        else:
            self._open -= 1
            self._hand_on(None)

    def _is_good(self, connection: PostgresConnection) -> bool:
        if connection.generation != self._generation:
            connection.terminate()
        return not connection.is_closed()

    def _hand_on(self, connection: PostgresConnection | None) -> None:
        # To whoever waits longest; without a connection it may open one.
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_result(connection)
                return
        if connection is None:
            return
        if connection.in_transaction:
            # Nothing was written, so that no answer needs to wait for it.
            task = asyncio.get_running_loop().create_task(self._end_reading(connection))
            self._ending.add(task)
            task.add_done_callback(self._ending.discard)
        else:
            connection.forget()
            self._free.append(connection)

    async def _end_reading(self, connection: PostgresConnection) -> None:
        try:
            await connection.end_transaction()
        except BaseException as error:
            connection.terminate()
            if not isinstance(error, DatabaseError):
                raise
        finally:
            self.give_back(connection)

    async def drop_unless_whole(self, connection: PostgresConnection, error: BaseException) -> None:
        """Takes a connection back on which something failed; keeps it where it is good for others."""
        # Whoever was cancelled left a statement on the wire; the next one must not get its answer.
        whole = isinstance(error, Exception) and not isinstance(error, ConnectionLostError)
        if whole:
            with suppress(DatabaseError):
                await connection.end_transaction()
        else:
            if isinstance(error, ConnectionLostError) and connection.generation == self._generation:
                self._generation += 1
            connection.terminate()
        self.give_back(connection)

    async def _connect(self) -> PostgresConnection:
        generation = self._generation
        try:
            # Without a cache of its own asyncpg leaves nothing prepared on the server; ours is per connection.
            raw = await asyncpg.connect(
                self._dsn,
                loop=HoldingLoop(),
                timeout=SECONDS_TO_CONNECT,
                statement_cache_size=0,
                server_settings={"application_name": "clientela", **self._limits},
            )
        except FAILED as error:
            raise ConnectionLostError(str(error)) from error
        return PostgresConnection(raw, self._patience, prepares=not self.pooled, generation=generation)
