"""The root fields of a query, each by what it leads to."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, Protocol

from graphql import GraphQLField, GraphQLObjectType, get_nullable_type, is_non_null_type, is_object_type
from graphql.execution.collect_fields import FieldDetailsList
from sqlalchemy import bindparam

from execution.links import LINK, Lookup, Objects, One, Pages
from execution.plans.operation import Operation, ours_of
from execution.plans.outcomes import Surprise, Unplannable
from execution.plans.paging import RootPages
from execution.plans.readers import ObjectReader, RowReader
from execution.plans.steps import Prepared, RowsByKey, Run, Step, below_rows, follow, nothing, step_of
from execution.plans.writer import Below, Writer, generate, keys_of, object_type
from execution.source import Source, column


class Root(Protocol):
    """A root field."""

    def prepare(self, run: Run) -> Prepared:
        """What reading it will take, by the run's arguments."""


class _Constant:
    def __init__(self, value: object) -> None:
        self._value = value

    def prepare(self, _run: Run) -> Prepared:
        async def read() -> object:
            return self._value

        return Prepared(0, read)


class ObjectPart:
    """The selected part of a Python object, below which rows may hang.

    Attributes:
        statements: How many statements those take.
    """

    def __init__(self, operation: Operation, kind: GraphQLObjectType, details: FieldDetailsList) -> None:
        writer = Writer(operation)
        expression = writer.selected(kind, details, ObjectReader("value", "for value in (value,)"))
        self._build = generate(writer, ["value"], [f" return {expression}"])
        self._below = [
            _ListBelow(operation, below)
            if below.key is None
            else _RowsBelow(keys_of(below.key), step_of(operation, below))
            for below in writer.below
        ]
        self.statements = sum(below.statements for below in self._below)
        only = self._below[0] if len(self._below) == 1 and not writer.asks else None
        self._last = only if isinstance(only, _RowsBelow) and only.sure else None

    def surely_read(self, run: Run, value: object) -> bool:
        """Whether one statement, once it brought its rows, is all that could fail of `read`."""
        if self._last is None or not self._last.asked_for(value):
            return False
        try:
            # What the object itself gives is tried here and now.
            self._build(run, value, {})
        except Exception:
            return False
        return True

    async def read(self, run: Run, value: object) -> Any:  # noqa: ANN401 - a part of the response
        """The part of one object."""
        if not self._below:
            return self._build(run, value)
        found = [await below.read(run, value) for below in self._below]
        return self._build(run, value, *found)


class _RowsBelow:
    def __init__(self, keys: Callable[[object], list[Any]], step: Step) -> None:
        self._keys, self._step = keys, step
        self.statements = step.statements
        self.sure = step.sure

    def asked_for(self, value: object) -> bool:
        return any(key is not None for key in self._keys(value))

    async def read(self, run: Run, value: object) -> Mapping[Any, Any]:
        # The rows are keyed as the driver has them, the objects as Python does.
        raw = {key: self._step.raw(run, key) for key in self._keys(value) if key is not None}
        if not raw:
            return {}
        found = await self._step.run(run, list(raw.values()))
        return {key: found[each] for key, each in raw.items() if each in found}


class _ListBelow:
    statements = 2
    """At most; what it takes is known once its arguments are read."""

    def __init__(self, operation: Operation, below: Below) -> None:
        self._pages = RootPages(operation, below.definition, below.details)

    async def read(self, run: Run, _value: object) -> Any:  # noqa: ANN401 - a part of the response
        return await self._pages.prepare(run).read()


