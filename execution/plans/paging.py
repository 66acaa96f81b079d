"""The steps that read pages of a list: at the root, or below each row of another list."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from graphql import GraphQLField, is_non_null_type
from graphql.execution.collect_fields import FieldDetailsList

from execution.cursors import origin_of
from execution.database.statements import Statement
from execution.database.values import bind_processor
from execution.links import LINK, Pages
from execution.plans.operation import Operation, ours_of
from execution.plans.outcomes import Surprise
from execution.plans.shapes import PageShape
from execution.plans.steps import Prepared, Run, follow, kept, nothing
from execution.plans.together import Together
from execution.selections import Bounds, Selection, limit_shown
from execution.source import Rows, Source, column
from execution.windows import Listing, Window


class _Pages:
    """What pages at the root and pages below rows share: arguments, shapes by source and order, statements by window.

    All three depend on a run's arguments: a listing may take its rows from one source or another.
    """

    def __init__(self, operation: Operation, definition: GraphQLField, details: FieldDetailsList) -> None:
        self._operation, self._definition, self._details = operation, definition, details
        self._link: Pages = ours_of(definition).metadata[LINK]
        self._by = self._link.by or ""
        self._arguments = operation.arguments(definition, details[0].node)
        self._window_names = [parameter.name for parameter in self._link.window]
        self._shapes: dict[tuple[Source[Any], tuple[str, ...]], PageShape] = {}
        self._statements: dict[Any, Statement] = {}

    def _asked(self, run: Run) -> tuple[Listing[Any] | None, Window]:
        arguments = self._arguments(run.variables)
        window = Window(**{name: arguments.pop(name) for name in self._window_names if name in arguments})
        return self._link.listing(run.context, **arguments), window

    def _shape(self, listing: Listing[Any]) -> PageShape:
        key = (listing.source, listing.order)
        shape = self._shapes.get(key)
        if shape is None:
            shape = self._shapes[key] = PageShape(self._operation, self._definition, self._details, listing)
        return shape

    async def _fetch(
        self, run: Run, listing: Listing[Any], key: object, make: Callable[[], Rows], values: dict[str, Any]
    ) -> Sequence[Any]:
        if listing.conditions or listing.branches:
            return await run.fetch_once(make(), values)
        prepare = self._operation.statements.prepare
        return await run.fetch(kept(self._statements, (listing.source, key), lambda: prepare(make())), values)


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
        # A filter's statement is made for one run, and the longer it is the longer that takes.
        together = None if listing.conditions or listing.branches else shape.together
        statements = shape.statements - (together.saved if together is not None else 0)
        return Prepared(statements, partial(self._read, run, listing, window, shape, together))

    async def _read(
        self, run: Run, listing: Listing[Any], window: Window, shape: PageShape, together: Together | None
    ) -> Any:  # noqa: ANN401 - a part of the response
        size, backward = window.size, window.backward
        selection = Selection(listing, shape.visible, shape.reader.labels)
        bounds, (most, given) = selection.bounds(window), selection.most(window)
        key = (listing.order, listing.descending, bounds.above, most, backward)
        page = partial(selection.page, bounds.above, most, backward=backward)
        rows: Sequence[Any] = ()
        parts: list[Sequence[Any]] = []
        if together is not None:
            asked, arguments = together.asked(run)
            whole = partial(together.statement, page, limit_shown(most), arguments)
            read = await self._fetch(run, listing, (*key, *asked), whole, bounds.values | given)
            rows, *parts = together.split(read)
        elif shape.reads_rows:
            rows = await self._fetch(run, listing, key, page, bounds.values | given)
        onward = len(rows) > size
        rows = rows[:size][:: -1 if backward else 1]
        total = None
        if shape.counts:
            ((total,),) = await self._fetch(run, listing, "count", selection.count, {})
        previous, following = (onward, window.before is not None) if backward else (window.after is not None, onward)
        below = await (follow(run, shape.led, rows) if together is None else together.below(run, rows, parts))
        build = shape.build if together is None else together.build
        return build(run, rows, previous, following, total, origin_of(listing.identity), *below)


class PagesByKey(_Pages):
    """Pages below each row of a list: one statement for all of them."""

    sure = False

    @property
    def statements(self) -> int:
        """Counted before the list is known: at least two, so that they run in one snapshot."""
        return 2

    def raw(self, run: Run, key: Any) -> Any:  # noqa: ANN401 - a key of any type
        """A key as the driver has it in its rows."""
        listing, _ = self._asked(run)
        if listing is None:
            return key
        to_raw = bind_processor(column(self._shape(listing).visible, self._by).type, self._operation.dialect)
        return key if to_raw is None else to_raw(key)

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
        # Looked at also where only the count is selected, which goes by no cursor: a wrong one is an error.
        bounds = selection.bounds(window)
        rows = await self._rows(run, selection, bounds, window, keys) if shape.reads_rows else ()
        totals = await self._totals(run, selection, keys) if shape.counts else {}
        mine: dict[Any, list[Any]] = {key: [] for key in keys}
        for row in rows:
            mine[row[-1]].append(row)
        below = await follow(run, shape.led, rows)
        after = window.after is not None
        return {
            key: shape.build(
                run, found[:size], after, len(found) > size, totals.get(key, 0), origin_of(listing.identity), *below
            )
            for key, found in mine.items()
        }

    async def _rows(
        self, run: Run, selection: Selection, bounds: Bounds, window: Window, keys: Sequence[Any]
    ) -> Sequence[Any]:
        listing, (most, given) = selection.listing, selection.most(window)
        make = partial(selection.pages_below, bounds.above, most, self._by, self._operation.dialect.name)
        values = {**bounds.values, **given, "keys": run.keys(keys)}
        return await self._fetch(run, listing, (listing.order, listing.descending, bounds.above, most), make, values)

    async def _totals(self, run: Run, selection: Selection, keys: Sequence[Any]) -> Mapping[Any, int]:
        make = partial(selection.counts_below, self._by, self._operation.dialect.name)
        return dict(await self._fetch(run, selection.listing, "count", make, {"keys": run.keys(keys)}))
