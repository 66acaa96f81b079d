"""Watches over requests that take long: their time runs out, or their client goes away.

One look at all of them from time to time costs a short request next to nothing; a timer for each would cost more
than it runs.
"""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from enum import Enum, auto

from starlette.types import Receive

from clientela.http.refusals import ClientGone, HttpRefusal

SECONDS_BETWEEN_LOOKS = 0.25
LATE = (
    "The request took longer than {seconds:g} seconds (CLIENTELA_REQUEST_SECONDS) and was ended. Ask for less; of a "
    "mutation, look first whether it was done."
)
SLOW = "The body did not arrive within {seconds:g} seconds (CLIENTELA_BODY_SECONDS). Send it again, faster."


class End(Enum):
    """Why a request was ended."""

    LATE = auto()
    SLOW_BODY = auto()
    GONE = auto()


class Watched:
    """One request that runs.

    Attributes:
        task: What runs it.
        began: When, by the monotonic clock.
        receive: Tells when its client goes away; None while the body is still to come.
        end: Why it was ended from here; None while it was not.
        listener: Waits for its client to go away.
        looks: How often its body was not there yet.
    """

    __slots__ = ("began", "end", "listener", "looks", "receive", "task")

    def __init__(self, task: asyncio.Task[None]) -> None:
        self.task = task
        self.began = time.monotonic()
        self.receive: Receive | None = None
        self.end: End | None = None
        self.listener: asyncio.Task[None] | None = None
        self.looks = 0

    def cancel(self, end: End) -> None:
        """Ends it, unless it was ended before."""
        if self.end is None:
            self.end = end
            self.task.cancel()

    async def listen(self, receive: Receive) -> None:
        """Ends it when its client goes away."""
        while (await receive())["type"] != "http.disconnect":
            pass
        self.cancel(End.GONE)


class Watch:
    """All requests that run in this process."""

    def __init__(self, *, request_seconds: float, body_seconds: float) -> None:
        self._request_seconds = request_seconds
        self._body_seconds = body_seconds
        self._running: set[Watched] = set()
        # Known once it runs; to ask for it costs a call of the operating system each time.
        self._loop: asyncio.AbstractEventLoop | None = None

    def begin(self) -> Watched:
        """Watches the request that the current task runs, until `finish`."""
        task = asyncio.current_task(self._loop)
        if task is None:
            raise RuntimeError("a request is run by a task")
        watched = Watched(task)
        self._running.add(watched)
        return watched

    def finish(self, watched: Watched) -> None:
        """It will not be ended from here any more."""
        self._running.discard(watched)
        if watched.listener is not None:
            watched.listener.cancel()

    def refusal(self, watched: Watched) -> Exception:
        """What the client is told of a request that was ended from here; the task goes on."""
        watched.task.uncancel()
        if watched.end is End.SLOW_BODY:
            message = SLOW.format(seconds=self._body_seconds)
            return HttpRefusal(408, "REQUEST_TIMEOUT", message, {"Connection": "close"})
        if watched.end is End.LATE:
            message = LATE.format(seconds=self._request_seconds)
            return HttpRefusal(503, "DEADLINE_EXCEEDED", message, {"Retry-After": "1"})
        return ClientGone()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Looks at the requests meanwhile."""
        self._loop = asyncio.get_running_loop()
        task = asyncio.create_task(self._look())
        try:
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def _look(self) -> None:
        while True:
            await asyncio.sleep(SECONDS_BETWEEN_LOOKS)
            now = time.monotonic()
            for watched in list(self._running):
                seconds = now - watched.began
                if seconds > self._request_seconds:
                    watched.cancel(End.LATE)
                elif watched.receive is None:
                    # Not by the clock: what has arrived waits while this process is busy, which is no client's fault.
                    watched.looks += 1
                    if watched.looks * SECONDS_BETWEEN_LOOKS > self._body_seconds:
                        watched.cancel(End.SLOW_BODY)
                elif watched.listener is None and seconds > SECONDS_BETWEEN_LOOKS:
                    watched.listener = asyncio.create_task(watched.listen(watched.receive))
