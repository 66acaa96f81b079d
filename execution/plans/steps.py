"""The steps of a plan: each reads one kind of rows and builds a part of the response from them."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple, Protocol

from graphql import GraphQLOutputType, get_named_type, is_leaf_type
from graphql.execution.collect_fields import FieldDetailsList
from graphql.execution.values import VariableValues
from sqlalchemy import ColumnElement

from execution.database.statements import Row, Statement
from execution.database.values import bind_processor
from execution.links import LINK, Many, One
from execution.plans.leaves import converter, plain
from execution.plans.operation import Arguments, Operation, ours_of
from execution.plans.outcomes import Unplannable
from execution.plans.readers import RowReader
from execution.plans.writer import Below, Writer, generate, object_type
from execution.selections import among_keys, at_key
from execution.source import Rows, column

MOST_SHAPES = 64

Build = Callable[..., Any]
"""A generated function: from the run, rows and what is below them to a part of the response."""


class Run(Protocol):
    """One run of a plan: what generated functions and steps reach."""

    variables: VariableValues
    context: Any

    async def fetch(self, statement: Statement, values: Mapping[str, Any]) -> Sequence[Row]:
        """The rows of a statement, with the viewer's binds."""

    async def fetch_once(self, statement: Rows, values: Mapping[str, Any]) -> Sequence[Row]:
        """The rows of a statement that was made for this run alone."""

    def keys(self, keys: Sequence[Any]) -> Any:  # noqa: ANN401 - as the driver takes many keys
        """Keys as one parameter."""


class Prepared(NamedTuple):
    """A root field whose arguments are known: how many statements it takes, and how to read it."""

    statements: int
    read: Callable[[], Awaitable[Any]]


async def nothing() -> None:
    """Reads nothing."""


class Step(Protocol):
    """Reads the rows below objects with certain keys."""

    @property
    def statements(self) -> int:
        """How many statements it takes, those of the steps below it included."""

    sure: bool
    """Whether it takes one statement, and cannot fail once that brought its rows."""

    def raw(self, run: Run, key: Any) -> Any:  # noqa: ANN401 - a key of any type
        """A key as the driver has it in its rows."""

    async def run(self, run: Run, keys: Sequence[Any]) -> Mapping[Any, Any]:
        """What each key leads to."""


@dataclass(frozen=True, slots=True)
class Led:
    """A step and where its keys stand in the rows above."""

    place: int
    step: Step


async def follow(run: Run, led: Sequence[Led], rows: Sequence[Row]) -> list[Mapping[Any, Any]]:
    """Runs the steps below rows, one after the other on the run's connection."""
    found = []
    for below in led:
        keys = {row[below.place]: None for row in rows}
        keys.pop(None, None)
        found.append(await below.step.run(run, list(keys)) if keys else {})
    return found


