"""What the bookshop stores, and what stands in it when a test begins."""

from datetime import UTC, date, datetime, timedelta
from enum import Enum
from functools import reduce
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import JSON, Column, DateTime, Dialect, MetaData
from sqlalchemy import Enum as StoredEnum
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.orm import registry
from sqlalchemy.types import BigInteger, TypeDecorator
from sqlmodel import Field, SQLModel

NAMESPACE = UUID("0b00c000-0000-5000-8000-000000000000")
OWN, OTHER = uuid5(NAMESPACE, "own"), uuid5(NAMESPACE, "other")
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
metadata = MetaData()


class Table(SQLModel, registry=registry(metadata=metadata)):
    """Tables of the bookshop, apart from everybody else's."""

    metadata = metadata


class Instant(TypeDecorator[datetime]):
    """An instant in UTC, on databases with and without zones."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Without its zone where the database has none."""
        return value.replace(tzinfo=None) if value and dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """With its zone."""
        return value and value.replace(tzinfo=UTC)


class Genre(Enum):
    """A kind of book. Members are no texts, and are stored by their names."""

    NOVEL = 1
    POETRY = 2
    CRIME = 3


class Publisher(Table, table=True):
    """Who prints books."""

    __tablename__ = "publisher"
    id: UUID = Field(primary_key=True)
    name: str
    city: str | None = None


class Author(Table, table=True):
    """An author, on the shelf of one reader."""

    __tablename__ = "author"
    id: UUID = Field(primary_key=True)
    shelf: UUID
    name: str
    born: int | None = None
    email: str | None = None


class Book(Table, table=True):
    """A book; no two of an author's have one title."""

    __tablename__ = "book"
    id: UUID = Field(primary_key=True)
    author_id: UUID = Field(foreign_key="author.id")
    publisher_id: UUID | None = Field(default=None, foreign_key="publisher.id")
    title: str = Field(unique=True)
    subtitle: str | None = None
    isbn: str | None = None
    genre: Genre = Field(default=Genre.NOVEL, sa_type=StoredEnum(Genre, native_enum=False))  # type: ignore[arg-type]
    pages: int = 100
    sold: int = Field(default=0, sa_type=BigInteger)
    in_print: bool = True
    published: date = date(2000, 1, 1)
    added_at: datetime = Field(default=datetime(2020, 1, 1, tzinfo=UTC), sa_type=Instant)
    tags: list[str] = Field(default=[], sa_column=Column(JSON, nullable=False, default=[]))


def key(*names: str) -> str:
    """The key of a thing on one's own shelf, e.g. of the publisher `Aldus`, the author `F`, the book `F`, `0`."""
    return str(reduce(uuid5, names, OWN))


async def fill(database: AsyncEngine) -> None:
    """Makes the tables: 26 authors of one's own, A to Z, with 0 to 5 books each, and one on another shelf."""
    async with database.execution_options(writes=True).begin() as connection:
        await connection.run_sync(metadata.create_all)
        printers = [{"id": uuid5(OWN, name), "name": name, "city": city} for name, city in PUBLISHERS.items()]
        await connection.execute(Publisher.__table__.insert(), printers)  # type: ignore[attr-defined]
        rows = [{"id": uuid5(OWN, letter), "shelf": OWN, "name": f"{letter} Author"} for letter in LETTERS]
        rows.append({"id": uuid5(OTHER, "N"), "shelf": OTHER, "name": "N Neighbour"})
        people = [row | _person(number) for number, row in enumerate(rows)]
        await connection.execute(Author.__table__.insert(), people)  # type: ignore[attr-defined]
        written = [
            {"id": uuid5(row["id"], str(n)), "author_id": row["id"], "title": f"{row['name']} {n}", **_book(n)}
            for index, row in enumerate(rows)
            for n in range(index % 6)
        ]
        await connection.execute(Book.__table__.insert(), written)  # type: ignore[attr-defined]


PUBLISHERS: dict[str, str | None] = {"Aldus": "Venice", "Blank": None}


def _person(number: int) -> dict[str, Any]:
    # Every third has no year, every fourth no address.
    return {
        "born": None if number % 3 == 0 else 1900 + number,
        "email": None if number % 4 == 0 else f"author{number}@example.com",
    }


def _book(number: int) -> dict[str, Any]:
    return {
        "publisher_id": (uuid5(OWN, "Aldus"), None, uuid5(OWN, "Blank"))[number % 3],
        "subtitle": None if number % 2 else f"Part {number}",
        "isbn": None if number == 3 else f"978{number}",
        "genre": list(Genre)[number % 3],
        "pages": 100 * (number + 1),
        # Beyond 32 bits for the last: more than an Int holds.
        "sold": 3_000_000_000 if number == 4 else 10 * number,
        "in_print": number % 2 == 0,
        "published": date(1990 + number, 5, 1),
        "added_at": datetime(2020, 1, 1, tzinfo=UTC) + timedelta(days=number, microseconds=number),
        "tags": [f"t{n}" for n in range(number)],
    }
