"""Pages of a list, read when something of them is selected."""

from collections.abc import Sequence
from functools import cached_property, partial
from typing import Any, Generic, NamedTuple

from execution.cursors import encode_cursor
from execution.selections import Selection
from execution.source import RowT, column
from execution.unit import Unit
from execution.windows import Listing, Window


class Parent(NamedTuple):
    """Which row of a parent list a page hangs below.

    Attributes:
        by: Label of the child's column that holds the parent's key.
        key: The parent's key.
        field: Names the field in the document, one for all parents: their pages load together.
    """

    by: str
    key: Any
    field: tuple[str, ...]


class Page(Generic[RowT]):
    """One page; the count is a statement of its own."""

    def __init__(self, unit: Unit, listing: Listing[RowT], window: Window, parent: Parent | None = None) -> None:
        self._unit = unit
        self._listing = listing
        self._window = window
        self._parent = parent
        self._size = window.size
        self._bounds = self._selection.bounds(window)

    async def rows(self) -> list[RowT]:
        """The page's rows, in the list's order."""
        return (await self._fetched())[: self._size][:: -1 if self._window.backward else 1]

    async def has_next(self) -> bool:
        """Whether rows follow the page."""
        return self._window.before is not None if self._window.backward else await self._more()

    async def has_previous(self) -> bool:
        """Whether rows come before the page."""
        return await self._more() if self._window.backward else self._window.after is not None

    async def total(self) -> int:
        """How many rows the whole list has."""
        if self._parent is None:
            return int((await self._unit.rows(self._selection.count()))[0][0])
        loader = self._unit.loader(("count", self._parent.field), partial(self._count_below, self._parent.by))
        return int(await loader.load(self._parent.key))

    def cursor(self, row: RowT) -> str:
        """The cursor of a row of this page."""
        return encode_cursor(self._listing.identity, [getattr(row, label) for label in self._listing.order])

    @cached_property
    def _selection(self) -> Selection:
        visible = self._listing.source.select(self._unit.viewer)
        return Selection(self._listing, visible, self._listing.source.labels)

    async def _more(self) -> bool:
        return len(await self._fetched()) > self._size

    async def _fetched(self) -> list[RowT]:
        if self._parent is None:
            loader = self._unit.loader(("page", id(self)), self._load_once)
            return list(await loader.load(None))
        loader = self._unit.loader(("page", self._parent.field), partial(self._load_below, self._parent.by))
        return list(await loader.load(self._parent.key))

    async def _load_once(self, _keys: list[Any]) -> list[list[RowT]]:
        most, given = self._selection.most(self._window)
        page = self._selection.page(self._bounds.above, most, backward=self._window.backward)
        return [self._listing.source.rows(await self._unit.rows(page, self._bounds.values | given))]

    async def _load_below(self, by: str, keys: list[Any]) -> list[list[RowT]]:
        most, given = self._selection.most(self._window)
        below = self._selection.pages_below(self._bounds.above, most, by, self._unit.dialect.name)
        pages: dict[Any, list[RowT]] = {key: [] for key in keys}
        for row in await self._unit.rows(below, self._bounds.values | given | self._keys(by, keys)):
            pages[row.owner].append(self._listing.source.row(*row[:-1]))
        return list(pages.values())

    async def _count_below(self, by: str, keys: list[Any]) -> list[int]:
        counts = self._selection.counts_below(by, self._unit.dialect.name)
        totals = {row.owner: row.total for row in await self._unit.rows(counts, self._keys(by, keys))}
        return [totals.get(key, 0) for key in keys]

    def _keys(self, by: str, keys: Sequence[Any]) -> dict[str, Any]:
        return {"keys": self._unit.keys(column(self._selection.visible, by).type, keys)}