class _Computed:
    """A root field that computes a value without reading; rows may hang below it where it is one object."""

    def __init__(self, operation: Operation, definition: GraphQLField, details: FieldDetailsList) -> None:
        values = Writer(operation)
        self._value = generate(values, [], [f" return {values.root(definition, details)}"])
        self._required = is_non_null_type(definition.type)
        kind = get_nullable_type(definition.type)
        self._object = ObjectPart(operation, kind, details) if is_object_type(kind) else None
        writer = Writer(operation)
        expression = "value" if self._object else writer.complete(definition.type, "value", details)
        if writer.below:
            raise Unplannable("rows below a computed list")
        self._build = generate(writer, ["value"], [f" return {expression}"])

    def prepare(self, run: Run) -> Prepared:
        value = self._value(run)
        if value is None:
            if self._required:
                raise Surprise("a null where none may be")
            return Prepared(0, nothing)
        if self._object is not None:
            return Prepared(self._object.statements, partial(self._object.read, run, value))

        async def read() -> Any:  # noqa: ANN401 - a part of the response
            return self._build(run, value)

        return Prepared(0, read)


class _Found:
    """A root field that finds one row by a key of its arguments."""

    def __init__(self, operation: Operation, definition: GraphQLField, details: FieldDetailsList) -> None:
        self._link: Lookup = ours_of(definition).metadata[LINK]
        self._arguments = operation.arguments(definition, details[0].node)
        writer = Writer(operation)
        source = self._link.source
        visible = source.select(operation.viewer)
        reader = RowReader(source, visible, operation.dialect, writer.names)
        expression = writer.selected(object_type(definition.type), details, reader)
        row = "".join(f"c_{label}, " for label in reader.labels)
        self._build = generate(
            writer, ["rows"], [f" for {row or '_'} in rows:", f"  return {expression}", " return None"]
        )
        self._led = below_rows(operation, writer, reader)
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
            return self._build(run, rows, *await follow(run, self._led, rows))

        return Prepared(self._statements, read)

    async def _missing(self) -> None:
        if self._required:
            raise Surprise("a null where none may be")


class _FoundOfAnyType:
    """A root field that finds rows of several types; for each type that comes up, a step that is made once."""

    def __init__(self, operation: Operation, definition: GraphQLField, details: FieldDetailsList) -> None:
        self._operation, self._details = operation, details
        self._link: Objects = ours_of(definition).metadata[LINK]
        self._arguments = operation.arguments(definition, details[0].node)
        self._steps: dict[Source[Any], RowsByKey] = {}

    def prepare(self, run: Run) -> Prepared:
        places = self._link.locate(run.context, **self._arguments(run.variables))
        steps = {place[0]: self._step(place[0]) for place in places if place is not None}
        return Prepared(sum(step.statements for step in steps.values()), partial(self._read, run, places, steps))

    async def _read(
        self, run: Run, places: Sequence[tuple[Source[Any], Any] | None], steps: Mapping[Source[Any], RowsByKey]
    ) -> Any:  # noqa: ANN401 - a part of the response
        keys: dict[Source[Any], list[Any]] = {source: [] for source in steps}
        wanted = [None if place is None else (place[0], steps[place[0]].raw(run, place[1])) for place in places]
        for place in wanted:
            if place is not None:
                keys[place[0]].append(place[1])
        found = {source: await step.run(run, list(dict.fromkeys(keys[source]))) for source, step in steps.items()}
        objects = [None if place is None else found[place[0]].get(place[1]) for place in wanted]
        return objects if self._link.listed else objects[0]

    def _step(self, source: Source[Any]) -> RowsByKey:
        step = self._steps.get(source)
        if step is None:
            kind: Any = self._operation.schema._schema.type_map[self._link.types[source]]
            step = RowsByKey(self._operation, One(source, source.key), kind, self._details, self._arguments)
            self._steps[source] = step
        return step


def root_of(operation: Operation, kind: GraphQLObjectType, details: FieldDetailsList) -> Root:
    """A root field of a query.

    Raises:
        Unplannable: The executor must run the operation.
    """
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
        return _Constant(operation.deny(details, denial))
    match ours.metadata.get(LINK):
        case Pages():
            return RootPages(operation, definition, details)
        case Lookup():
            return _Found(operation, definition, details)
        case Objects():
            return _FoundOfAnyType(operation, definition, details)
        case _:
            return _Computed(operation, definition, details)
