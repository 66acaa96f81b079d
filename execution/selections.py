"""SELECTs of pages: keyset windows over a source, at the root or below each row of a parent list.

Every value that differs from call to call is a named parameter (`most`, `keys`, `bound_0_0`, …), so one text serves
every page of a list that is narrowed in the same way.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Integer,
    String,
    any_,
    bindparam,
    func,
    literal_column,
    or_,
    select,
    true,
    tuple_,
    union,
)

from execution.cursors import decode_cursor
from execution.source import Rows, column
from execution.windows import DEFAULT_PAGE, Listing, Window

USUAL_SIZES = frozenset({1, 2, 3, 5, 10, 12, 15, 20, 24, 25, 30, DEFAULT_PAGE, 50, 60, 75, 80, 100, 150, 200, 250, 500})
"""A SELECT has these in its text. PostgreSQL takes a size that it does not know for a tenth of the list, and then plans
each call anew, which takes as long as a short page; a text for every size would be too many to keep."""


class Bounds(NamedTuple):
    """What a window's cursors say.

    Attributes:
        values: Parameters of the SELECT.
        above: For each cursor, whether the rows lie above it in ascending order.
    """

    values: dict[str, Any]
    above: tuple[bool, ...]


UNBOUND = Bounds({}, ())


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
        if window.after is None and window.before is None:
            return UNBOUND
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

    def most(self, window: Window) -> tuple[int | None, dict[str, int]]:
        """How many rows are read, one more than shown: as a part of the SELECT, or None and as its parameter.

        A narrowed list is to be planned anew: which index serves it depends on the values that it is narrowed by.
        """
        narrowed = self.listing.conditions or self.listing.branches
        if window.size in USUAL_SIZES and not narrowed:
            return window.size + 1, {}
        return None, {"most": window.size + 1}

    def page(self, above: tuple[bool, ...], most: int | None, *, backward: bool) -> Rows:
        """The rows of a window, at most `most` or the parameter `most`; from its end where it is taken backward."""
        order = self._order(self._terms, backward=backward)
        window = self._within(above)
        if self.listing.branches:
            window = self.visible.where(self._terms[-1].in_(self._best(window, most, backward=backward)))
        return self._selected(window).order_by(*order).limit(_limit(most))

    def count(self) -> Rows:
        """How many rows the whole list has."""
        return self._matching().with_only_columns(func.count(), maintain_column_froms=True)

    def pages_below(self, above: tuple[bool, ...], most: int | None, by: str, dialect: str) -> Rows:
        """The first rows of the window below each of the parameter `keys`, as in `page`; the key ends a row."""
        owner, order = column(self.visible, by), self._order(self._terms, backward=False)
        window = self._within(above)
        if dialect != "postgresql":
            place = func.row_number().over(partition_by=owner, order_by=order)
            numbered = self._selected(
                window.where(among_keys(owner, dialect)), place.label("place"), owner.label("owner")
            ).subquery()
            kept = [found for found in numbered.c if found.key != "place"]
            return select(*kept).where(numbered.c.place <= _limit(most)).order_by(numbered.c.place)
        # One short index walk for each key: a window function over all rows of all keys would read them whole.
        keys = func.unnest(bindparam("keys", type_=ARRAY(owner.type))).table_valued("key").render_derived(name="keys")
        mine = self._selected(window.where(owner == keys.c.key), owner.label("owner"))
        nearest = mine.order_by(*order).limit(_limit(most)).lateral()
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

    def _best(self, window: Rows, most: int | None, *, backward: bool) -> Rows:
        order = self.listing.order
        parts = []
        for branch in self.listing.branches:
            terms = [term.label(label) for term, label in zip(self._terms, order, strict=True)]
            part = window.where(branch).with_only_columns(*terms, maintain_column_froms=True)
            ordered = part.order_by(*self._order(self._terms, backward=backward)).limit(_limit(most))
            parts.append(select(ordered.subquery()))
        found = union(*parts).subquery()
        best = self._order([found.c[label] for label in order], backward=backward)
        return select(found.c[order[-1]]).order_by(*best).limit(_limit(most))


def _limit(most: int | None) -> ColumnElement[int]:
    return bindparam("most", type_=Integer()) if most is None else literal_column(str(most), Integer())


def limit_shown(most: int | None) -> ColumnElement[int]:
    """The limit of the rows that are shown, which is one less than of those that are read."""
    return _limit(None) - 1 if most is None else _limit(most - 1)


def among_keys(term: ColumnElement[Any], dialect: str) -> ColumnElement[bool]:
    """Whether a column is among the parameter `keys`: one text whatever the number of keys."""
    if dialect == "postgresql":
        return term == any_(bindparam("keys", type_=ARRAY(term.type)))
    listed = func.json_each(bindparam("keys")).table_valued("value")
    return term.in_(select(listed.c.value))


def among_rows(term: ColumnElement[Any], keys: Rows) -> ColumnElement[bool]:
    """Whether a column is among the keys that a SELECT finds.

    As an array PostgreSQL looks them up in one walk of an index; a join would begin a walk for each.
    """
    return term == any_(func.array(keys.scalar_subquery(), type_=ARRAY(term.type)))


def at_key(term: ColumnElement[Any], dialect: str) -> ColumnElement[bool]:
    """Whether a column equals the parameter `key`, given as the driver has it in its rows.

    PostgreSQL takes a list that it does not know for ten keys, and plans anew for each call that has fewer.
    """
    return term == bindparam("key", type_=term.type if dialect == "postgresql" else String())
