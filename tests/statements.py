"""The statements that servers of this process send to their databases, seen at the drivers' door.

Those that look up who is asking are left out: they are remembered for a while, so their number depends on the clock.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from execution.database.postgres_connection import PostgresConnection
from execution.database.sqlite_connection import SqliteConnection

Statement = tuple[str, tuple[Any, ...]]
DOORS = [
    (PostgresConnection, "fetch"),
    (PostgresConnection, "fetch_and_commit"),
    (PostgresConnection, "change"),
    (PostgresConnection, "run_later"),
    (SqliteConnection, "execute"),
    (SqliteConnection, "change"),
]
SIGN_IN = re.compile(r"^SELECT .* (JOIN partner_user|JOIN partner_app|FROM customer_user) ", re.DOTALL)
BOUNDS = ("begin", "commit", "rollback", "pragma", "savepoint", "release")


@contextmanager
def statements_sent() -> Iterator[list[Statement]]:
    """Text and arguments of every statement in the meantime, without sign-ins and what bounds transactions."""
    sent: list[Statement] = []

    def noting(through: Any) -> Any:
        def noted(connection: Any, sql: str, arguments: Any = ()) -> Any:
            if not sql.startswith(BOUNDS) and not SIGN_IN.search(sql):
                sent.append((sql, tuple(arguments)))
            return through(connection, sql, arguments)

        return noted

    with pytest.MonkeyPatch.context() as patch:
        for connection, method in DOORS:
            patch.setattr(connection, method, noting(getattr(connection, method)))
        yield sent
