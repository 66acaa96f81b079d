"""One unit of work: the connection, transaction and loaders of a query, or of one field of a mutation."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Mapping, Sequence
from typing import Any

import orjson
from sqlalchemy import CursorResult, Dialect, Executable, Row
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from sqlalchemy.types import TypeEngine
from strawberry.dataloader import DataLoader

from execution.source import Viewer

READ_ONLY_SNAPSHOT = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}


class Unit:
    """A transaction that opens at its first statement, and what was loaded in it.

    All reads of a query see one snapshot. A mutation's payload is read in the transaction that wrote it, so a
    dry run can show its outcome before everything is rolled back.

    Attributes:
        viewer: Who looks; its binds go with every statement.
        keep: Whether the end commits. A command that must leave nothing behind sets it to False.
        broken: Whether a statement failed, after which PostgreSQL refuses to commit.
    """

    def __init__(self, engine: AsyncEngine, viewer: Viewer, *, writes: bool) -> None:
        self.viewer = viewer
        self.keep = True
        self.broken = False
        self._engine = engine
        self._writes = writes
        self._ended = False
        self._connection: AsyncConnection | None = None
        # Sibling fields load concurrently, a connection runs one statement at a time.
        self._turn = asyncio.Lock()
        self._loaders: dict[Hashable, DataLoader[Any, Any]] = {}

    async def execute(self, statement: Executable, parameters: Mapping[str, Any] | None = None) -> CursorResult[Any]:
        """Runs one statement with the viewer's binds.

        Args:
            statement: Any SQLAlchemy statement.
            parameters: Values of its own bind parameters.

        Raises:
            CancelledError: The unit ended before the statement's turn: its field was given up with a sibling's error.
        """
        # A field that is given up is cancelled; to cancel its statement on the wire would break the connection.
        return await asyncio.shield(self._execute(statement, parameters))

    async def _execute(self, statement: Executable, parameters: Mapping[str, Any] | None) -> CursorResult[Any]:
        async with self._turn:
            if self._ended:
                raise asyncio.CancelledError
            connection = self._connection or await self._open()
            try:
                return await connection.execute(statement, {**self.viewer.binds, **(parameters or {})})
            except SQLAlchemyError:
                self.broken = True
                raise

    async def rows(self, statement: Executable, parameters: Mapping[str, Any] | None = None) -> Sequence[Row[Any]]:
        """All rows of a statement, in its order."""
        return (await self.execute(statement, parameters)).all()

    @property
    def dialect(self) -> Dialect:
        """The database's dialect."""
        return self._engine.dialect

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
            loader = self._loaders[key] = DataLoader(load_fn=load)
        return loader

    async def end(self) -> None:
        """Commits a unit that wrote, rolls everything else back, gives the connection back; waits for what runs.

        Raises:
            SQLAlchemyError: The database refused the commit; nothing was kept.
        """
        async with self._turn:
            self._ended = True
            connection, self._connection = self._connection, None
        if connection is None:
            return
        try:
            if self._writes and self.keep and not self.broken:
                await connection.commit()
            else:
                await connection.rollback()
        finally:
            await connection.close()

    async def _open(self) -> AsyncConnection:
        connection = await self._engine.connect()
        if self._writes:
            connection = await connection.execution_options(writes=True)
        elif connection.dialect.name == "postgresql":
            connection = await connection.execution_options(**READ_ONLY_SNAPSHOT)
        self._connection = connection
        return connection
