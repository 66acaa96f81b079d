"""A connection to PostgreSQL on which messages wait for asyncpg's next one and go out in one piece with it.

asyncpg writes to a transport of its event loop, and uvloop sends each write at once: what is written ahead would cost
a send of its own, and wake the database for a part of what it is asked.
"""

import asyncio
from typing import Any

from asyncpg.protocol import Protocol

SYNC = b"S\0\0\0\4"
"""Ends what the database is to answer together; after an error it skips everything up to here."""


class HoldingTransport:
    """A transport that can hold bytes back until the next write."""

    def __init__(self, transport: asyncio.Transport) -> None:
        self.transport = transport
        self._held = b""
        self._last = b""

    def hold(self, data: bytes) -> None:
        """Keeps bytes for the next write, ahead of what it writes."""
        self._held += data

    def hold_last(self, data: bytes) -> None:
        """Keeps a message for the next write, behind its others but before the end of what is answered together."""
        self._last = data

    def write(self, data: memoryview) -> None:
        """Sends what was held, and the data."""
        if self._last:
            last, self._last = self._last, b""
            held, self._held = self._held, b""
            self.transport.write(b"".join((held, data[: -len(SYNC)], last, SYNC)))
        elif self._held:
            held, self._held = self._held, b""
            self.transport.write(held + data)
        else:
            self.transport.write(data)

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever else a transport has
        return getattr(self.transport, name)


class HoldingLoop:
    """The running loop, for asyncpg: transports that it makes can hold bytes back.

    asyncpg first asks whether the server speaks TLS, on a transport that it then gives to its protocol. Where it does
    not ask, over a Unix socket or with `sslmode=disable`, it gets the loop's own transports.
    """

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()

    async def create_connection(self, factory: Any, *address: Any, **options: Any) -> tuple[Any, Any]:  # noqa: ANN401 - as the loop takes them
        """Connects."""
        transport, protocol = await self._loop.create_connection(factory, *address, **options)
        writes_already = isinstance(protocol, Protocol)
        return (transport if writes_already else HoldingTransport(transport)), protocol

    async def start_tls(self, transport: HoldingTransport, *options: Any, **further: Any) -> HoldingTransport | None:  # noqa: ANN401
        """Goes on encrypted."""
        encrypted = await self._loop.start_tls(transport.transport, *options, **further)
        return HoldingTransport(encrypted) if encrypted is not None else None

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever else a loop has
        return getattr(self._loop, name)
