"""Pages of a list: keyset windows over a source, at the root or below each row of a parent list."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any, Generic, NamedTuple

from sqlalchemy import ColumnElement, func, or_, select, tuple_, union

from execution.cursors import decode_cursor, encode_cursor
from execution.refusals import BadUserInput
from execution.source import Rows, RowT, Source, column
from execution.unit import Unit

DEFAULT_PAGE = 40
LARGEST_PAGE = 500
"""A larger page is an error, not a smaller page: a client that asked for 1000 and got 500 would believe it has all."""


@dataclass(frozen=True, eq=False, slots=True)
class Listing(Generic[RowT]):
    """A list: which rows, in which order.

    Attributes:
        name: Names the list in cursors.
        source: Where its rows come from.
        order: Labels of the columns it is ordered by; the last one identifies a row.
        descending: Whether the order is turned round, all columns alike.
        conditions: What every row satisfies.
        branches: Alternatives of which a row satisfies at least one; each is read in order on its own, so that an
            index serves it, where one OR over them all would be a scan. Empty for no alternatives.
    """

    name: str
    source: Source[RowT]
    order: tuple[str, ...]
    descending: bool = False
    conditions: tuple[ColumnElement[bool], ...] = ()
    branches: tuple[ColumnElement[bool], ...] = ()

    @property
    def identity(self) -> str:
        """Names list and order; a cursor of one is refused by another."""
        return f"{self.name}:{','.join(self.order)}:{'desc' if self.descending else 'asc'}"


class Window(NamedTuple):
    """The part of a list that a client asked for: `first`/`after` or `last`/`before`."""

    first: int | None = None
    after: str | None = None
    last: int | None = None
    before: str | None = None

    @property
    def backward(self) -> bool:
        """Whether the window is taken from the end."""
        return self.last is not None

    @property
    def size(self) -> int:
        """How many rows at most.

        Raises:
            BadUserInput: Both sizes were given, or one below 1 or above the largest.
        """
        if self.first is not None and self.last is not None:
            raise BadUserInput("`first` and `last` exclude each other. Give `first` to page forward, `last` backward.")
        name, size = ("last", self.last) if self.last is not None else ("first", self.first)
        if size is None:
            return DEFAULT_PAGE
        if not 1 <= size <= LARGEST_PAGE:
            raise BadUserInput(f"`{name}` is {size}. Ask for 1 to {LARGEST_PAGE} a page and follow `pageInfo`.")
        return size


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
    """One page, read when something of it is selected; the count is a statement of its own, read when selected."""

    def __init__(self, unit: Unit, listing: Listing[RowT], window: Window, parent: Parent | None = None) -> None:
        self._unit = unit
        self._listing = listing
        self._window = window
        self._parent = parent
        self._size = window.size
        self._bounds = self._decode_bounds()

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
            return await self._count()
        loader = self._unit.loader(("count", self._parent.field), partial(self._count_below, self._parent.by))
        return int(await loader.load(self._parent.key))

    def cursor(self, row: RowT) -> str:
        """The cursor of a row of this page."""
        return encode_cursor(self._listing.identity, [getattr(row, label) for label in self._listing.order])

    async def _more(self) -> bool:
        return len(await self._fetched()) > self._size

    async def _fetched(self) -> list[RowT]:
        if self._parent is None:
            loader = self._unit.loader(("page", id(self)), self._load_once)
            return list(await loader.load(None))
        loader = self._unit.loader(("page", self._parent.field), partial(self._load_below, self._parent.by))
        return list(await loader.load(self._parent.key))

    @cached_property
    def _visible(self) -> Rows:
        return self._listing.source.select(self._unit.viewer).where(*self._listing.conditions)

    @cached_property
    def _terms(self) -> list[ColumnElement[Any]]:
        return [column(self._visible, label) for label in self._listing.order]

    @property
    def _descending(self) -> bool:
        return self._listing.descending != self._window.backward

    def _decode_bounds(self) -> list[tuple[list[Any], bool]]:
        kinds = [term.type.python_type for term in self._terms]
        identity = self._listing.identity
        bounds = []
        if self._window.after is not None:
            bounds.append((decode_cursor(self._window.after, identity, kinds, "after"), not self._listing.descending))
        if self._window.before is not None:
            bounds.append((decode_cursor(self._window.before, identity, kinds, "before"), self._listing.descending))
        return bounds

    def _within_bounds(self) -> list[ColumnElement[bool]]:
        position = tuple_(*self._terms)
        conditions = []
        for values, above in self._bounds:
            bound = tuple_(*values, types=[term.type for term in self._terms])
            conditions.append(position > bound if above else position < bound)
        return conditions

    def _ordered(self, terms: Sequence[ColumnElement[Any]]) -> list[ColumnElement[Any]]:
        return [term.desc() if self._descending else term.asc() for term in terms]

    async def _load_once(self, keys: list[Any]) -> list[Any]:
        window = self._visible.where(*self._within_bounds())
        if self._listing.branches:
            window = self._visible.where(self._terms[-1].in_(self._keys_of_branches(window)))
        ordered = window.order_by(*self._ordered(self._terms)).limit(self._size + 1)
        return [self._listing.source.rows(await self._unit.rows(ordered))] * len(keys)

    def _keys_of_branches(self, window: Rows) -> Rows:
        parts = []
        for branch in self._listing.branches:
            ordered = window.where(branch).with_only_columns(*self._labelled(), maintain_column_froms=True)
            part = ordered.order_by(*self._ordered(self._terms)).limit(self._size + 1)
            parts.append(select(part.subquery()))
        found = union(*parts).subquery()
        best = self._ordered([found.c[label] for label in self._listing.order])
        return select(found.c[self._listing.order[-1]]).order_by(*best).limit(self._size + 1)

    def _labelled(self) -> list[ColumnElement[Any]]:
        return [term.label(label) for term, label in zip(self._terms, self._listing.order, strict=True)]

    async def _load_below(self, by: str, keys: list[Any]) -> list[list[RowT]]:
        owner = column(self._visible, by)
        place = func.row_number().over(partition_by=owner, order_by=self._ordered(self._terms)).label("place")
        numbered = (
            self._visible.where(owner.in_(keys), *self._within_bounds())
            .add_columns(owner.label("owner"), place)
            .subquery()
        )
        nearest = select(numbered).where(numbered.c.place <= self._size + 1).order_by(numbered.c.place)
        pages: dict[Any, list[RowT]] = {key: [] for key in keys}
        for row in await self._unit.rows(nearest):
            pages[row.owner].append(self._listing.source.row(*row[:-2]))
        return list(pages.values())

    async def _count(self) -> int:
        matching = self._visible
        if self._listing.branches:
            matching = matching.where(or_(*self._listing.branches))
        counted = matching.with_only_columns(func.count(), maintain_column_froms=True)
        return int((await self._unit.rows(counted))[0][0])

    async def _count_below(self, by: str, keys: list[Any]) -> list[int]:
        owner = column(self._visible, by)
        counted = (
            self._visible.where(owner.in_(keys))
            .with_only_columns(owner.label("owner"), func.count().label("total"), maintain_column_froms=True)
            .group_by(owner)
        )
        totals = {row.owner: row.total for row in await self._unit.rows(counted)}
        return [totals.get(key, 0) for key in keys]
