"""One unit of work: the transaction and loaders of a query, or of one field of a mutation."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Mapping, Sequence
from typing import Any, TypeVar

import orjson
from sqlalchemy import ClauseElement, Dialect, Row
from sqlalchemy.types import TypeEngine
from strawberry.dataloader import DataLoader

from execution.database.connection import Database, DatabaseError, Transaction
from execution.database.statements import Executed
from execution.database.turn import Turn
from execution.ledger import Ledger
from execution.source import Viewer

ResultT = TypeVar("ResultT")


class _SharedLoader(DataLoader[Any, Any]):
    def load(self, key: Any) -> Awaitable[Any]:  # noqa: ANN401 - keys are of any type
        # Fields of several parents wait for one answer. A parent's error cancels what its own fields wait for: the
        # others' answer must not go with it, for an error that is not theirs would end the whole request.
        return asyncio.shield(super().load(key))


class Unit:
    """A transaction that opens at its first statement, and what was loaded in it.

    All reads of a query see one snapshot. A mutation's payload is read in the transaction that wrote it, so a
    dry run can show its outcome before everything is rolled back. `committed` is told the names of the tables that
    were changed for good.

    Attributes:
        viewer: Who looks; its binds go with every statement.
        keep: Whether the end commits. A command that must leave nothing behind sets it to False.
        broken: Whether a statement failed, after which PostgreSQL refuses to commit.
        settled: Whether the commit was sent, so that the unit may be kept, whatever comes of it.
        ledger: Keeps the answer of a mutation's field; None where the client gave no key for it.
    """

    def __init__(
        self,
        database: Database,
        viewer: Viewer,
        *,
        writes: bool,
        committed: Callable[[frozenset[str]], None],
        ledger: Ledger | None = None,
    ) -> None:
        self.viewer = viewer
        self._binds = viewer.binds
        self.ledger = ledger
        self.keep = True
        self.broken = False
        self.settled = False
        self._changed: set[str] = set()
        self._committed = committed
        self._database = database
        self._writes = writes
        self._ended = False
        self._transaction: Transaction | None = None
        # Sibling fields load concurrently, a connection runs one statement at a time.
        self._turn = Turn()
        self._loaders: dict[Hashable, DataLoader[Any, Any]] = {}

    async def execute(self, statement: ClauseElement, parameters: Mapping[str, Any] | None = None) -> Executed:
        """Runs any statement for a command, which nothing gives up half-way.

        Args:
            statement: A SELECT, INSERT, UPDATE or DELETE.
            parameters: Values of its own bind parameters; the viewer's go with it.

        Raises:
            DatabaseError: It could not be run, and the unit cannot be kept any more.
        """
        prepared = self._database.statements.prepare(statement)
        sql, arguments = prepared.call({**self._binds, **(parameters or {})})
        if not prepared.writes:
            return prepared.result(await self._at_its_turn(lambda transaction: transaction.fetch(sql, arguments)))
        self._changed.add(prepared.table)
        return Executed((), await self._at_its_turn(lambda transaction: transaction.change(sql, arguments)))

    async def write(self, statement: ClauseElement, parameters: Mapping[str, Any] | None = None) -> None:
        """Runs an INSERT, UPDATE or DELETE for a command that does not look at its outcome.

        It may be sent together with the next statement, or with the commit, which saves a round trip.

        Args:
            statement: It; returns no rows.
            parameters: Values of its own bind parameters; the viewer's go with it.

        Raises:
            DatabaseError: It, or another one sent before, could not be run, and the unit cannot be kept any more.
        """
        prepared = self._database.statements.prepare(statement)
        sql, arguments = prepared.call({**self._binds, **(parameters or {})})
        self._changed.add(prepared.table)
        await self._at_its_turn(lambda transaction: transaction.write(sql, arguments))

    async def append(self, statement: ClauseElement, parameters: Mapping[str, Any]) -> None:
        """Runs an INSERT of one row into a table that only grows, like a log; mostly with the commit.

        Args:
            statement: It. Nothing refers to the table's rows, and what they refer to stays.
            parameters: The row.

        Raises:
            DatabaseError: It, or another one sent before, could not be run, and the unit cannot be kept any more.
        """
        prepared = self._database.statements.prepare(statement)
        sql, arguments = prepared.call(parameters)
        table = prepared.table
        self._changed.add(table)
        await self._at_its_turn(lambda transaction: transaction.append(table, sql, arguments))

    async def fetch(self, sql: str, arguments: Sequence[Any]) -> Sequence[Any]:
        """Raw rows of a SELECT, for a plan.

        Raises:
            DatabaseError: It could not be run, and the unit cannot be kept any more.
        """
        return await self._at_its_turn(lambda transaction: transaction.fetch(sql, arguments))

    async def fetch_and_end(self, sql: str, arguments: Sequence[Any]) -> Sequence[Any]:
        """Raw rows of a SELECT, and the end of the unit, which commits; together where the database can.

        Raises:
            DatabaseError: It could not be run, or the database refused the commit; nothing was kept.
        """
        await self._turn.take()
        try:
            if self._ended:
                raise asyncio.CancelledError
            transaction = self._transaction or await self._database.begin(writes=self._writes)
            self._ended, self._transaction = True, None
        finally:
            self._turn.hand_on()
        self.settled = True
        try:
            return await transaction.fetch_and_commit(sql, arguments)
        finally:
            self._tell()

    async def _at_its_turn(self, send: Callable[[Transaction], Awaitable[ResultT]]) -> ResultT:
        turn = self._turn
        # It is mostly free, and two calls for each statement of each mutation would be a twentieth of them all.
        if turn.taken or turn.queue:
            await turn.take()
        else:
            turn.taken = True
        try:
            if self._ended:
                raise asyncio.CancelledError
            if self._transaction is None:
                self._transaction = await self._database.begin(writes=self._writes)
            return await send(self._transaction)
        except DatabaseError:
            # One that did not begin leaves nothing behind; the next statement may try again.
            if self._transaction is not None:
                self.broken = True
            raise
        finally:
            turn.taken = False
            if turn.queue:
                turn.hand_on()

    async def rows(self, statement: ClauseElement, parameters: Mapping[str, Any] | None = None) -> Sequence[Row[Any]]:
        """All rows of a SELECT, for a field of the response.

        Args:
            statement: Any SELECT.
            parameters: Values of its own bind parameters; the viewer's go with it.

        Raises:
            CancelledError: The unit ended before the statement's turn: its field was given up with a sibling's error.
        """
        # A field that is given up is cancelled; to cancel its statement on the wire would break the connection.
        return (await asyncio.shield(self.execute(statement, parameters))).all()

    @property
    def dialect(self) -> Dialect:
        """The database's dialect."""
        return self._database.dialect

    def keys(self, kind: TypeEngine[Any], keys: Sequence[Any]) -> Any:  # noqa: ANN401 - an array, or the text of one
        """Many keys as the one parameter `keys`: an array, or JSON where the database has none."""
        if self.dialect.name == "postgresql":
            return keys
        process = kind.dialect_impl(self.dialect).bind_processor(self.dialect)
        return orjson.dumps([process(key) if process else key for key in keys]).decode()

    def loader(self, key: Hashable, load: Callable[[list[Any]], Awaitable[list[Any]]]) -> DataLoader[Any, Any]:
        """The loader under the key, made at its first use: what siblings ask for in one turn becomes one statement."""
        loader = self._loaders.get(key)
        if loader is None:
            loader = self._loaders[key] = _SharedLoader(load_fn=load)
        return loader

    async def abandon(self) -> None:
        """Ends the unit and keeps nothing."""
        self.keep = False
        await self.end()

    async def end(self) -> None:
        """Commits a unit that wrote, rolls everything else back, gives the connection back; waits for what runs.

        Raises:
            DatabaseError: The database refused the commit; nothing was kept.
        """
        turn = self._turn
        if turn.taken or turn.queue:
            await turn.take()
            # Who comes behind finds it ended: nothing is waited for in between.
            turn.hand_on()
        self._ended = True
        transaction, self._transaction = self._transaction, None
        if transaction is None:
            return
        if self._writes and self.keep and not self.broken:
            self.settled = True
            try:
                await transaction.commit()
            finally:
                self._tell()
        else:
            await transaction.rollback()

    def _tell(self) -> None:
        # Also of what failed: who was cancelled, or cut off, cannot know.
        if self._changed:
            self._committed(frozenset(self._changed))
