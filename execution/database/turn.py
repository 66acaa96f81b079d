"""One at a time, the others in the order in which they came."""

import asyncio
from collections import deque
from itertools import islice

WOKEN_TOGETHER = 64
"""Who has his turn and waits for nothing before he hands it on leaves it free for the next one in the same turn of the
loop. To wake one after the other would take a turn of the loop for each."""


class _Place:
    __slots__ = ("woken",)

    def __init__(self) -> None:
        self.woken: asyncio.Future[None] = asyncio.get_running_loop().create_future()


class Turn:
    """As asyncio's lock, but that it can be taken without waiting, and that those who wait are woken together.

    Attributes:
        taken: Whether somebody has it.
        queue: Who waits for it; None while nobody ever did.
    """

    __slots__ = ("queue", "taken")

    def __init__(self) -> None:
        # Nobody waits for most of them.
        self.queue: deque[_Place] | None = None
        self.taken = False

    @property
    def waiting(self) -> int:
        """How many wait for it."""
        return len(self.queue or ())

    def take_at_once(self) -> bool:
        """Takes it where it is free and nobody waits; whether it could."""
        if self.taken or self.queue:
            return False
        self.taken = True
        return True

    async def take(self) -> None:
        """Takes it, once it is free and whoever came before had it."""
        if self.take_at_once():
            return
        self.queue = queue = self.queue or deque()
        place = _Place()
        queue.append(place)
        try:
            await place.woken
            while self.taken:
                # Somebody before it keeps it for longer.
                place.woken = asyncio.get_running_loop().create_future()
                await place.woken
        except asyncio.CancelledError:
            queue.remove(place)
            if not self.taken:
                self.hand_on()
            raise
        queue.remove(place)
        self.taken = True

    def hand_on(self) -> None:
        """Gives it free, and wakes those who wait."""
        self.taken = False
        if not self.queue or self.queue[0].woken.done():
            return
        for place in islice(self.queue, WOKEN_TOGETHER):
            if not place.woken.done():
                place.woken.set_result(None)
