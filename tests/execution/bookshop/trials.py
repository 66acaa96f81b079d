"""Fields that read nothing: what was given to them, lists and nulls of every kind, things of several types."""

from dataclasses import fields, is_dataclass
from datetime import date
from enum import Enum
from typing import Annotated, Any

import strawberry
from strawberry import UNSET

from tests.execution.bookshop.types import GenreEnum, Isbn, Named, Span


@strawberry.input
class Search:
    """An input with inputs in it."""

    text: str | None = UNSET
    genres: list[GenreEnum] | None = UNSET
    pages: Span | None = UNSET
    spans: list[Span] | None = UNSET
    inner: "Search | None" = UNSET


def told(value: Any) -> Any:
    """A value as a resolver got it, in words; what was left out of an input is left out."""
    if is_dataclass(value):
        given = {part.name: getattr(value, part.name) for part in fields(value)}
        return {name: told(inner) for name, inner in given.items() if inner is not UNSET}
    if isinstance(value, list):
        return [told(inner) for inner in value]
    return str(value) if isinstance(value, Enum | date) else value


@strawberry.type
class Loose:
    """Values of other Python types than the fields have, which fit all the same."""

    key: strawberry.ID
    flag: bool
    real: float
    text: str
    number: int


@strawberry.type
class Trial:
    """Values that are what was asked for, and some that are not."""

    @strawberry.field
    def here(self) -> str:
        return "here"

    @strawberry.field
    def nothing(self) -> str | None:
        return None

    @strawberry.field
    def missing(self) -> str:
        return None  # type: ignore[return-value]

    @strawberry.field
    def failing(self) -> str | None:
        raise ZeroDivisionError

    @strawberry.field
    def broken(self) -> str:
        raise ZeroDivisionError

    @strawberry.field
    def unfit(self) -> int | None:
        return "five"  # type: ignore[return-value]

    @strawberry.field
    def vast(self) -> int | None:
        return 2**31

    @strawberry.field
    def stranger(self) -> GenreEnum | None:
        return "WESTERN"  # type: ignore[return-value]

    @strawberry.field
    def loose(self) -> Loose:
        return Loose(key=5, flag=1, real=2, text=True, number=3.0)  # type: ignore[arg-type]

    @strawberry.field
    def letters(self) -> list[str] | None:
        return "abc"  # type: ignore[return-value]

    @strawberry.field
    def maybe(self) -> "Trial | None":
        return Trial()

    @strawberry.field
    def sure(self) -> "Trial":
        return Trial()

    @strawberry.field
    def none(self) -> "Trial | None":
        return None

    @strawberry.field
    def trials(self, count: int = 2) -> list["Trial"] | None:
        return [Trial() for _ in range(count)]

    @strawberry.field
    def maybes(self) -> list["Trial | None"]:
        return [Trial(), None, Trial()]

    @strawberry.field
    def numbers(self, of: list[str | None]) -> list[int | None] | None:
        return _numbers(of)

    @strawberry.field
    def sure_numbers(self, of: list[str | None]) -> list[int] | None:
        return _numbers(of)

    @strawberry.field
    def all_sure(self, of: list[str | None]) -> list[int]:
        return _numbers(of)

    @strawberry.field
    def matrix(self, of: list[list[int | None] | None]) -> list[list[int] | None] | None:
        return of  # type: ignore[return-value]

    @strawberry.field
    def emptied(self, of: list[int]) -> list[int]:
        taken = list(of)
        of.clear()
        return taken

    @strawberry.field
    def impostor(self) -> "Poster | None":
        return Trial()  # type: ignore[return-value]


def _numbers(texts: list[str | None]) -> Any:
    return [int(text) if text and text.isdigit() else text for text in texts]


@strawberry.type
class Magazine(Named):
    """On paper, many pages."""

    issue: int
    same: str = "magazine"


@strawberry.type
class Poster(Named):
    """On paper, one page."""

    width: float
    same: str | None = "poster"


Display = Annotated[Magazine | Poster, strawberry.union("Display")]


@strawberry.type
class Trials:
    """Part of the root type Query."""

    @strawberry.field
    def given(  # noqa: PLR0917 - an argument of every type
        self,
        number: int | None = UNSET,
        sure: int = 7,
        maybe: int | None = 5,
        real: float | None = UNSET,
        text: str | None = UNSET,
        flag: bool | None = UNSET,
        key: strawberry.ID | None = UNSET,
        genre: GenreEnum | None = UNSET,
        day: date | None = UNSET,
        isbn: list[Isbn] | None = UNSET,
        numbers: list[int] | None = UNSET,
        matrix: list[list[int | None]] | None = UNSET,
        search: Search | None = UNSET,
    ) -> str:
        found = {name: told(value) for name, value in locals().items() if name != "self" and value is not UNSET}
        return str(found)

    @strawberry.field
    def needs(self, number: int, genre: GenreEnum = GenreEnum.CRIME) -> str:
        return f"{number} {genre.name}"

    @strawberry.field
    def trial(self) -> Trial:
        return Trial()

    @strawberry.field
    def maybe_trial(self, here: bool = True) -> Trial | None:
        return Trial() if here else None

    @strawberry.field
    def window(self) -> list[Display]:
        return [Magazine(name="Weekly", issue=7), Poster(name="Spring", width=0.5)]

    @strawberry.field
    def named(self, which: int = 0) -> Named | None:
        return (Magazine(name="Weekly", issue=7), Poster(name="Spring", width=0.5), None, Trial())[which]  # type: ignore[return-value]

    @strawberry.field
    def lone() -> int:  # type: ignore[misc]
        return 1
