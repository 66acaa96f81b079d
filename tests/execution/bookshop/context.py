"""What the bookshop's fields reach, and how its faults are worded."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import strawberry
from sqlalchemy import update
from sqlmodel import col

from execution.database.connection import Database
from execution.errors import OCCURRENCES, Wording
from execution.unit import Unit
from tests.execution.bookshop.tables import OWN, Author


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
        failures: The mutations that failed, with the exception's class.
        reported: Faults of ours.
        committed: The tables that each unit changed for good.
        steps: What mutations of the operation noted, in the order in which they ran.
    """

    database: Database
    kind: str = "reader"
    failures: list[tuple[str, str]] = field(default_factory=list)
    reported: list[str] = field(default_factory=list)
    steps: list[str] = field(default_factory=list)
    committed: list[frozenset[str]] = field(default_factory=list)
    unit: Unit = field(init=False)

    @property
    def standing(self) -> str:
        """What guards decide by."""
        return self.kind

    @property
    def binds(self) -> Mapping[str, Any]:
        """The reader's shelf."""
        return {"own_shelf": OWN}

    def begin(self, *, writes: bool) -> Unit:
        """A new unit."""
        self.unit = Unit(self.database, self, writes=writes, committed=self.committed.append)
        return self.unit

    async def after_failure(self, name: str, error: Exception) -> None:
        """Remembers, and looks whether the failed unit is over: this one must be able to write."""
        self.failures.append((name, type(error).__name__))
        unit = self.begin(writes=True)
        try:
            await unit.execute(update(Author).values(name=col(Author.name)))
        finally:
            await unit.end()


Info = strawberry.Info[Context, None]


def report(error: Any, context: Context) -> Wording:
    """Notes a fault of ours."""
    context.reported.append(type(error.original_error).__name__)
    return Wording("Ours.", {"code": "INTERNAL"})
