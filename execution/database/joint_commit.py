"""One commit for several transactions."""

import asyncio

from execution.database.connection import DatabaseError


class JointCommit:
    """Transactions that ended and wait for their one commit.

    Attributes:
        size: How many they are.
    """

    def __init__(self) -> None:
        self.size = 0
        self._settled = False
        self._error: DatabaseError | None = None
        self._waiting: list[asyncio.Future[None]] = []

    def settle(self, error: DatabaseError | None) -> None:
        """Tells all that wait: it is made, or what went wrong."""
        self._settled, self._error = True, error
        for own in self._waiting:
            if not own.done():
                own.set_result(None)

    async def wait(self) -> None:
        """Waits until it is made.

        Raises:
            DatabaseError: It failed, and nothing is kept.
        """
        cancelled = None
        while not self._settled:
            own = asyncio.get_running_loop().create_future()
            self._waiting.append(own)
            try:
                await own
            except asyncio.CancelledError as error:
                # What is kept must be told of, and it will be known at once.
                cancelled = error
        if self._error is not None:
            raise DatabaseError(str(self._error)) from self._error
        if cancelled is not None:
            raise cancelled
