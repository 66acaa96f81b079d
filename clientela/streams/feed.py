"""From committed events to the subscribers of this process: one reader of the database for all of them."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from uuid import UUID

import structlog

from clientela.streams.event_log import EventLog, Snapshot
from execution.database.connection import DatabaseError
from models.event import EventKind
from policy.principal import Principal
from policy.vocabulary import Cloud
from resolvers.events import MOST_AT_ONCE, Cursor, EventRow, start_at

TOLD_OF = frozenset({"activity_record", "relationship_request"})
"""The tables whose changes are events."""
SECONDS_UNTIL_FINAL = 0.02
SECONDS_BETWEEN_NOTICES = 0.05
"""However many commits there are, other processes are told so often at most."""

log = structlog.get_logger()
Topic = tuple[Cloud, UUID, EventKind]


class StreamOver(Exception):  # noqa: N818 - an end, not always an error
    """A stream's end that the server decided on.

    Attributes:
        code: Why.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class Inbox:
    """The events that one subscriber has not taken yet, up to a number.

    Attributes:
        topic: What it hears of.
        begins: Where it begins; whatever lies behind comes in here.
        snapshot: What was committed when it began.
    """

    def __init__(self, topic: Topic, begins: Cursor, snapshot: Snapshot, size: int) -> None:
        self.topic = topic
        self.begins = begins
        self.snapshot = snapshot
        self._size = size
        self._events: deque[EventRow] = deque()
        self._over: StreamOver | None = None
        self._ready = asyncio.Event()

    def put(self, event: EventRow) -> None:
        """Adds an event; a subscriber that does not take them is cut off, for nothing is kept without end."""
        if len(self._events) >= self._size:
            message = (
                f"More than {self._size} events wait for you (CLIENTELA_MAX_WAITING_EVENTS). Subscribe again after the "
                "last one that you got."
            )
            self._events.clear()
            self.end(StreamOver("SUBSCRIBER_TOO_SLOW", message))
        if self._over is None:
            self._events.append(event)
        self._ready.set()

    def end(self, over: StreamOver) -> None:
        """Ends it behind what it holds."""
        self._over = self._over or over
        self._ready.set()

    async def next(self, seconds: float) -> EventRow | None:
        """The next event; None where there was none for so long.

        Raises:
            StreamOver: There will be no more.
        """
        if not self._events and self._over is None:
            self._ready.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await self._ready.wait()
        if self._events:
            return self._events.popleft()
        if self._over is not None:
            raise self._over
        return None


class Feed:
    """Reads new events when it hears of a commit, here or in another process, and looks now and then by itself."""

    def __init__(
        self, events: EventLog, notify: Callable[[], Awaitable[None]] | None, look_seconds: float, inbox_size: int
    ) -> None:
        self._log = events
        self._notify = notify
        self._look_seconds = look_seconds
        self._inbox_size = inbox_size
        self._inboxes: dict[Topic, set[Inbox]] = {}
        self._cursor = start_at(0)
        self._woken = asyncio.Event()
        self._committed = asyncio.Event()
        self._turn = asyncio.Lock()

    def after_commit(self, tables: frozenset[str]) -> None:
        """Told of the tables that this process changed."""
        if tables & TOLD_OF:
            if self._inboxes:
                self._woken.set()
            self._committed.set()

    def heard(self) -> None:
        """Told that there may be events."""
        self._woken.set()

    async def open(self, principal: Principal, kind: EventKind) -> Inbox:
        """An inbox for events of a kind of the principal's partner, from now on."""
        async with self._turn:
            if not self._inboxes:
                self._cursor = start_at((await self._log.advance()).newest)
            snapshot = await self._log.snapshot()
            topic = (principal.cloud, principal.tenant_id, kind)
            inbox = Inbox(topic, self._cursor, snapshot, self._inbox_size)
            self._inboxes.setdefault(topic, set()).add(inbox)
        self._woken.set()
        return inbox

    def close(self, inbox: Inbox) -> None:
        """Forgets an inbox."""
        of_topic = self._inboxes.get(inbox.topic, set())
        of_topic.discard(inbox)
        if not of_topic:
            self._inboxes.pop(inbox.topic, None)

    def end(self, over: StreamOver) -> None:
        """Ends every stream."""
        for inbox in [inbox for found in self._inboxes.values() for inbox in found]:
            inbox.end(over)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Reads and delivers until the block is left."""
        tasks = [asyncio.create_task(self._deliver()), asyncio.create_task(self._tell_others())]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task

    async def _deliver(self) -> None:
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(self._look_seconds if self._inboxes else None):
                    await self._woken.wait()
            self._woken.clear()
            if not self._inboxes:
                continue
            try:
                waiting = await self._deliver_final()
            except DatabaseError as error:
                log.warning("events could not be read", reason=type(error).__name__)
                waiting = False
            if waiting:
                # They are final once an older transaction ends, which nobody tells of.
                await asyncio.sleep(SECONDS_UNTIL_FINAL)
                self._woken.set()

    async def _deliver_final(self) -> bool:
        async with self._turn:
            found = await self._log.advance()
            while found.newest > self._cursor.floor:
                events = await self._log.behind(self._cursor, found.newest)
                for event in events:
                    for inbox in self._inboxes.get((event.cloud, event.partner_id, event.kind), ()):
                        inbox.put(event)
                if len(events) < MOST_AT_ONCE:
                    self._cursor = start_at(found.newest)
                else:
                    self._cursor = Cursor(events[-1].batch, events[-1].number, self._cursor.floor)
            return found.waiting

    async def _tell_others(self) -> None:
        if self._notify is None:
            return
        while True:
            await self._committed.wait()
            self._committed.clear()
            with suppress(DatabaseError):
                await self._notify()
            await asyncio.sleep(SECONDS_BETWEEN_NOTICES)
