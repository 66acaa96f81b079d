"""The steps that read pages of a list: at the root, or below each row of another list."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from graphql import GraphQLField, GraphQLObjectType, is_non_null_type
from graphql.execution.collect_fields import FieldDetailsList

from execution.cursors import encode_cursor
from execution.database.statements import Statement
from execution.links import LINK, Pages
from execution.plans.operation import Operation, ours_of
from execution.plans.outcomes import Surprise, Unplannable
from execution.plans.readers import RowReader
from execution.plans.steps import Prepared, Run, below_rows, follow, nothing, raw_key
from execution.plans.writer import Writer, generate, object_type
from execution.source import Rows, column
from execution.windows import Listing, Selection, Window


class _Shape:
    """The generated function for pages of rows in one order, and what it needs."""

    def __init__(
        self,
        operation: Operation,
        definition: GraphQLField,
        details: FieldDetailsList,
        listing: Listing[Any],
    ) -> None:
        self.operation = operation
        self.writer = Writer(operation)
        self.visible = listing.source.select(operation.viewer)
        self.reader = RowReader(listing.source, self.visible, operation.dialect, self.writer.names)
        self.order = listing.order
        self.reads_rows = self.counts = self.looks_on = False
        expression = self._connection(object_type(definition.type), details)
        # Rows are counted even where nothing of them is shown: a SELECT needs a column.
        self.reader.variable(listing.source.key)
        # Below rows, the owner's key comes last.
        link: Pages = ours_of(definition).metadata[LINK]
        row = ", ".join([*(f"c_{label}" for label in self.reader.labels), *(["owner"] if link.by is not None else [])])
        self.build = generate(
            self.writer,
            ["rows", "previous", "following", "total", "identity"],
            [*self._cursor(row), f" return {expression.replace('§', f'({row},)' if row else '_')}"],
        )
        self.led = below_rows(operation, self.writer, self.reader)
        self.statements = int(self.reads_rows) + int(self.counts) + sum(led.step.statements for led in self.led)

    def _connection(self, kind: GraphQLObjectType, details: FieldDetailsList) -> str:
        parts = []
        for key, found in self.operation.fields(kind, details).items():
            parts.append(f"{key!r}: {self._part(kind, key, found)}")
        return f"{{{', '.join(parts)}}}"

    def _part(self, kind: GraphQLObjectType, key: str, details: FieldDetailsList) -> str:
        name = details[0].node.name.value
        if name == "__typename":
            return repr(kind.name)
        self._open(kind, name)
        if name == "totalCount":
            self.counts = True
            return "total"
        self.reads_rows = True
        inner = object_type(kind.fields[name].type)
        if name == "pageInfo":
            return self._page_info(inner, details)
        if name == "nodes":
            item = self.writer.selected(inner, details, self.reader)
            return f"[{item} for § in rows]"
        if name == "edges":
            return self._edges(inner, key, details)
        raise Unplannable(f"{kind.name}.{name}")

    def _edges(self, kind: GraphQLObjectType, key: str, details: FieldDetailsList) -> str:
        parts = []
        for inner_key, found in self.operation.fields(kind, details).items():
            name = found[0].node.name.value
            self._open(kind, name)
            if name == "__typename":
                value = repr(kind.name)
            elif name == "cursor":
                value = self._cursor_of()
            elif name == "node":
                value = self.writer.selected(object_type(kind.fields[name].type), found, self.reader)
            else:
                raise Unplannable(f"{kind.name}.{name}")
            parts.append(f"{inner_key!r}: {value}")
        return f"[{{{', '.join(parts)}}} for § in rows]"

    def _page_info(self, kind: GraphQLObjectType, details: FieldDetailsList) -> str:
        values = {"hasNextPage": "following", "hasPreviousPage": "previous", "__typename": repr(kind.name)}
        values["startCursor"] = "(cursor(rows[0]) if rows else None)"
        values["endCursor"] = "(cursor(rows[-1]) if rows else None)"
        parts = []
        for key, found in self.operation.fields(kind, details).items():
            name = found[0].node.name.value
            self._open(kind, name)
            self.looks_on = self.looks_on or name in ("hasNextPage", "hasPreviousPage")
            if name.endswith("Cursor"):
                self._cursor_of()
            parts.append(f"{key!r}: {values[name]}")
        return f"{{{', '.join(parts)}}}"

    def _open(self, kind: GraphQLObjectType, name: str) -> None:
        if name in kind.fields and self.operation.denial(ours_of(kind.fields[name])) is not None:
            raise Unplannable(f"{kind.name}.{name} is denied")

    def _cursor_of(self) -> str:
        self.writer.names["encode"] = encode_cursor
        return f"encode(identity, [{', '.join(self.reader.python(label) for label in self.order)}])"

    def _cursor(self, row: str) -> list[str]:
        if "encode" not in self.writer.names:
            return []
        return [" def cursor(row):", f"  ({row},) = row", f"  return {self._cursor_of()}"]


class _Pages:
    """What pages at the root and pages below rows share: arguments, shapes by order, statements by window."""

    def __init__(self, operation: Operation, definition: GraphQLField, details: FieldDetailsList) -> None:
        self._operation, self._definition, self._details = operation, definition, details
        self._link: Pages = ours_of(definition).metadata[LINK]
        self._by = self._link.by or ""
        self._arguments = operation.arguments(definition, details[0].node)
        self._window_names = [parameter.name for parameter in self._link.window]
        self._shapes: dict[tuple[str, ...], _Shape] = {}
        self._statements: dict[Any, Statement] = {}

    def _asked(self, run: Run) -> tuple[Listing[Any] | None, Window]:
        arguments = self._arguments(run.variables)
        window = Window(**{name: arguments.pop(name) for name in self._window_names if name in arguments})
        return self._link.listing(run.context, **arguments), window

    def _shape(self, listing: Listing[Any]) -> _Shape:
        shape = self._shapes.get(listing.order)
        if shape is None:
            shape = _Shape(self._operation, self._definition, self._details, listing)
            self._shapes[listing.order] = shape
        return shape

    async def _fetch(
        self, run: Run, listing: Listing[Any], key: object, make: Callable[[], Rows], values: dict[str, Any]
    ) -> Sequence[Any]:
        if listing.conditions or listing.branches:
            return await run.fetch_once(make(), values)
        statement = self._statements.get(key)
        if statement is None:
            statement = self._statements[key] = self._operation.statements.prepare(make())
        return await run.fetch(statement, values)


class RootPages(_Pages):
    """A list in pages at the root."""

    def prepare(self, run: Run) -> Prepared:
        """What reading the page will take, by the run's arguments."""
        listing, window = self._asked(run)
        if listing is None:
            if is_non_null_type(self._definition.type):
                raise Surprise("a null where none may be")
            return Prepared(0, nothing)
        shape = self._shape(listing)
        return Prepared(shape.statements, partial(self._read, run, listing, window, shape))

    async def _read(self, run: Run, listing: Listing[Any], window: Window, shape: _Shape) -> Any:  # noqa: ANN401 - a part of the response
        size, backward = window.size, window.backward
        selection = Selection(listing, shape.visible, shape.reader.labels)
        bounds = selection.bounds(window)
        rows: Sequence[Any] = ()
        if shape.reads_rows:
            rows = await self._fetch(
                run,
                listing,
                (listing.order, listing.descending, bounds.above, backward),
                partial(selection.page, bounds.above, backward=backward),
                {**bounds.values, "size": size + 1},
            )
        onward = len(rows) > size
        rows = rows[:size][:: -1 if backward else 1]
        total = None
        if shape.counts:
            ((total,),) = await self._fetch(run, listing, "count", selection.count, {})
        previous, following = (onward, window.before is not None) if backward else (window.after is not None, onward)
        below = await follow(run, shape.led, rows)
        return shape.build(run, rows, previous, following, total, listing.identity, *below)


