"""The bookshop on databases of both kinds."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest_asyncio
from sqlalchemy import event, text
from sqlalchemy.ext.asyncio import AsyncEngine

from clientela.database import make_engine
from execution.engine import Engine, Request, Response
from tests.execution.bookshop import Context, fill, report, translate
from tests.execution.schema_of_bookshop import build
from tests.worlds import World


@dataclass
class Bookshop:
    """An engine over the bookshop.

    Attributes:
        database: Its database.
        engine: The engine under test.
        context: The context of the latest operation.
        statements: How many statements the latest operation sent.
    """

    database: AsyncEngine
    engine: Engine
    context: Context
    statements: int = 0

    async def run(self, document: str, kind: str = "reader", *, read_only: bool = False, **variables: Any) -> Response:
        """Runs a document."""
        self.context = Context(self.database, kind)
        self.statements = 0

        def count(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
            self.statements += statement != "begin"

        event.listen(self.database.sync_engine, "before_cursor_execute", count)
        try:
            return await self.engine.run(Request(document, variables, None, read_only), self.context)
        finally:
            event.remove(self.database.sync_engine, "before_cursor_execute", count)

    async def ok(self, document: str, kind: str = "reader", **variables: Any) -> dict[str, Any]:
        """Data of a document that runs without an error."""
        body = (await self.run(document, kind, **variables)).body
        assert "errors" not in body, body["errors"]
        return body["data"]

    async def titles(self) -> set[str]:
        """Every title that is stored."""
        async with self.database.connect() as connection:
            return set((await connection.execute(text("select title from book"))).scalars())


@pytest_asyncio.fixture(scope="module")
async def bookshop(world: World) -> AsyncIterator[Bookshop]:
    """The bookshop that a module's tests share; they add books with titles of their own."""
    async with world.empty() as settings:
        database = make_engine(settings)
        await fill(database)
        yield Bookshop(database, Engine(build(), translate, report), Context(database))
        await database.dispose()
