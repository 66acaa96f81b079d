"""How many clients hold something open in this process, and that they go when the process does."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from starlette.types import Scope

CUT = "clientela.cut"
"""What `clientela/streams/protocol.py` adds to the scope of a connection, so that it can be cut off."""


class OpenConnections:
    """The open connections, up to a number.

    Attributes:
        over: Whether the process is on its way out.
    """

    def __init__(self, most: int) -> None:
        self.over = asyncio.Event()
        self._most = most
        self._open = 0

    @property
    def is_full(self) -> bool:
        """Whether no more are taken."""
        return self._open >= self._most or self.over.is_set()

    @property
    def refusal(self) -> str:
        """Why no more are taken."""
        if self.over.is_set():
            return "This server is going away."
        return f"{self._most} streams are open here, the most there may be (CLIENTELA_MAX_CONNECTIONS)."

    @property
    def number(self) -> int:
        """How many are open."""
        return self._open

    @contextmanager
    def one_more(self) -> Iterator[None]:
        """Counts one while the block runs."""
        self._open += 1
        try:
            yield
        finally:
            self._open -= 1

    def close(self) -> None:
        """Has all of them told to go."""
        self.over.set()

    def is_empty(self) -> bool:
        """Whether none is open, or none any more."""
        return self._open == 0


def cut(scope: Scope) -> bool:
    """Lets go of a client that does not read; False under a server that has no means to."""
    means = scope.get("extensions", {}).get(CUT)
    if means is None:
        return False
    means["now"]()
    return True
