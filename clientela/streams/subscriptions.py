"""One subscription from its first check to its end, whatever carries it."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from clientela.contexts import Contexts
from clientela.identity.authentication import Authenticator
from clientela.streams.event_log import EventLog
from clientela.streams.feed import SECONDS_UNTIL_FINAL, Feed, Inbox, StreamOver
from execution.engine import Engine, Request, Response
from policy.principal import Principal
from resolvers.events import MOST_AT_ONCE, Cursor, EventRow
from schema.context import Context

SECONDS_BETWEEN_CHECKS = 5.0
"""So soon a silent stream learns that its token expired or a role was lost."""
SECONDS_TO_BE_FINAL = 10.0


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks for a stream.

    Attributes:
        authorization: The bearer token, which must hold as long as the stream.
        principal: Who it was at the beginning.
        address: Where the request came from.
        correlation_id: Ties what is answered and logged together.
    """

    authorization: str | None
    principal: Principal
    address: str
    correlation_id: str


@dataclass(frozen=True, slots=True)
class Subscriptions:
    """Runs subscriptions.

    Attributes:
        engine: Runs the operation for each event.
        authenticator: Says who is asking, again at each event.
        feed: Brings events.
        events: What happened before.
        contexts: Makes the context of each run.
        most_of_one: How many subscriptions one principal may have in this process.
    """

    engine: Engine
    authenticator: Authenticator
    feed: Feed
    events: EventLog
    contexts: Contexts
    most_of_one: int
    _open: Counter[UUID] = field(default_factory=Counter)

    @property
    def number(self) -> int:
        """How many run in this process."""
        return self._open.total()

    async def stream(self, request: Request, caller: Caller) -> AsyncIterator[Response]:
        """The responses of a subscription. One that was not executed is the last: it says why it ended.

        Args:
            request: The operation, a subscription.
            caller: Who asks.

        Raises:
            UnauthorizedError: The token holds no longer.
        """
        principal = caller.principal
        asked = await self.engine.subscribe(request, self._context(principal, caller, None))
        if isinstance(asked, Response):
            yield asked
            return
        try:
            with self._counted(principal):
                inbox = await self.feed.open(principal, asked.topic)
                try:
                    async for event in self._events(inbox, principal, asked.after):
                        principal = await self.authenticator.principal(caller.authorization)
                        context = self._context(principal, caller, event)
                        if event is None:
                            checked = await self.engine.subscribe(request, context, again=True)
                            if isinstance(checked, Response):
                                yield checked
                                return
                            continue
                        response = await self.engine.happened(request, context)
                        if response is None:
                            continue
                        if response.body.get("data") is None:
                            yield Response({"errors": response.body["errors"]}, executed=False)
                            return
                        yield response
                finally:
                    self.feed.close(inbox)
        except StreamOver as over:
            yield Response(_error(over), executed=False)

    def _context(self, principal: Principal, caller: Caller, event: EventRow | None) -> Context:
        return self.contexts.make(principal, caller.address, caller.correlation_id, event=event)

    async def _events(self, inbox: Inbox, principal: Principal, after: UUID | None) -> AsyncIterator[EventRow | None]:
        """What was missed, then what comes; None where nothing came for a while."""
        cursor = None if after is None else await self._place(inbox, principal, after)
        behind = cursor
        while behind is not None:
            missed = await self.events.behind(behind, inbox.begins.floor, principal)
            for event in missed:
                if event.kind is inbox.topic[2]:
                    yield event
            behind = behind._replace(batch=missed[-1].batch, number=missed[-1].number) if missed else None
            if len(missed) < MOST_AT_ONCE:
                break
        while True:
            event_or_none = await inbox.next(SECONDS_BETWEEN_CHECKS)
            if event_or_none is not None and _is_old(event_or_none, inbox, cursor):
                continue
            yield event_or_none

    async def _place(self, inbox: Inbox, principal: Principal, after: UUID) -> Cursor:
        deadline = time.monotonic() + SECONDS_TO_BE_FINAL
        while (cursor := await self.events.place(principal, inbox.topic[2], after)) is not None:
            if cursor.batch:
                return cursor
            # Its transaction ended, an older one did not: what comes before and after it is not settled yet.
            self.feed.heard()
            await asyncio.sleep(SECONDS_UNTIL_FINAL)
            if time.monotonic() > deadline:
                message = "A long transaction holds events up. Subscribe again shortly."
                raise StreamOver("TRY_AGAIN", message)
        message = "`afterRecordId` names no line of your log that is kept. Leave it out and read the log for the rest."
        raise StreamOver("BAD_USER_INPUT", message)

    @contextmanager
    def _counted(self, principal: Principal) -> Iterator[None]:
        if self._open[principal.actor_id] >= self.most_of_one:
            message = (
                f"You have {self.most_of_one} subscriptions here, the most one caller may have "
                "(CLIENTELA_MAX_SUBSCRIPTIONS_OF_ONE). End one first."
            )
            raise StreamOver("TOO_MANY_SUBSCRIPTIONS", message)
        self._open[principal.actor_id] += 1
        try:
            yield
        finally:
            self._open[principal.actor_id] -= 1
            if not self._open[principal.actor_id]:
                del self._open[principal.actor_id]


def _is_old(event: EventRow, inbox: Inbox, cursor: Cursor | None) -> bool:
    if cursor is None:
        return inbox.snapshot.shows(event.xact)
    return (event.batch, event.number) <= (cursor.batch, cursor.number)


def _error(over: StreamOver) -> dict[str, Any]:
    return {"errors": [{"message": str(over), "extensions": {"code": over.code}}]}
