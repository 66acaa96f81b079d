"""One at a time, the others in the order in which they came."""

import asyncio
from collections import deque


class Turn:
    """As asyncio's lock, but that it can be taken at once where it is free, and is handed on without a gap."""

    def __init__(self) -> None:
        self._queue: deque[asyncio.Future[None]] = deque()
        self.taken = False

    @property
    def waiting(self) -> int:
        """How many wait for it."""
        return len(self._queue)

    def take_at_once(self) -> bool:
        """Takes it where it is free; whether it was."""
        if self.taken:
            return False
        self.taken = True
        return True

    async def take(self) -> None:
        """Takes it, once it is handed on to whoever asks."""
        if self.take_at_once():
            return
        own = asyncio.get_running_loop().create_future()
        self._queue.append(own)
        try:
            await own
        except asyncio.CancelledError:
            if not own.cancelled():
                # It was handed over in the same turn of the loop.
                self.hand_on()
            elif own in self._queue:
                self._queue.remove(own)
            raise

    def hand_on(self) -> None:
        """Gives it to the next one, or free."""
        while self._queue:
            own = self._queue.popleft()
            if not own.done():
                own.set_result(None)
                return
        self.taken = False