class RowsByKey:
    """Rows found by a key of the objects above: at most one each, or a short list each.

    Attributes:
        columns: What is selected; the last one is the key that the rows are found by.
        variables: What generated code calls them.
        led: The steps below the rows.
        statements: How many statements it takes, those of the steps below it included.
        sure: Whether it takes one statement, and cannot fail once that brought its rows.
    """

    def __init__(
        self,
        operation: Operation,
        link: One | Many,
        kind: GraphQLOutputType,
        details: FieldDetailsList,
        arguments: Arguments,
    ) -> None:
        self._writer = writer = Writer(operation)
        self._link, self._arguments = link, arguments
        self._visible = visible = link.source.select(operation.viewer)
        reader = RowReader(link.source, visible, operation.dialect, writer.names)
        self._expression = self._written(writer, reader, kind, details, link)
        self.led = below_rows(operation, writer, reader)
        self._owner = column(visible, link.by or link.source.key)
        self.columns = [*(column(visible, label) for label in reader.labels), self._owner]
        self.variables = [*(f"c_{label}" for label in reader.labels), "owner"]
        self._prepare = operation.statements.prepare
        self._prepared: dict[Any, Statement] = {}
        self._dialect = operation.dialect
        self._to_raw = bind_processor(self._owner.type, operation.dialect)
        self._build = self.builder(self.variables)
        self.statements = 1 + sum(led.step.statements for led in self.led)
        self.sure = writer.sure and not self.led and isinstance(link, One) and plain(self._owner.type)

    @staticmethod
    def _written(
        writer: Writer, reader: RowReader, kind: GraphQLOutputType, details: FieldDetailsList, link: One | Many
    ) -> str:
        if isinstance(link, Many) and link.column is not None:
            expression, stored, _ = reader.leaf(link.column)
            leaf = get_named_type(kind)
            if stored is None or not is_leaf_type(leaf) or converter(leaf, stored, writer.operation.dialect):
                raise Unplannable(f"values of {link.column}")
            return expression
        return writer.selected(object_type(kind), details, reader)

    def builder(self, variables: Sequence[str]) -> Build:
        """The function that makes what each key leads to of rows of these variables."""
        found = self._expression
        one = isinstance(self._link, One)
        keep = f"found.setdefault(owner, {found})" if one else f"found.setdefault(owner, []).append({found})"
        row = ", ".join(variables)
        body = [" found = {}", f" for ({row},) in rows:", f"  {keep}", " return found"]
        return generate(self._writer, ["rows"], body)

    def asked(self, run: Run) -> tuple[Any, dict[str, Any]]:
        """The field's arguments, as a part of a key for statements and as they are."""
        given = self._arguments(run.variables) if isinstance(self._link, Many) else {}
        return tuple((name, _frozen(value)) for name, value in given.items()), given

    def narrowed(
        self,
        whose: Callable[[ColumnElement[Any]], ColumnElement[bool]],
        given: dict[str, Any],
        columns: Callable[[Sequence[ColumnElement[Any]]], Sequence[ColumnElement[Any]]] = list,
    ) -> Rows:
        """The SELECT of the rows.

        Args:
            whose: From the column that they are found by to the condition that it satisfies.
            given: The field's arguments.
            columns: From the columns to what is selected.
        """
        asked = self._visible.where(whose(self._owner))
        narrowed = self._link.narrow(asked, **given) if isinstance(self._link, Many) else asked
        return narrowed.with_only_columns(*columns(self.columns), maintain_column_froms=True)

    def _statement(self, run: Run, *, single: bool) -> Statement:
        if isinstance(self._link, One) and (known := self._prepared.get((single, ()))) is not None:
            return known
        shape, given = self.asked(run)
        whose = partial(at_key if single else among_keys, dialect=self._dialect.name)
        return kept(self._prepared, (single, shape), lambda: self._prepare(self.narrowed(whose, given)))

    def raw(self, run: Run, key: Any) -> Any:  # noqa: ANN401 - a key of any type
        """A key as the driver has it in its rows."""
        return key if self._to_raw is None else self._to_raw(key)

    async def run(self, run: Run, keys: Sequence[Any]) -> Mapping[Any, Any]:
        """What each key leads to; keys that lead to nothing are left out."""
        single = len(keys) == 1
        values = {"key": keys[0]} if single else {"keys": run.keys(keys)}
        rows = await run.fetch(self._statement(run, single=single), values)
        found: Mapping[Any, Any] = self._build(run, rows, *await follow(run, self.led, rows))
        return found


def kept(known: dict[Any, Statement], shape: object, make: Callable[[], Statement]) -> Statement:
    """The statement of a shape, made where it is not among those that are known."""
    try:
        statement = known.get(shape)
    except TypeError:
        # Inputs of several fields have no hash.
        return make()
    if statement is None:
        if len(known) >= MOST_SHAPES:
            known.clear()
        statement = known[shape] = make()
    return statement


def _frozen(value: object) -> object:
    return tuple(_frozen(one) for one in value) if isinstance(value, list) else value


def below_rows(operation: Operation, writer: Writer, reader: RowReader) -> list[Led]:
    """The steps below the rows that a writer wrote for."""
    return [Led(reader.labels.index(str(below.key)), step_of(operation, below)) for below in writer.below]


def step_of(operation: Operation, below: Below) -> Step:
    """The step that a field below rows takes."""
    from execution.plans.paging import PagesByKey  # noqa: PLC0415 - rows lead to pages, and pages to rows

    link = ours_of(below.definition).metadata[LINK]
    if isinstance(link, One | Many):
        arguments = operation.arguments(below.definition, below.details[0].node)
        return RowsByKey(operation, link, below.definition.type, below.details, arguments)
    return PagesByKey(operation, below.definition, below.details)
