"""Relay's connections over pages."""

from inspect import Parameter
from typing import Annotated, Any, Generic, NamedTuple, TypeVar

import strawberry

from execution.pages import Page
from execution.windows import DEFAULT_PAGE, LARGEST_PAGE
from schema.access import PUBLIC, computed, field

NodeT = TypeVar("NodeT")


def _parameter(name: str, kind: Any, description: str) -> Parameter:  # noqa: ANN401 - a type, as annotations take it
    annotation: Any = Annotated[kind, strawberry.argument(description=description)]
    return Parameter(name, Parameter.KEYWORD_ONLY, default=None, annotation=annotation)


FORWARD = (
    _parameter("first", int | None, f"Rows from the start: 1 to {LARGEST_PAGE}; {DEFAULT_PAGE} when left out."),
    _parameter("after", str | None, "Only rows behind this cursor."),
)
"""Arguments of a list that pages forward only."""

BOTH_WAYS = (
    *FORWARD,
    _parameter("last", int | None, f"Rows from the end: 1 to {LARGEST_PAGE}; instead of `first`."),
    _parameter("before", str | None, "Only rows ahead of this cursor."),
)
"""Arguments of a list that pages either way."""


class EdgeRow(NamedTuple):
    """A row in its place."""

    cursor: str
    node: Any


@strawberry.type(description="Where a page begins and ends. Costs nothing when it is not selected.")
class PageInfo:
    """Read off the page."""

    @computed(PUBLIC, "Whether rows follow this page.")
    async def has_next_page(parent: strawberry.Parent[Page[Any]]) -> bool:
        """Forward exact; backward true where `before` was given."""
        return await parent.has_next()

    @computed(PUBLIC, "Whether rows come before this page.")
    async def has_previous_page(parent: strawberry.Parent[Page[Any]]) -> bool:
        """Backward exact; forward true where `after` was given."""
        return await parent.has_previous()

    @computed(PUBLIC, "Cursor of the first row; null on an empty page. For `before`.")
    async def start_cursor(parent: strawberry.Parent[Page[Any]]) -> str | None:
        """The first row's."""
        rows = await parent.rows()
        return parent.cursor(rows[0]) if rows else None

    @computed(PUBLIC, "Cursor of the last row; null on an empty page. For `after`.")
    async def end_cursor(parent: strawberry.Parent[Page[Any]]) -> str | None:
        """The last row's."""
        rows = await parent.rows()
        return parent.cursor(rows[-1]) if rows else None


@strawberry.type(description="A row of a list and its place in it.")
class Edge(Generic[NodeT]):
    """One row of a page."""

    cursor: str = field(PUBLIC, "The row's place: opaque, stable under inserts and deletes, good for this order only.")
    node: NodeT = field(PUBLIC, "The row.")


@strawberry.type(description="A page of a list.")
class Connection(Generic[NodeT]):
    """A page; what is not selected is not read."""

    @computed(PUBLIC, "The rows with their cursors.")
    async def edges(parent: strawberry.Parent[Page[Any]]) -> list[Edge[NodeT]]:
        """In the list's order."""
        return [EdgeRow(parent.cursor(row), row) for row in await parent.rows()]

    @computed(PUBLIC, "The rows alone.")
    async def nodes(parent: strawberry.Parent[Page[Any]]) -> list[NodeT]:
        """In the list's order."""
        return await parent.rows()

    @computed(PUBLIC, "Where the page begins and ends.")
    def page_info(parent: strawberry.Parent[Page[Any]]) -> PageInfo:
        """Of this page."""
        return parent  # type: ignore[return-value]

    @computed(PUBLIC, "Rows in the whole list under its filter. Counted only when selected.")
    async def total_count(parent: strawberry.Parent[Page[Any]]) -> int:
        """A statement of its own."""
        return await parent.total()
