"""Telling other processes of events; what is missed is found by looking."""

from collections.abc import Awaitable, Callable

from sqlalchemy import Text, cast, func, select

from execution.database.connection import Database

EVENTS_CHANNEL = "clientela_events"


def notifier(database: Database) -> Callable[[], Awaitable[None]] | None:
    """Tells every listening process that there are events; None on SQLite, which has no such means.

    It is told after the commit, not in its transaction: PostgreSQL lets only one transaction with a notification
    commit at a time.
    """
    if database.dialect.name == "sqlite":
        return None
    told = select(cast(func.pg_notify(EVENTS_CHANNEL, ""), Text))

    async def notify() -> None:
        async with database.reading(statements=1) as connection:
            await connection.fetch(*database.statements.prepare(told).call({}))

    return notify


def look_seconds(database: Database) -> float:
    """How often to look without being told, while there are subscribers: on SQLite that is how others' events come."""
    return 0.2 if database.dialect.name == "sqlite" else 1.0
