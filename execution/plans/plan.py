"""A plan: an operation's root fields, ready to run."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, NamedTuple, Protocol

import orjson
from graphql import (
    GraphQLError,
    GraphQLField,
    GraphQLObjectType,
    OperationType,
    get_nullable_type,
    is_non_null_type,
    is_object_type,
    located_error,
)
from graphql.execution.collect_fields import FieldDetailsList
from graphql.execution.values import VariableValues
from sqlalchemy import bindparam

from execution.database.connection import Connection, Database
from execution.database.statements import Row, Statement, Statements
from execution.links import LINK, Lookup, Pages
from execution.plans.operation import Operation, ours_of
from execution.plans.outcomes import Surprise, Unplannable
from execution.plans.paging import RootPages
from execution.plans.readers import ObjectReader, RowReader
from execution.plans.steps import Led, Prepared, Run, Step, follow, nothing, step_of
from execution.plans.writer import Denial, Writer, generate, object_type
from execution.source import Rows, column


class Outcome(NamedTuple):
    """Data of a run, and the errors of denied fields."""

    data: dict[str, Any]
    errors: list[GraphQLError]


class Root(Protocol):
    """A root field."""

    def prepare(self, run: Run) -> Prepared:
        """What reading it will take, by the run's arguments."""


@dataclass(slots=True)
class PlanRun:
    """One run of a plan."""

    variables: VariableValues
    context: Any
    statements: Statements
    connection: Connection | None = None
    denials: list[tuple[Denial, int]] = field(default_factory=list)

    async def fetch(self, statement: Statement, values: Mapping[str, Any]) -> Sequence[Row]:
        """The rows of a statement, with the viewer's binds."""
        if self.connection is None:
            raise Surprise("a statement that was not announced")
        return await self.connection.fetch(*statement.call({**self.context.binds, **values}))

    async def fetch_once(self, statement: Rows, values: Mapping[str, Any]) -> Sequence[Row]:
        """The rows of a statement that was made for this run alone."""
        return await self.fetch(self.statements.prepare(statement), values)

    def keys(self, keys: Sequence[Any]) -> Any:  # noqa: ANN401 - as the driver takes many keys
        """Keys as one parameter: an array, or JSON where there are none."""
        return keys if self.statements.dialect.name == "postgresql" else orjson.dumps(keys).decode()

    def denied(self, denials: Sequence[Denial], occurrences: int) -> None:
        """Notes that fields were denied in so many rows."""
        if occurrences:
            self.denials += [(denial, occurrences) for denial in denials]


class Plan:
    """What one operation reads and how its response is built."""

    def __init__(self, operation: Operation) -> None:
        kind = operation.schema._schema.query_type
        if operation.definition.operation is not OperationType.QUERY or kind is None:
            raise Unplannable("not a query")
        self._statements = operation.statements
        self._roots = [(key, _root(operation, key, kind, details)) for key, details in operation.roots(kind).items()]

    async def run(self, database: Database, context: Any, variables: VariableValues) -> Outcome:  # noqa: ANN401 - the schema's own
        """Data and errors of one run.

        Args:
            database: Where to read.
            context: What resolvers get; brings the viewer's binds.
            variables: The operation's coerced variables.

        Raises:
            Surprise: The executor must run the operation instead.
        """
        run = PlanRun(variables, context, self._statements)
        prepared = [(key, root.prepare(run)) for key, root in self._roots]
        statements = sum(one.statements for _, one in prepared)
        if statements == 0:
            data = {key: await one.read() for key, one in prepared}
        else:
            async with database.reading(statements=statements) as run.connection:
                data = {key: await one.read() for key, one in prepared}
        return Outcome(data, [_error(denial, count) for denial, count in run.denials])


class _Constant:
    def __init__(self, value: object, denials: Sequence[Denial] = ()) -> None:
        self._value = value
        self._denials = denials

    def prepare(self, run: Run) -> Prepared:
        async def read() -> object:
            run.denied(self._denials, 1)
            return self._value

        return Prepared(0, read)


