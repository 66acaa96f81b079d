"""`/readyz`: whether requests may be sent to this process, and if not, why."""

import asyncio
import time
from typing import Any

import structlog
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from clientela.clock import Clock
from clientela.migration import current_revision, revisions
from clientela.operations.shutdown import Shutdown
from resolvers.outbox_delivery import waiting_since

SECONDS_REMEMBERED = 1.0
"""Whoever asks more often gets the same answer: the address is open to everybody, the database is not."""
SECONDS_TO_ANSWER = 2.0

Check = dict[str, Any]

log = structlog.get_logger()


class Readiness:
    """Looks at what a request needs.

    A database whose revision is newer than this version knows is no fault: while a new version is rolled out, the
    servers of the old one go on.
    """

    def __init__(
        self, database: AsyncEngine, shutdown: Shutdown, clock: Clock, most_outbox_seconds: int | None
    ) -> None:
        """What to look at.

        Args:
            database: The database, by connections that requests do not wait for.
            shutdown: Whether this process is on its way out.
            clock: What time it is.
            most_outbox_seconds: How long mail that is due may lie in the outbox; None where this server sends none.
        """
        self._database = database
        self._shutdown = shutdown
        self._clock = clock
        self._most_outbox_seconds = most_outbox_seconds
        self._turn = asyncio.Lock()
        self._checks: dict[str, Check] = {}
        self._until = 0.0

    async def serve(self, _request: Request) -> Response:
        """200 or 503, with each check as JSON."""
        checks = {"serving": _serving(self._shutdown), **await self._remembered()}
        ready = all(check["ok"] for check in checks.values())
        headers = {"Cache-Control": "no-store", **({} if ready else {"Retry-After": "1"})}
        return JSONResponse({"ready": ready, "checks": checks}, 200 if ready else 503, headers)

    async def _remembered(self) -> dict[str, Check]:
        async with self._turn:
            if time.monotonic() >= self._until:
                before, self._checks = self._checks, await self._look()
                self._until = time.monotonic() + SECONDS_REMEMBERED
                _log_changes(before, self._checks)
        return self._checks

    async def _look(self) -> dict[str, Check]:
        try:
            async with asyncio.timeout(SECONDS_TO_ANSWER):
                async with self._database.connect() as connection:
                    await connection.execute(text("select 1"))
                migrations = await self._migrations()
                checks = {"database": {"ok": True}, "migrations": migrations}
                if self._most_outbox_seconds is not None and migrations["ok"]:
                    checks["outbox"] = await self._outbox(self._most_outbox_seconds)
        except Exception as error:
            # Drivers raise all sorts of things while a database comes and goes.
            log.debug("no answer", error=repr(error))
            return {"database": {"ok": False, "message": f"no answer within {SECONDS_TO_ANSWER:g} seconds"}}
        return checks

    async def _migrations(self) -> Check:
        found, known = await current_revision(self._database), revisions()
        if found == known[0] or (found is not None and found not in known):
            return {"ok": True, "revision": found}
        message = f"at revision {found or 'base'}, this version needs {known[0]}; run `clientela migrate`"
        return {"ok": False, "revision": found, "message": message}

    async def _outbox(self, most_seconds: int) -> Check:
        now = self._clock()
        async with self._database.connect() as connection:
            since = await waiting_since(connection, now)
        lag = 0 if since is None else int((now - since).total_seconds())
        check: Check = {"ok": lag <= most_seconds, "lagSeconds": lag, "mostSeconds": most_seconds}
        if not check["ok"]:
            check["message"] = "mail that is due is not delivered; see the log and `clientela outbox list`"
        return check


def _serving(shutdown: Shutdown) -> Check:
    return {"ok": False, "message": "this process is stopping"} if shutdown.begun else {"ok": True}


def _log_changes(before: dict[str, Check], after: dict[str, Check]) -> None:
    for name, check in after.items():
        if check["ok"] != before.get(name, {"ok": True})["ok"]:
            told = log.info if check["ok"] else log.warning
            told("readiness", check=name, ready=check["ok"], message=check.get("message"))
