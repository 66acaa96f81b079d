"""SELECTs of pages: keyset windows over a source, at the root or below each row of a parent list.

Every value that differs from call to call is a named parameter (`size`, `keys`, `bound_0_0`, …), so one text serves
every page of a list that is narrowed in the same way.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, NamedTuple

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    any_,
    bindparam,
    func,
    or_,
    select,
    true,
    tuple_,
    union,
)

from execution.cursors import decode_cursor
from execution.refusals import BadUserInput
from execution.source import Rows, RowT, Source, column

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


class Bounds(NamedTuple):
    """What a window's cursors say.

    Attributes:
        values: Parameters of the SELECT.
        above: For each cursor, whether the rows lie above it in ascending order.
    """

    values: dict[str, Any]
    above: tuple[bool, ...]


@dataclass(frozen=True, slots=True)
class Selection:
    """A list as one viewer sees it, and the columns that are asked for.

    Attributes:
        listing: The list.
        visible: The rows that the viewer may see.
        labels: The labels of the columns to select, in order.
    """

    listing: Listing[Any]
    visible: Rows
    labels: Sequence[str]

    def bounds(self, window: Window) -> Bounds:
        """What the window's cursors say.

        Raises:
            BadUserInput: A cursor is malformed or belongs to another list or order.
        """
        kinds = [term.type.python_type for term in self._terms]
        values: dict[str, Any] = {}
        above: list[bool] = []
        for name, upward in (("after", not self.listing.descending), ("before", self.listing.descending)):
            cursor = getattr(window, name)
            if cursor is not None:
                found = decode_cursor(cursor, self.listing.identity, kinds, name)
                values |= {f"bound_{len(above)}_{place}": value for place, value in enumerate(found)}
                above.append(upward)
        return Bounds(values, tuple(above))

    def page(self, above: tuple[bool, ...], *, backward: bool) -> Rows:
        """The rows of a window, one more than `size`; from its end where it is taken backward."""
        order = self._order(self._terms, backward=backward)
        window = self._within(above)
        if self.listing.branches:
            window = self.visible.where(self._terms[-1].in_(self._best(window, backward=backward)))
        return self._selected(window).order_by(*order).limit(bindparam("size"))

    def count(self) -> Rows:
        """How many rows the whole list has."""
        return self._matching().with_only_columns(func.count(), maintain_column_froms=True)

    def pages_below(self, above: tuple[bool, ...], by: str, dialect: str) -> Rows:
        """The first rows of the window below each of the parameter `keys`; the key comes last in each row."""
        owner, order = column(self.visible, by), self._order(self._terms, backward=False)
        window = self._within(above)
        if dialect != "postgresql":
            place = func.row_number().over(partition_by=owner, order_by=order)
            numbered = self._selected(
                window.where(among_keys(owner, dialect)), place.label("place"), owner.label("owner")
            ).subquery()
            kept = [found for found in numbered.c if found.key != "place"]
            return select(*kept).where(numbered.c.place <= bindparam("size")).order_by(numbered.c.place)
        # One short index walk for each key: a window function over all rows of all keys would read them whole.
        keys = func.unnest(bindparam("keys", type_=ARRAY(owner.type))).table_valued("key").render_derived(name="keys")
        mine = self._selected(window.where(owner == keys.c.key), owner.label("owner"))
        nearest = mine.order_by(*order).limit(bindparam("size")).lateral()
        return select(nearest).select_from(keys.join(nearest, true()))

    def counts_below(self, by: str, dialect: str) -> Rows:
        """How many rows there are below each of the parameter `keys` that has any."""
        owner = column(self.visible, by)
        matching = self._matching().where(among_keys(owner, dialect))
        counted = matching.with_only_columns(
            owner.label("owner"), func.count().label("total"), maintain_column_froms=True
        )
        return counted.group_by(owner)

    @property
    def _terms(self) -> list[ColumnElement[Any]]:
        return [column(self.visible, label) for label in self.listing.order]

    def _order(self, terms: Sequence[ColumnElement[Any]], *, backward: bool) -> list[ColumnElement[Any]]:
        descending = self.listing.descending != backward
        return [term.desc() if descending else term.asc() for term in terms]

    def _selected(self, rows: Rows, *further: ColumnElement[Any]) -> Rows:
        columns = [column(self.visible, label).label(label) for label in self.labels]
        return rows.with_only_columns(*columns, *further, maintain_column_froms=True)

    def _matching(self) -> Rows:
        matching = self.visible.where(*self.listing.conditions)
        return matching.where(or_(*self.listing.branches)) if self.listing.branches else matching

    def _within(self, above: tuple[bool, ...]) -> Rows:
        terms = self._terms
        position = tuple_(*terms)
        rows = self.visible.where(*self.listing.conditions)
        for number, upward in enumerate(above):
            bound = tuple_(
                *(bindparam(f"bound_{number}_{place}", type_=term.type) for place, term in enumerate(terms)),
                types=[term.type for term in terms],
            )
            rows = rows.where(position > bound if upward else position < bound)
        return rows

    def _best(self, window: Rows, *, backward: bool) -> Rows:
        order = self.listing.order
        parts = []
        for branch in self.listing.branches:
            terms = [term.label(label) for term, label in zip(self._terms, order, strict=True)]
            part = window.where(branch).with_only_columns(*terms, maintain_column_froms=True)
            ordered = part.order_by(*self._order(self._terms, backward=backward)).limit(bindparam("size"))
            parts.append(select(ordered.subquery()))
        found = union(*parts).subquery()
        best = self._order([found.c[label] for label in order], backward=backward)
        return select(found.c[order[-1]]).order_by(*best).limit(bindparam("size"))


def among_keys(term: ColumnElement[Any], dialect: str) -> ColumnElement[bool]:
    """Whether a column is among the parameter `keys`: one text whatever the number of keys."""
    if dialect == "postgresql":
        return term == any_(bindparam("keys", type_=ARRAY(term.type)))
    listed = func.json_each(bindparam("keys")).table_valued("value")
    return term.in_(select(listed.c.value))