class _Computed:
    """A root field that computes a value without reading; rows may hang below it where it is one object."""

    def __init__(self, operation: Operation, root: str, definition: GraphQLField, details: FieldDetailsList) -> None:
        values = Writer(operation)
        self._value = generate(values, [], [f" return {values.root(definition, details)}"])
        writer = Writer(operation)
        kind = get_nullable_type(definition.type)
        if is_object_type(kind):
            expression = writer.object_at((root,), kind, details, ObjectReader("value"))
        else:
            expression = writer.complete(definition.type, "value", details)
            if writer.below or writer.denials:
                raise Unplannable("rows or denials below a computed list")
        self._build = generate(writer, ["value"], [f" return {expression}"])
        self._denials = writer.denials
        self._led = [(below.key, step_of(operation, below)) for below in writer.below]
        self._statements = sum(step.statements for _, step in self._led)
        self._required = is_non_null_type(definition.type)

    def prepare(self, run: Run) -> Prepared:
        value = self._value(run)
        if value is None and self._required:
            raise Surprise("a null where none may be")
        return Prepared(0, nothing) if value is None else Prepared(self._statements, partial(self._read, run, value))

    async def _read(self, run: Run, value: object) -> Any:  # noqa: ANN401 - a part of the response
        found = [await _below(run, step, getattr(value, key)) for key, step in self._led]
        run.denied(self._denials, 1)
        return self._build(run, value, *found)


async def _below(run: Run, step: Step, key: Any) -> Mapping[Any, Any]:  # noqa: ANN401 - a key of any type
    # The rows are keyed as the driver has them, the object as Python does.
    if key is None:
        return {}
    raw = step.raw(key)
    found = await step.run(run, [raw])
    return {key: found[raw]} if raw in found else {}


class _Found:
    """A root field that finds one row by a key of its arguments."""

    def __init__(self, operation: Operation, root: str, definition: GraphQLField, details: FieldDetailsList) -> None:
        self._link: Lookup = ours_of(definition).metadata[LINK]
        self._arguments = operation.arguments(definition, details[0].node)
        writer = Writer(operation)
        source = self._link.source
        visible = source.select(operation.viewer)
        reader = RowReader(source, visible, operation.dialect, writer.names)
        expression = writer.object_at((root,), object_type(definition.type), details, reader)
        row = "".join(f"c_{label}, " for label in reader.labels)
        self._build = generate(
            writer, ["rows"], [f" for {row or '_'} in rows:", f"  return {expression}", " return None"]
        )
        self._denials = writer.denials
        self._led = [Led(reader.labels.index(below.key), step_of(operation, below)) for below in writer.below]
        owner = column(visible, source.key)
        columns = [column(visible, label) for label in reader.labels or [source.key]]
        wanted = visible.where(owner == bindparam("key", type_=owner.type))
        self._statement = operation.statements.prepare(wanted.with_only_columns(*columns, maintain_column_froms=True))
        self._statements = 1 + sum(led.step.statements for led in self._led)
        self._required = is_non_null_type(definition.type)

    def prepare(self, run: Run) -> Prepared:
        key = self._link.key(**self._arguments(run.variables))
        if key is None:
            return Prepared(0, self._missing)

        async def read() -> Any:  # noqa: ANN401 - a part of the response
            rows = await run.fetch(self._statement, {"key": key})
            if not rows:
                return await self._missing()
            run.denied(self._denials, len(rows))
            return self._build(run, rows, *await follow(run, self._led, rows))

        return Prepared(self._statements, read)

    async def _missing(self) -> None:
        if self._required:
            raise Surprise("a null where none may be")


def _root(operation: Operation, key: str, kind: GraphQLObjectType, details: FieldDetailsList) -> Root:
    name = details[0].node.name.value
    if name == "__typename":
        return _Constant(kind.name)
    if name not in kind.fields:
        raise Unplannable("introspection")
    definition = kind.fields[name]
    ours = ours_of(definition)
    denial = operation.denial(ours)
    if denial is not None:
        if is_non_null_type(definition.type):
            raise Unplannable(f"{kind.name}.{name} is denied and may not be null")
        return _Constant(None, [Denial((key,), details, denial)])
    link = ours.metadata.get(LINK)
    make = RootPages if isinstance(link, Pages) else _Found if isinstance(link, Lookup) else _Computed
    return make(operation, key, definition, details)


def _error(denial: Denial, occurrences: int) -> GraphQLError:
    located = located_error(denial.error, [detail.node for detail in denial.details], list(denial.path))
    located.extensions = {**(located.extensions or {}), "occurrences": occurrences}
    return located
