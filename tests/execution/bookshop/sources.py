"""Which rows of the bookshop a viewer sees: a reader those of its own shelf, a librarian all."""

from datetime import date, datetime
from functools import cache
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Uuid, bindparam, select
from sqlmodel import col

from execution.source import Rows, Source
from tests.execution.bookshop.tables import Author, Book, Genre, Publisher


class PublisherRow(NamedTuple):
    """What is read of a publisher."""

    id: UUID
    name: str
    city: str | None


class AuthorRow(NamedTuple):
    """What is read of an author."""

    id: UUID
    name: str
    born: int | None
    email: str | None

    @property
    def initial(self) -> str:
        """The first letter."""
        return self.name[0]


class BookRow(NamedTuple):
    """What is read of a book."""

    id: UUID
    author_id: UUID
    publisher_id: UUID | None
    title: str
    subtitle: str | None
    isbn: str | None
    genre: Genre
    pages: int
    sold: int
    in_print: bool
    published: date
    added_at: datetime
    tags: list[str]


own_shelf = bindparam("own_shelf", type_=Uuid())


def _columns(table: type, row: type) -> Rows:
    names: tuple[str, ...] = row._fields  # type: ignore[attr-defined]
    return select(*(col(getattr(table, name)).label(name) for name in names))


@cache
def visible_publishers(_kind: str) -> Rows:
    """Everybody sees all."""
    return _columns(Publisher, PublisherRow)


@cache
def visible_authors(kind: str) -> Rows:
    """A reader sees its own shelf, a librarian all."""
    everybody = _columns(Author, AuthorRow)
    return everybody if kind == "librarian" else everybody.where(col(Author.shelf) == own_shelf)


@cache
def visible_books(kind: str) -> Rows:
    """The books of the authors that are seen."""
    books = _columns(Book, BookRow).join(Author, col(Author.id) == col(Book.author_id))
    return books if kind == "librarian" else books.where(col(Author.shelf) == own_shelf)


@cache
def visible_in_print(kind: str) -> Rows:
    """Those that can be bought."""
    return visible_books(kind).where(col(Book.in_print))


publishers = Source(PublisherRow, visible_publishers)
authors = Source(AuthorRow, visible_authors)
books = Source(BookRow, visible_books)
printed = Source(BookRow, visible_in_print)
