"""Authors, books and publishers as GraphQL: links, guarded fields, fields that fail, nulls where none may be."""

# ruff: noqa: N805 - Strawberry hands a resolver the parent's row as first argument

from datetime import date, datetime
from inspect import Parameter
from typing import Any, NewType
from uuid import UUID

import strawberry
from sqlmodel import col
from strawberry.permission import BasePermission

from execution.links import Many, One, Pages, View
from execution.source import Rows
from execution.windows import Listing
from tests.execution.bookshop import sources
from tests.execution.bookshop.connections import Connection, led
from tests.execution.bookshop.context import Context, Forbidden
from tests.execution.bookshop.sources import AuthorRow, BookRow, PublisherRow
from tests.execution.bookshop.tables import Book, Genre

Isbn = NewType("Isbn", str)
SCALARS: Any = {
    # Its form in the response is not the one in the database.
    Isbn: strawberry.scalar(name="Isbn", serialize=lambda value: f"{value[:3]}-{value[3:]}", parse_value=str),
}
GenreEnum = strawberry.enum(Genre, name="Genre")
FORWARD = tuple(
    Parameter(name, Parameter.KEYWORD_ONLY, default=None, annotation=kind)
    for name, kind in (("first", int | None), ("after", str | None))
)


class ForLibrarians(BasePermission):
    """A guard that raises."""

    def has_permission(self, source: Any, info: Any, **_: Any) -> bool:
        """Decides by the standing alone."""
        if info.context.standing != "librarian":
            raise Forbidden
        return True


class ForReaders(BasePermission):
    """A guard as Strawberry's documentation has them: it answers, and Strawberry words the denial."""

    message = "For readers."

    def has_permission(self, source: Any, info: Any, **_: Any) -> bool:
        """Decides by the standing alone."""
        return info.context.standing == "reader"


@strawberry.interface
class Node:
    """What has a key."""

    id: UUID


@strawberry.interface
class Named:
    """What has a name."""

    name: str


@strawberry.type(name="Publisher")
class PublisherType(Node, Named):
    """A publisher."""

    city: str | None
    town: str = strawberry.field(name="town", resolver=lambda root: root.city)

    @classmethod
    def is_type_of(cls, row: object, _info: object) -> bool:
        return isinstance(row, PublisherRow)


@strawberry.type
class Contact:
    """How an author is reached: a view on the author."""

    name: str
    email: str | None
    sure: str = strawberry.field(name="sureEmail", resolver=lambda root: root.email)


def _of_genres(_context: Context, genre: list[GenreEnum] | None = None) -> Listing[BookRow]:
    only = (col(Book.genre).in_(genre),) if genre is not None else ()
    return Listing("books", sources.books, ("title", "id"), conditions=only)


@strawberry.input
class Span:
    """From a number to a number."""

    low: int
    high: int | None = 9


def _by_title(
    rows: Rows, descending: bool = False, genre: list[GenreEnum] | None = None, pages: Span | None = None
) -> Rows:
    title = col(Book.title)
    if genre is not None:
        rows = rows.where(col(Book.genre).in_(genre))
    if pages is not None:
        rows = rows.where(col(Book.pages).between(pages.low, pages.high))
    return rows.order_by(title.desc() if descending else title)


def _written(_context: Context, in_print: bool = False) -> Listing[BookRow]:
    return Listing("written", sources.printed if in_print else sources.books, ("title", "id"))


@strawberry.type(name="Author")
class AuthorType(Node, Named):
    """An author."""

    born: int | None
    email: str | None
    initial: str
    contact: Contact = led(View())
    contact_or_none: Contact | None = led(View())
    books: Connection["BookType"] = led(Pages(_of_genres, FORWARD, key="id", by="author_id"))
    written: Connection["BookType"] = led(Pages(_written, FORWARD, key="id", by="author_id"))
    bibliography: list["BookType"] = led(Many(sources.books, key="id", by="author_id", narrow=_by_title))
    titles: list[str] = led(Many(sources.books, key="id", by="author_id", narrow=_by_title, column="title"))
    shelf_mark: str | None = strawberry.field(resolver=lambda root: root.name, permission_classes=[ForLibrarians])
    greeting: str | None = strawberry.field(resolver=lambda root: f"Dear {root.name}", permission_classes=[ForReaders])

    @classmethod
    def is_type_of(cls, row: object, _info: object) -> bool:
        return isinstance(row, AuthorRow)

    @strawberry.field
    def age(parent: strawberry.Parent[AuthorRow], year: int = 2000) -> int | None:
        return None if parent.born is None else year - parent.born

    @strawberry.field
    def sure_age(parent: strawberry.Parent[AuthorRow], year: int = 2000) -> int:
        return None if parent.born is None else year - parent.born  # type: ignore[return-value]

    @strawberry.field
    def decade(parent: strawberry.Parent[AuthorRow]) -> str | None:
        return f"{parent.born // 10}0s"  # type: ignore[operator]

    @strawberry.field
    def monogram(parent: strawberry.Parent[AuthorRow]) -> str:
        return f"{parent.initial}." if isinstance(parent, AuthorRow) else "?"

    @strawberry.field
    def secret(self) -> str | None:
        raise Forbidden

    @strawberry.field
    def broken(self) -> str | None:
        raise ZeroDivisionError


@strawberry.type(name="Book")
class BookType(Node):
    """A book."""

    title: str
    subtitle: str | None
    isbn: Isbn
    genre: GenreEnum
    pages: int
    sold: int
    in_print: bool
    published: date
    added_at: datetime
    author: AuthorType = led(One(sources.authors, key="author_id"))
    publisher: PublisherType | None = led(One(sources.publishers, key="publisher_id"))
    sure_publisher: PublisherType = led(One(sources.publishers, key="publisher_id"))

    @classmethod
    def is_type_of(cls, row: object, _info: object) -> bool:
        return isinstance(row, BookRow)

    @strawberry.field
    def tags(parent: strawberry.Parent[BookRow]) -> list[str]:
        return parent.tags

    @strawberry.field
    def has_tag(parent: strawberry.Parent[BookRow], any_of: list[str]) -> bool:
        return any(tag in parent.tags for tag in any_of)
