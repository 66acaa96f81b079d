"""A bookshop of authors and books, to drive the execution room with words that are none of Clientela's."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID, uuid5

from sqlalchemy import MetaData, Uuid, bindparam, select, text
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel, col

from execution.errors import OCCURRENCES, Wording
from execution.source import Rows, Source
from execution.unit import Unit

NAMESPACE = UUID("0b00c000-0000-5000-8000-000000000000")
OWN, OTHER = uuid5(NAMESPACE, "own"), uuid5(NAMESPACE, "other")
metadata = MetaData()


class Table(SQLModel, registry=registry(metadata=metadata)):
    """Tables of the bookshop, apart from everybody else's."""

    metadata = metadata


class Author(Table, table=True):
    """An author, on the shelf of one reader."""

    __tablename__ = "author"
    id: UUID = Field(primary_key=True)
    shelf: UUID
    name: str


class Book(Table, table=True):
    """A book; no two of an author's have one title."""

    __tablename__ = "book"
    id: UUID = Field(primary_key=True)
    author_id: UUID = Field(foreign_key="author.id")
    title: str = Field(unique=True)


class AuthorRow(NamedTuple):
    """What is read of an author."""

    id: UUID
    name: str


class BookRow(NamedTuple):
    """What is read of a book."""

    id: UUID
    author_id: UUID
    title: str


own_shelf = bindparam("own_shelf", type_=Uuid())


@cache
def visible_authors(kind: str) -> Rows:
    """A reader sees its own shelf, a librarian all."""
    everybody: Rows = select(col(Author.id).label("id"), col(Author.name).label("name"))
    return everybody if kind == "librarian" else everybody.where(col(Author.shelf) == own_shelf)


@cache
def visible_books(kind: str) -> Rows:
    """The books of the authors that are seen."""
    books: Rows = select(
        col(Book.id).label("id"), col(Book.author_id).label("author_id"), col(Book.title).label("title")
    ).join(Author, col(Author.id) == col(Book.author_id))
    return books if kind == "librarian" else books.where(col(Author.shelf) == own_shelf)


authors = Source(AuthorRow, visible_authors)
books = Source(BookRow, visible_books)


class Forbidden(Exception):  # noqa: N818 - as our own denials
    """A field that the reader may not select."""


def translate(error: Exception, *, on_field: bool) -> Wording | None:
    """Words for `Forbidden`; everything else is ours."""
    if isinstance(error, Forbidden):
        return Wording("Not yours.", {"code": "FIELD" if on_field else "ROOT", OCCURRENCES: 1})
    return None


@dataclass
class Context:
    """What resolvers get; remembers what it was told.

    Attributes:
        database: Where units run.
        kind: `reader` or `librarian`.
        statements: How many statements were sent.
        failures: The mutations that failed, with the exception's class.
        reported: Faults of ours.
    """

    database: AsyncEngine
    kind: str = "reader"
    failures: list[tuple[str, str]] = field(default_factory=list)
    reported: list[str] = field(default_factory=list)
    unit: Unit = field(init=False)

    @property
    def binds(self) -> Mapping[str, Any]:
        """The reader's shelf."""
        return {"own_shelf": OWN}

    def begin(self, *, writes: bool) -> Unit:
        """A new unit."""
        self.unit = Unit(self.database, self, writes=writes)
        return self.unit

    async def after_failure(self, name: str, error: Exception) -> None:
        """Remembers, and looks whether the failed unit is over: this one must be able to write."""
        self.failures.append((name, type(error).__name__))
        unit = self.begin(writes=True)
        try:
            await unit.execute(text("update author set name = name"))
        finally:
            await unit.end()


def report(error: Any, context: Context) -> Wording:
    """Notes a fault of ours."""
    context.reported.append(type(error.original_error).__name__)
    return Wording("Ours.", {"code": "INTERNAL"})


async def fill(database: AsyncEngine) -> None:
    """Makes the tables: 26 authors of one's own, A to Z, with 0 to 5 books each, and one on another shelf."""
    async with database.execution_options(writes=True).begin() as connection:
        await connection.run_sync(metadata.create_all)
        letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
        rows = [{"id": uuid5(OWN, letter), "shelf": OWN, "name": f"{letter} Author"} for letter in letters]
        rows.append({"id": uuid5(OTHER, "N"), "shelf": OTHER, "name": "N Neighbour"})
        await connection.execute(Author.__table__.insert(), rows)  # type: ignore[attr-defined]
        written = [
            {"id": uuid5(row["id"], str(n)), "author_id": row["id"], "title": f"{row['name']} {n}"}
            for index, row in enumerate(rows)
            for n in range(index % 6)
        ]
        await connection.execute(Book.__table__.insert(), written)  # type: ignore[attr-defined]
