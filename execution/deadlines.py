"""Many waits of one length, with one timer of the event loop for all of them."""

import asyncio
import time
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

KeyT = TypeVar("KeyT", bound=Hashable)


class Deadlines(Generic[KeyT]):
    """Tells of waits that took too long.

    Nearly all waits of a busy server end long before their time. A timer for each, made and cancelled, would cost a
    short request a twentieth.
    """

    def __init__(self, seconds: float, expired: Callable[[KeyT], object]) -> None:
        """Begins without a wait.

        Args:
            seconds: How long each may take.
            expired: Told of each that took longer; it is over then.
        """
        self._seconds = seconds
        self._expired = expired
        # In the order in which they end: all are of one length.
        self._until: dict[KeyT, float] = {}
        self._timer: asyncio.TimerHandle | None = None

    def start(self, key: KeyT) -> None:
        """Begins a wait, which must not be under way."""
        self._until[key] = time.monotonic() + self._seconds
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(self._seconds, self._look)

    def stop(self, key: KeyT) -> None:
        """Ends a wait, if it is under way."""
        self._until.pop(key, None)

    def _look(self) -> None:
        self._timer = None
        while self._until:
            key, until = next(iter(self._until.items()))
            left = until - time.monotonic()
            if left > 0:
                self._timer = asyncio.get_running_loop().call_later(left, self._look)
                return
            del self._until[key]
            self._expired(key)
