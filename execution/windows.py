"""Windows of lists: which rows, in which order, and which part of them a client asked for."""

from dataclasses import dataclass
from typing import Generic, NamedTuple

from sqlalchemy import ColumnElement

from execution.refusals import BadUserInput
from execution.source import RowT, Source

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