class PagesByKey(_Pages):
    """Pages below each row of a list: one statement for all of them."""

    @property
    def statements(self) -> int:
        """Counted before the list is known: at least two, so that they run in one snapshot."""
        return 2

    def raw(self, run: Run, key: Any) -> Any:  # noqa: ANN401 - a key of any type
        """A key as the driver has it in its rows."""
        listing, _ = self._asked(run)
        if listing is None:
            return key
        return raw_key(column(self._shape(listing).visible, self._by), key, self._operation.dialect)

    async def run(self, run: Run, keys: Sequence[Any]) -> Mapping[Any, Any]:
        """A page for each key."""
        listing, window = self._asked(run)
        if listing is None:
            if is_non_null_type(self._definition.type):
                raise Surprise("a null where none may be")
            return dict.fromkeys(keys)
        shape = self._shape(listing)
        size = window.size
        selection = Selection(listing, shape.visible, shape.reader.labels)
        rows = await self._rows(run, selection, window, keys) if shape.reads_rows else ()
        totals = await self._totals(run, selection, keys) if shape.counts else {}
        mine: dict[Any, list[Any]] = {key: [] for key in keys}
        for row in rows:
            mine[row[-1]].append(row)
        below = await follow(run, shape.led, rows)
        after = window.after is not None
        return {
            key: shape.build(run, found[:size], after, len(found) > size, totals.get(key, 0), listing.identity, *below)
            for key, found in mine.items()
        }

    async def _rows(self, run: Run, selection: Selection, window: Window, keys: Sequence[Any]) -> Sequence[Any]:
        listing, bounds = selection.listing, selection.bounds(window)
        make = partial(selection.pages_below, bounds.above, self._by, self._operation.dialect.name)
        given = {**bounds.values, "size": window.size + 1, "keys": run.keys(keys)}
        return await self._fetch(run, listing, (listing.order, listing.descending, bounds.above), make, given)

    async def _totals(self, run: Run, selection: Selection, keys: Sequence[Any]) -> Mapping[Any, int]:
        make = partial(selection.counts_below, self._by, self._operation.dialect.name)
        return dict(await self._fetch(run, selection.listing, "count", make, {"keys": run.keys(keys)}))
