"""The bookshop as GraphQL: pages, links, denied fields, and mutations that go wrong in every way."""

# ruff: noqa: N805 - Strawberry hands a resolver the parent's row as first argument

from typing import Any
from uuid import UUID, uuid4

import strawberry
from sqlalchemy import insert, text
from sqlmodel import col

from execution.links import field_of
from execution.loading import find, find_all
from execution.pages import Page, Parent
from execution.windows import Listing, Window
from tests.execution import bookshop
from tests.execution.bookshop import AuthorRow, BookRow, Context, Forbidden

Info = strawberry.Info[Context, None]


@strawberry.type
class BookPage:
    """A page of books."""

    @strawberry.field
    async def nodes(parent: strawberry.Parent[Page[BookRow]]) -> list["BookType"]:
        return await parent.rows()  # type: ignore[return-value]

    @strawberry.field
    async def total(parent: strawberry.Parent[Page[BookRow]]) -> int:
        return await parent.total()

    @strawberry.field
    async def more(parent: strawberry.Parent[Page[BookRow]]) -> bool:
        return await parent.has_next()

    @strawberry.field
    async def cursors(parent: strawberry.Parent[Page[BookRow]]) -> list[str]:
        return [parent.cursor(row) for row in await parent.rows()]


@strawberry.type(name="Author")
class AuthorType:
    """An author."""

    id: UUID
    name: str

    @strawberry.field
    def books(
        parent: strawberry.Parent[AuthorRow], info: Info, first: int | None = None, after: str | None = None
    ) -> BookPage:
        listing = Listing("books", bookshop.books, ("title", "id"))
        below = Parent("author_id", parent.id, field_of(info))
        return Page(info.context.unit, listing, Window(first, after), below)  # type: ignore[return-value]

    @strawberry.field
    async def titles(parent: strawberry.Parent[AuthorRow], info: Info, descending: bool = False) -> list[str]:
        def ordered(rows: Any) -> Any:
            title = col(bookshop.Book.title)
            return rows.order_by(title.desc() if descending else title)

        key = field_of(info)
        found = await find_all(info.context.unit, bookshop.books, parent.id, by="author_id", narrow=ordered, field=key)
        return [row.title for row in found]

    @strawberry.field
    def secret(self) -> str | None:
        raise Forbidden

    @strawberry.field
    def broken(self) -> str | None:
        raise ZeroDivisionError


@strawberry.type(name="Book")
class BookType:
    """A book."""

    id: UUID
    title: str

    @strawberry.field
    async def author(parent: strawberry.Parent[BookRow], info: Info) -> AuthorType | None:
        return await find(info.context.unit, bookshop.authors, parent.author_id)  # type: ignore[return-value]


@strawberry.type
class AuthorPage:
    """A page of authors."""

    @strawberry.field
    async def nodes(parent: strawberry.Parent[Page[AuthorRow]]) -> list[AuthorType]:
        return await parent.rows()  # type: ignore[return-value]

    @strawberry.field
    async def total(parent: strawberry.Parent[Page[AuthorRow]]) -> int:
        return await parent.total()

    @strawberry.field
    async def more(parent: strawberry.Parent[Page[AuthorRow]]) -> list[bool]:
        return [await parent.has_previous(), await parent.has_next()]

    @strawberry.field
    async def cursors(parent: strawberry.Parent[Page[AuthorRow]]) -> list[str]:
        return [parent.cursor(row) for row in await parent.rows()]


@strawberry.type
class Query:
    """Reads."""

    @strawberry.field
    async def author(self, info: Info, id: UUID) -> AuthorType | None:  # noqa: A002
        return await find(info.context.unit, bookshop.authors, id)  # type: ignore[return-value]

    @strawberry.field
    def authors(
        self,
        info: Info,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
        descending: bool = False,
        starting: list[str] | None = None,
    ) -> AuthorPage:
        branches = tuple(col(bookshop.Author.name).startswith(part) for part in starting or ())
        listing = Listing("authors", bookshop.authors, ("name", "id"), descending=descending, branches=branches)
        return Page(info.context.unit, listing, Window(first, after, last, before))  # type: ignore[return-value]

    @strawberry.field
    def forbidden(self) -> str | None:
        raise Forbidden


@strawberry.type
class BookPayload:
    """What was added, read in the transaction that wrote it."""

    key: strawberry.Private[UUID]

    @strawberry.field
    async def book(self, info: Info) -> BookType | None:
        return await find(info.context.unit, bookshop.books, self.key)  # type: ignore[return-value]

    @strawberry.field
    def secret(self) -> str | None:
        raise Forbidden

    @strawberry.field
    async def broken_statement(self, info: Info) -> str | None:
        await info.context.unit.execute(text("select nothing from nowhere"))
        return None


@strawberry.type
class Mutation:
    """Writes."""

    @strawberry.mutation
    async def add(
        self, info: Info, author: UUID, title: str, rehearse: bool = False, fail: str | None = None
    ) -> BookPayload | None:
        key = uuid4()
        values = {"id": key, "author_id": author, "title": title}
        await info.context.unit.execute(insert(bookshop.Book).values(**values))
        info.context.unit.keep = not rehearse
        if fail == "denied":
            raise Forbidden
        if fail == "ours":
            raise ZeroDivisionError
        return BookPayload(key=key)


def build() -> strawberry.Schema:
    """The bookshop's schema."""
    return strawberry.Schema(query=Query, mutation=Mutation)
