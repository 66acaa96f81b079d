"""The bare handlers' rows from SQLite: the standard library's driver in the event loop itself, as Clientela has it."""

import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from secrets import token_hex
from typing import Any
from uuid import UUID, uuid4

import orjson

from benchmarks.peers import bare_statements as sql
from benchmarks.peers.scope import ACTOR_ID, CLOUD, DATABASE_URL, PARTNER_ID

ONE, PAGE, NEXT_PAGE, PROFILE, REPLACE, RECORD, AGREEMENTS = (
    statement.replace("$", "?")
    for statement in (
        sql.ONE,
        sql.PAGE,
        sql.NEXT_PAGE,
        sql.PROFILE,
        sql.REPLACE,
        sql.RECORD,
        sql.AGREEMENTS.format(of_customers="customer_id in (select value from json_each($3))"),
    )
)
PARTNER = PARTNER_ID.hex


class SqliteRows:
    """One connection; rows are the driver's own, keys and instants the text that is stored."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._execute = connection.execute

    async def one(self, key: UUID) -> Any:  # noqa: ANN401 - None or a driver's row
        """A customer's row, or None."""
        return self._execute(ONE, (CLOUD, PARTNER, key.hex)).fetchone()

    async def page(self, first: int, after: tuple[str, str] | None, *, agreements: bool) -> tuple[Any, Any]:
        """A page's rows and one more if there is one, and the rows of the page's agreements where they are wanted."""
        asked = (CLOUD, PARTNER, first + 1)
        rows = self._execute(*((PAGE, asked) if after is None else (NEXT_PAGE, (*asked, *after)))).fetchall()
        if not agreements:
            return rows, ()
        keys = orjson.dumps([row["id"] for row in rows[:first]]).decode()
        return rows, self._execute(AGREEMENTS, (CLOUD, PARTNER, keys)).fetchall()

    async def replace(self, key: UUID, etag: str, values: dict[str, Any]) -> tuple[Any, str] | None:
        """Replaces a billing profile: begin, select, update, insert, commit, and nothing waited for between.

        Returns:
            The row as it was, and the new etag; None where there is none of that version.
        """
        with self._connection:
            self._execute("begin immediate")
            before = self._execute(PROFILE, (CLOUD, PARTNER, key.hex)).fetchone()
            if before is None or before["etag"] != etag:
                return None
            renewed, now, name = token_hex(16), str(datetime.now(UTC).replace(tzinfo=None)), values["company_name"]
            self._execute(REPLACE, (CLOUD, PARTNER, key.hex, *values.values(), renewed, now))
            changes = orjson.dumps(sql.changes_between(before, values)).decode()
            line = (uuid4().hex, CLOUD, PARTNER, now, ACTOR_ID.hex, key.hex, name, name.casefold(), token_hex(16))
            self._execute(RECORD, (*line, changes))
        return before, renewed


def hex_of(key: str) -> str:
    """A row's key as global ids have it."""
    return key


def key_of(key: str) -> str:
    """A row's key as answers have it."""
    return f"{key[:8]}-{key[8:12]}-{key[12:16]}-{key[16:20]}-{key[20:]}"


def instant_of(stored: str) -> str:
    """A row's instant as answers have it."""
    return f"{stored[:10]}T{stored[11:]}Z"


@asynccontextmanager
async def opened() -> AsyncIterator[SqliteRows]:
    """Opens and closes the connection."""
    connection = sqlite3.connect(DATABASE_URL.replace("sqlite+aiosqlite:///", ""), isolation_level=None)
    connection.row_factory = sqlite3.Row
    for pragma in ("journal_mode = wal", "synchronous = normal", "foreign_keys = on"):
        connection.execute(f"pragma {pragma}")
    yield SqliteRows(connection)
    connection.close()
