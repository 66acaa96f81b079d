"""The bare handlers' rows from PostgreSQL, by asyncpg."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from secrets import token_hex
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import orjson

from benchmarks.peers import bare_statements as sql
from benchmarks.peers.scope import ACTOR_ID, CLOUD, DATABASE_URL, PARTNER_ID, POOL_SIZE

PROFILE = f"{sql.PROFILE} for update"
AGREEMENTS = sql.AGREEMENTS.format(of_customers="customer_id = any($3)")


class PostgresRows:
    """A pool of connections; rows are asyncpg's records."""

    def __init__(self, pool: Any) -> None:  # noqa: ANN401 - asyncpg carries no types
        self._pool = pool

    async def one(self, key: UUID) -> Any:  # noqa: ANN401
        """A customer's row, or None."""
        async with self._pool.acquire() as connection:
            return await connection.fetchrow(sql.ONE, CLOUD, PARTNER_ID, key)

    async def page(self, first: int, after: tuple[str, str] | None, *, agreements: bool) -> tuple[Any, Any]:
        """A page's rows and one more if there is one, and the rows of the page's agreements where they are wanted."""
        async with self._pool.acquire() as connection:
            rows = await _page(connection, first, after)
            if not agreements:
                return rows, ()
            keys = [row["id"] for row in rows[:first]]
            return rows, await connection.fetch(AGREEMENTS, CLOUD, PARTNER_ID, keys)

    async def replace(self, key: UUID, etag: str, values: dict[str, Any]) -> tuple[Any, str] | None:
        """Replaces a billing profile: begin, select, update, insert, commit.

        Returns:
            The row as it was, and the new etag; None where there is none of that version.
        """
        async with self._pool.acquire() as connection, connection.transaction():
            before = await connection.fetchrow(PROFILE, CLOUD, PARTNER_ID, key)
            if before is None or before["etag"] != etag:
                return None
            renewed, now, name = token_hex(16), datetime.now(UTC), values["company_name"]
            await connection.execute(sql.REPLACE, CLOUD, PARTNER_ID, key, *values.values(), renewed, now)
            await connection.execute(
                sql.RECORD,
                uuid4(),
                CLOUD,
                PARTNER_ID,
                now,
                ACTOR_ID,
                key,
                name,
                name.casefold(),
                token_hex(16),
                orjson.dumps(sql.changes_between(before, values)).decode(),
            )
        return before, renewed


async def _page(connection: Any, first: int, after: tuple[str, str] | None) -> Sequence[Any]:  # noqa: ANN401
    if after is None:
        return await connection.fetch(sql.PAGE, CLOUD, PARTNER_ID, first + 1)  # type: ignore[no-any-return]
    name, key = after
    return await connection.fetch(sql.NEXT_PAGE, CLOUD, PARTNER_ID, first + 1, name, UUID(key))  # type: ignore[no-any-return]


def hex_of(key: UUID) -> str:
    """A row's key as global ids have it."""
    return key.hex


def key_of(key: UUID) -> str:
    """A row's key as answers have it."""
    return str(key)


def instant_of(stored: datetime) -> datetime:
    """A row's instant, which orjson writes as answers have it."""
    return stored


@asynccontextmanager
async def opened() -> AsyncIterator[PostgresRows]:
    """Opens and closes the pool."""
    url = DATABASE_URL.replace("postgresql+asyncpg:", "postgresql:")
    async with asyncpg.create_pool(url, min_size=POOL_SIZE, max_size=POOL_SIZE) as pool:
        yield PostgresRows(pool)
