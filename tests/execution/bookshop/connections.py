"""Pages of the bookshop as GraphQL."""

# ruff: noqa: N805 - Strawberry hands a resolver the page as first argument

from typing import Any, Generic, NamedTuple, TypeVar

import strawberry

from execution.links import LINK, Link, resolver_of
from execution.pages import Page

NodeT = TypeVar("NodeT")


def led(link: Link, **options: Any) -> Any:
    """A field that follows a link."""
    return strawberry.field(resolver=resolver_of(link), metadata={LINK: link}, **options)


class EdgeRow(NamedTuple):
    """A row in its place."""

    cursor: str
    node: Any


@strawberry.type
class PageInfo:
    """Where a page begins and ends."""

    @strawberry.field
    async def has_next_page(parent: strawberry.Parent[Page[Any]]) -> bool:
        return await parent.has_next()

    @strawberry.field
    async def has_previous_page(parent: strawberry.Parent[Page[Any]]) -> bool:
        return await parent.has_previous()

    @strawberry.field
    async def start_cursor(parent: strawberry.Parent[Page[Any]]) -> str | None:
        rows = await parent.rows()
        return parent.cursor(rows[0]) if rows else None

    @strawberry.field
    async def end_cursor(parent: strawberry.Parent[Page[Any]]) -> str | None:
        rows = await parent.rows()
        return parent.cursor(rows[-1]) if rows else None


@strawberry.type
class Edge(Generic[NodeT]):
    """One row of a page."""

    cursor: str
    node: NodeT


@strawberry.type
class Connection(Generic[NodeT]):
    """A page of a list."""

    @strawberry.field
    async def edges(parent: strawberry.Parent[Page[Any]]) -> list[Edge[NodeT]]:
        return [EdgeRow(parent.cursor(row), row) for row in await parent.rows()]

    @strawberry.field
    async def nodes(parent: strawberry.Parent[Page[Any]]) -> list[NodeT]:
        return await parent.rows()

    @strawberry.field
    def page_info(parent: strawberry.Parent[Page[Any]]) -> PageInfo:
        return parent  # type: ignore[return-value]

    @strawberry.field
    async def total_count(parent: strawberry.Parent[Page[Any]]) -> int:
        return await parent.total()
