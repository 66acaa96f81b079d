"""Reading events in the order that all processes agree on."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ClauseElement

from execution.database.connection import Database
from models.event import EventKind
from policy.principal import Principal
from resolvers.events import (
    Cursor,
    EventRow,
    Progress,
    alone,
    batch_floor,
    event_about,
    events_behind,
    progress,
    running,
    write_horizon,
)


class EventLog:
    """The events of one database."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._dialect = database.dialect.name

    async def advance(self) -> Progress:
        """How far events are final now, written down for all processes."""
        found = await self._progress()
        if not found.due:
            return found
        transaction = await self._database.begin(writes=True)
        try:
            # A statement each, for each sees what was committed before it.
            for statement in (alone(), write_horizon()):
                prepared = self._database.statements.prepare(statement)
                run = transaction.change if prepared.writes else transaction.fetch
                await run(*prepared.call({}))
        except BaseException:
            await transaction.rollback()
            raise
        await transaction.commit()
        return await self._progress()

    async def behind(self, cursor: Cursor, until: int, principal: Principal | None = None) -> list[EventRow]:
        """The next events behind a cursor and below a horizon, of a principal's partner or of all."""
        binds = {} if principal is None else _binds(principal)
        statement = events_behind(self._dialect, of_viewer=principal is not None)
        rows = await self._read(statement, {**cursor._asdict(), "until": until, **binds})
        return [EventRow(*row) for row in rows]

    async def place(self, principal: Principal, kind: EventKind, subject_id: UUID) -> Cursor | None:
        """The place behind the principal's event about a subject; its batch is 0 while it has no place yet."""
        asked = {**_binds(principal), "subject_id": subject_id, "kind": kind}
        rows = await self._read(event_about(self._dialect), asked)
        if not rows:
            return None
        event = EventRow(*rows[0])
        ((floor,),) = await self._read(batch_floor(self._dialect), {"batch": event.batch})
        return Cursor(event.batch, event.number, floor)

    async def snapshot(self) -> "Snapshot":
        """What is committed now."""
        if self._dialect == "sqlite":
            newest = (await self._progress()).newest
            return Snapshot(f"{newest}:{newest}:")
        ((found,),) = await self._read(running(), {})
        return Snapshot(found)

    async def _progress(self) -> Progress:
        ((newest, due, waiting),) = await self._read(progress(self._dialect), {})
        return Progress(newest, bool(due), bool(waiting))

    async def _read(self, statement: ClauseElement, values: Mapping[str, Any]) -> Sequence[Any]:
        prepared = self._database.statements.prepare(statement)
        async with self._database.reading(statements=1) as connection:
            return prepared.result(await connection.fetch(*prepared.call(values))).all()


class Snapshot:
    """A snapshot of PostgreSQL's, from its text `xmin:xmax:running`."""

    def __init__(self, text: str) -> None:
        oldest, newest, running_then = text.split(":")
        self._oldest, self._newest = int(oldest), int(newest)
        self._running = frozenset(map(int, filter(None, running_then.split(","))))

    def shows(self, xact: int) -> bool:
        """Whether a transaction that is committed now was committed then."""
        return xact < self._oldest or (xact < self._newest and xact not in self._running)


def _binds(principal: Principal) -> dict[str, Any]:
    return {"viewer_cloud": principal.cloud, "viewer_tenant": principal.tenant_id}
