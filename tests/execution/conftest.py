"""The bookshop on databases of both kinds."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import orjson
import pytest_asyncio

from clientela.database import make_database, make_engine
from execution.database.connection import Database
from execution.engine import Engine, Request, Response
from execution.plans.planner import Planner
from tests.execution.bookshop.context import Context, report, translate
from tests.execution.bookshop.schema import build
from tests.execution.bookshop.tables import fill
from tests.statements import statements_sent
from tests.worlds import World

Fault = dict[str, Any]


def fault(path: str, *places: tuple[int, int], code: str = "INTERNAL") -> Fault:
    """An error as a test expects it.

    Args:
        path: Where it stands in the response, e.g. `authors.nodes.0.secret`.
        places: Line and column of each field of the document that it is about.
        code: The error's code.
    """
    parts = [int(part) if part.isdigit() else part for part in path.split(".")]
    return {"path": parts, "locations": [{"line": line, "column": column} for line, column in places], "code": code}


def written(value: Any) -> str:
    """JSON as it goes over the wire: names in their order."""
    return orjson.dumps(value, option=orjson.OPT_UTC_Z).decode()


@dataclass
class Bookshop:
    """Engines over the bookshop.

    Attributes:
        database: Its database.
        engine: An engine that runs everything by the executor.
        planning: An engine that runs by plan what comes again.
        planner: The planner of that engine.
        context: The context of the latest operation.
        statements: How many statements the executor sent for the latest operation.
    """

    database: Database
    engine: Engine
    planning: Engine
    planner: Planner
    context: Context
    statements: int = 0

    async def run(self, document: str, kind: str = "reader", *, read_only: bool = False, **variables: Any) -> Response:
        """Runs a document by the executor."""
        self.context = Context(self.database, kind)
        with statements_sent() as sent:
            response = await self.engine.run(Request(document, variables, None, read_only), self.context)
        self.statements = len(sent)
        return response

    async def ok(self, document: str, kind: str = "reader", **variables: Any) -> dict[str, Any]:
        """Data of a document that runs without an error."""
        body = (await self.run(document, kind, **variables)).body
        assert "errors" not in body, body["errors"]
        return body["data"]

    async def both_ways(
        self,
        document: str,
        variables: dict[str, Any],
        kind: str = "reader",
        operation: str | None = None,
        before: Sequence[dict[str, Any]] = (),
    ) -> tuple[dict[str, Any], str | None]:
        """Runs a document by the executor and by plan; both must answer alike.

        Args:
            document: What is run, under a text of its own.
            variables: The operation's variables.
            kind: Who asks.
            operation: The operation's name.
            before: Variables with which the same text ran before, so that there are plans of it.

        Returns:
            The answer, and why the planner handed the operation over; None where it ran by plan.
        """
        text = f"{document}\n# {uuid4()}"
        for earlier in before:
            await self.planning.run(Request(text, earlier, operation), Context(self.database, kind))
        executed = await self._body(self.engine if before else self.planning, text, variables, kind, operation)
        ran, handed_over = self.planner.ran, self.planner.handed_over.copy()
        planned = await self._body(self.planning, text, variables, kind, operation)
        assert written(planned) == written(executed)
        reasons = self.planner.handed_over - handed_over
        return planned, None if self.planner.ran > ran else next(iter(reasons), "not asked for")

    async def _body(
        self, engine: Engine, document: str, variables: dict[str, Any], kind: str, operation: str | None
    ) -> dict[str, Any]:
        self.context = Context(self.database, kind)
        return (await engine.run(Request(document, variables, operation), self.context)).body

    async def answers(
        self,
        document: str,
        data: dict[str, Any] | None,
        *faults: Fault,
        planned: bool | str | None = True,
        kind: str = "reader",
        operation: str | None = None,
        **variables: Any,
    ) -> None:
        """Both ways give exactly this answer.

        Args:
            document: What is run.
            data: The response's data, names in their order.
            faults: The response's errors, in their order.
            planned: Whether the second run must go by plan; the reason where it must be handed over; None for either.
            kind: Who asks.
            operation: The operation's name.
            variables: The operation's variables.
        """
        body, handed_over = await self.both_ways(document, variables, kind, operation)
        assert written(body["data"]) == written(data)
        seen = [
            {"path": error["path"], "locations": error["locations"], "code": error["extensions"]["code"]}
            for error in body.get("errors", ())
        ]
        assert seen == list(faults)
        if planned is True:
            assert handed_over is None, handed_over
        elif planned:
            assert planned in (handed_over or ""), handed_over

    async def titles(self) -> set[str]:
        """Every title that is stored."""
        async with self.database.reading(statements=1) as connection:
            return {title for (title,) in await connection.fetch("select title from book", ())}


@pytest_asyncio.fixture(scope="module")
async def bookshop(world: World) -> AsyncIterator[Bookshop]:
    """The bookshop that a module's tests share; they add books with titles of their own."""
    async with world.empty() as settings:
        tables = make_engine(settings)
        await fill(tables)
        await tables.dispose()
        schema, database = build(), make_database(settings)
        planner = Planner(schema, database)
        executing = Engine(schema, translate, report)
        planning = Engine(schema, translate, report, planner)
        yield Bookshop(database, executing, planning, planner, Context(database))
        await database.close()
