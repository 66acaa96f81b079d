"""Rows of tables that only grow, kept back until the commit, which writes those of all its transactions at once."""

from collections.abc import Sequence
from itertools import chain, groupby
from operator import itemgetter
from typing import Any

from execution.database.sqlite_connection import SqliteConnection

MOST_ROWS = 64
"""In one statement, which SQLite compiles once for each number of rows."""

Append = tuple[str, str, Sequence[Any]]
"""A table's name, an INSERT of one row into it, and the row."""


class Appends:
    """Rows that are not in the file yet, in their order.

    Attributes:
        rows: They.
    """

    __slots__ = ("_tables", "rows")

    def __init__(self) -> None:
        self.rows: list[Append] = []
        self._tables: set[str] = set()

    def add(self, rows: Sequence[Append]) -> None:
        """Keeps rows back."""
        self.rows += rows
        for table, _, _ in rows:
            self._tables.add(table)

    def take(self) -> list[Append]:
        """All of them, which are kept back no longer."""
        rows, self.rows = self.rows, []
        self._tables.clear()
        return rows

    def concern(self, sql: str) -> bool:
        """Whether a statement may ask about them."""
        for table in self._tables:  # noqa: SIM110 - most have one, and `any` would be a generator for each statement
            if table in sql:
                return True
        return False


def send(connection: SqliteConnection, rows: Sequence[Append]) -> None:
    """Inserts rows, many with one statement.

    Raises:
        DatabaseError: One of them was refused; whoever asks must roll back.
    """
    for sql, alike in groupby(rows, itemgetter(1)):
        values = [row for _, _, row in alike]
        place = sql.rpartition(" VALUES ")[2]
        for start in range(0, len(values), MOST_ROWS):
            some = values[start : start + MOST_ROWS]
            connection.change(sql + f", {place}" * (len(some) - 1), tuple(chain.from_iterable(some)))
