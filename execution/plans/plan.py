"""A plan: what one operation reads and how its response is built, ready to run."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from graphql import OperationType
from graphql.execution.values import VariableValues

from execution.database.connection import Connection, Database
from execution.database.statements import Row, Statement, Statements
from execution.plans.denials import settle
from execution.plans.mutation import Command
from execution.plans.operation import Operation
from execution.plans.outcomes import Result, Surprise, Unplannable
from execution.plans.roots import root_of
from execution.source import Rows


@dataclass(slots=True)
class PlanRun:
    """One run of a plan."""

    variables: VariableValues
    context: Any
    statements: Statements
    binds: Mapping[str, Any]
    connection: Connection | None = None

    async def fetch(self, statement: Statement, values: Mapping[str, Any]) -> Sequence[Row]:
        """The rows of a statement, with the viewer's binds."""
        if self.connection is None:
            raise Surprise("a statement that was not announced")
        return await self.connection.fetch(*statement.call({**self.binds, **values}))

    async def fetch_once(self, statement: Rows, values: Mapping[str, Any]) -> Sequence[Row]:
        """The rows of a statement that was made for this run alone."""
        return await self.fetch(self.statements.prepare(statement), values)

    def keys(self, keys: Sequence[Any]) -> Any:  # noqa: ANN401 - as the driver takes many keys
        """Keys as one parameter: an array, or JSON where there are none."""
        return keys if self.statements.dialect.name == "postgresql" else orjson.dumps(keys).decode()


class QueryPlan:
    """The plan of a query."""

    def __init__(self, operation: Operation) -> None:
        kind = operation.schema._schema.query_type
        if kind is None:
            raise Unplannable("no queries")
        self._operation = operation
        self._roots = [(key, root_of(operation, kind, details)) for key, details in operation.roots(kind).items()]

    async def run(self, database: Database, context: Any, variables: VariableValues) -> Result:  # noqa: ANN401 - the schema's own
        """Data and errors of one run.

        Args:
            database: Where to read.
            context: What resolvers get; brings the viewer's binds.
            variables: The operation's coerced variables.

        Raises:
            Surprise: The executor must run the operation instead.
        """
        run = PlanRun(variables, context, self._operation.statements, context.binds)
        prepared = [(key, root.prepare(run)) for key, root in self._roots]
        statements = sum(one.statements for _, one in prepared)
        if statements == 0:
            data = {key: await one.read() for key, one in prepared}
        else:
            async with database.reading(statements=statements) as run.connection:
                data = {key: await one.read() for key, one in prepared}
        return data, settle(data) if self._operation.denials else []


class MutationPlan:
    """The plan of a mutation of one field. Several fields are several transactions, which the executor sees to."""

    def __init__(self, operation: Operation) -> None:
        kind = operation.schema._schema.mutation_type
        if kind is None:
            raise Unplannable("no mutations")
        roots = operation.roots(kind)
        if len(roots) != 1:
            raise Unplannable("several fields of a mutation")
        ((key, details),) = roots.items()
        self._statements = operation.statements
        self._command = Command(operation, key, kind, details)

    async def run(self, _database: Database, context: Any, variables: VariableValues) -> Result:  # noqa: ANN401 - the schema's own
        """Data and errors of one run, after it was committed or rolled back.

        Raises:
            Surprise: Nothing was kept; the executor must run the operation instead.
        """
        return await self._command.run(PlanRun(variables, context, self._statements, context.binds))


Plan = QueryPlan | MutationPlan


def make_plan(operation: Operation) -> Plan:
    """The plan of an operation.

    Raises:
        Unplannable: The executor must run it.
    """
    match operation.definition.operation:
        case OperationType.QUERY:
            return QueryPlan(operation)
        case OperationType.MUTATION:
            return MutationPlan(operation)
        case _:
            raise Unplannable("neither query nor mutation")
