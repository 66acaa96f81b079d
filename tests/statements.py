"""The statements that servers of this process send to their databases, seen at the drivers' door."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from execution.database import postgres, sqlite

Statement = tuple[str, tuple[Any, ...]]
DOORS = [
    (postgres._Connection, "fetch"),
    (postgres._Connection, "change"),
    (sqlite._Connection, "execute"),
    (sqlite._Connection, "change"),
]
BOUNDS = ("begin", "commit", "rollback", "pragma")


@contextmanager
def statements_sent() -> Iterator[list[Statement]]:
    """Text and arguments of every statement in the meantime, without those that bound transactions."""
    sent: list[Statement] = []

    def noting(through: Any) -> Any:
        def noted(connection: Any, sql: str, arguments: Any = ()) -> Any:
            if not sql.startswith(BOUNDS):
                sent.append((sql, tuple(arguments)))
            return through(connection, sql, arguments)

        return noted

    with pytest.MonkeyPatch.context() as patch:
        for connection, method in DOORS:
            patch.setattr(connection, method, noting(getattr(connection, method)))
        yield sent
