"""One connection to PostgreSQL: what is prepared on it, and what waits to travel with the next statement."""

from collections import OrderedDict
from collections.abc import Sequence
from typing import Any

import asyncpg

from execution.database.connection import ConnectionLostError, DatabaseError, DeadlineError, Patience
from execution.database.postgres_messages import run_message
from execution.database.statements import Row

PREPARED = 500
LOST = (
    asyncpg.PostgresConnectionError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    # So asyncpg words a connection that the server ended while nothing ran on it, and that is not closed yet.
    asyncpg.InternalClientError,
    OSError,
)
FAILED = (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, OSError)


class PostgresConnection:
    """A connection that statements run on, one after the other.

    Attributes:
        generation: How many times connections had been lost when it was made.
    """

    def __init__(self, raw: "asyncpg.Connection[Any]", patience: Patience, *, prepares: bool, generation: int) -> None:
        self.generation = generation
        self._raw = raw
        self._patience = patience
        self._write_ahead = getattr(raw._transport, "hold", raw._transport.write)
        self._write_last = getattr(raw._transport, "hold_last", None)
        self._prepares = prepares
        self._serial = 0
        self._prepared: OrderedDict[str, Any] = OrderedDict()
        # With its statement, which stays prepared as long as somebody holds it.
        self._later: list[tuple[bytes, Any]] = []
        self._unanswered = False

    async def fetch(self, sql: str, arguments: Sequence[Any]) -> Sequence[Row]:
        """All rows of a statement."""
        rows, _ = await self._run(sql, arguments)
        return rows

    async def change(self, sql: str, arguments: Sequence[Any]) -> int:
        """Runs a statement; how many rows it changed."""
        _, status = await self._run(sql, arguments)
        return int(status.rpartition(" ")[2])

    async def run_later(self, sql: str, arguments: Sequence[Any] = ()) -> None:
        """Has a statement run before the next one and without a round trip of its own.

        What is wrong with it is raised by the next one, which then does not run. A pooler, or a value that cannot be
        sent as text, makes it run at once.
        """
        if not self._prepares:
            await (self._run(sql, arguments) if arguments else self._run_text(sql))
            return
        try:
            statement = self._prepared.get(sql) or await self._prepare(sql)
        except FAILED as error:
            raise self._wrapped(sql, error) from error
        message = run_message(statement.get_name(), arguments)
        if message is None:
            await self._run(sql, arguments)
        else:
            self._later.append((message, statement))

    async def commit(self) -> None:
        """Commits; PostgreSQL answers the commit of a transaction in which something failed by rolling it back."""
        _, status = await self._run("commit", ())
        if status != "COMMIT":
            raise DatabaseError("a statement had failed, so nothing was kept")

    async def fetch_and_commit(self, sql: str, arguments: Sequence[Any]) -> Sequence[Row]:
        """All rows of a statement, and the commit, in one round trip where the transport can add a message to it.

        An error in anything that goes along makes PostgreSQL skip the commit.
        """
        if self._write_last is None or not self._prepares:
            rows = await self.fetch(sql, arguments)
            await self.commit()
            return rows
        try:
            commit = self._prepared.get("commit") or await self._prepare("commit")
            statement = self._prepared.get(sql) or await self._prepare(sql)
        except FAILED as error:
            raise self._wrapped(sql, error) from error
        last = run_message(commit.get_name(), ())
        rows, status = await self._run_prepared(sql, statement, arguments, last)
        if status != "COMMIT":
            raise DatabaseError("a statement had failed, so nothing was kept")
        return rows

    def forget(self) -> None:
        """Drops what waits to be sent."""
        self._later.clear()

    async def end_transaction(self) -> None:
        """Rolls back what is open, if anything is, and drops what waits to be sent."""
        self.forget()
        if not self._raw.is_closed() and self.in_transaction:
            await self._run("rollback", ())

    @property
    def in_transaction(self) -> bool:
        """Whether the database has begun a transaction here, or may have."""
        return self._unanswered or self._raw.is_in_transaction()

    def is_closed(self) -> bool:
        """Whether nothing can be sent any more."""
        return bool(self._raw.is_closed())

    def terminate(self) -> None:
        """Closes it at once, whatever is under way."""
        self._raw.terminate()

    async def close(self) -> None:
        """Closes it."""
        await self._raw.close()

    async def _run(self, sql: str, arguments: Sequence[Any]) -> tuple[Sequence[Row], str]:
        try:
            statement = self._prepared.get(sql) or await self._prepare(sql)
        except FAILED as error:
            raise self._wrapped(sql, error) from error
        return await self._run_prepared(sql, statement, arguments)

    async def _run_prepared(
        self,
        sql: str,
        statement: Any,  # noqa: ANN401 - asyncpg carries no types
        arguments: Sequence[Any],
        last: bytes | None = None,
    ) -> tuple[Sequence[Row], str]:
        try:
            if not self._raw.is_closed():
                if self._later:
                    # asyncpg writes its own messages next, with the one that asks for the answer.
                    self._unanswered = True
                    self._write_ahead(b"".join(message for message, _ in self._later))
                    self._later.clear()
                if last is not None and self._write_last is not None:
                    self._write_last(last)
            # What the statement's own `fetch` does, without its checks, which cost a short request a twentieth.
            rows, status, _ = await self._raw._protocol.bind_execute(statement._state, arguments, "", 0, True, None)
        except FAILED as error:
            raise self._wrapped(sql, error) from error
        self._unanswered = False
        return rows, status.decode()

    async def _run_text(self, sql: str) -> None:
        # Several statements in one text, as nothing that is prepared may be, are one round trip.
        try:
            await self._raw.execute(sql)
        except FAILED as error:
            raise self._wrapped(sql, error) from error

    async def _prepare(self, sql: str) -> Any:  # noqa: ANN401 - asyncpg carries no types
        # A statement without a name is sent whole each time; another server connection would not know its name.
        self._serial += 1
        statement = await self._raw.prepare(sql, name=f"plan_{self._serial}" if self._prepares else "")
        if self._prepares:
            if not self._raw.is_in_transaction():
                # asyncpg leaves PostgreSQL in the midst of a request, in which no snapshot can begin any more.
                await self._raw.execute("select")
            self._prepared[sql] = statement
            if len(self._prepared) > PREPARED:
                self._prepared.popitem(last=False)
        return statement

    def _wrapped(self, sql: str, error: Exception) -> DatabaseError:
        # A statement that was prepared before a migration may not fit the tables any more.
        self._prepared.pop(sql, None)
        lost = isinstance(error, LOST) or self.is_closed()
        if isinstance(error, asyncpg.QueryCanceledError) and not lost:
            return DeadlineError(str(error), "statement_seconds", self._patience.statement_seconds)
        if isinstance(error, asyncpg.LockNotAvailableError) and not lost:
            return DeadlineError(str(error), "lock_seconds", self._patience.lock_seconds)
        return (ConnectionLostError if lost else DatabaseError)(str(error))
