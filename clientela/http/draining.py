"""The end of a connection whose client was answered before it had sent all of its request.

To close at once, with bytes of the request unread, would have the operating system reset the connection, and the
client lose the answer that it has not read yet: it would see a broken connection instead of what was wrong.
"""

import asyncio

MOST_SECONDS = 5.0
"""How long the client may take to notice the answer and to stop."""

MOST_BYTES = 8_388_608
"""How much of what it goes on sending is read, and thrown away."""


class Draining(asyncio.Protocol):
    """Reads on, and throws away, until the client ends the connection or has had time and bytes enough."""

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self._answered_by = transport.get_protocol()
        self._left = MOST_BYTES
        self._end = asyncio.get_running_loop().call_later(MOST_SECONDS, transport.abort)

    @classmethod
    def begin(cls, transport: asyncio.Transport) -> None:
        """Says that nothing more will be sent, and takes the connection over from the protocol that answered.

        Args:
            transport: The connection; what was written to it is still sent.
        """
        transport.set_protocol(cls(transport))
        transport.resume_reading()
        if transport.can_write_eof():
            transport.write_eof()

    def data_received(self, data: bytes) -> None:
        """Throws away what comes, up to a bound."""
        self._left -= len(data)
        if self._left < 0:
            self._transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        """Tells the protocol that answered."""
        self._end.cancel()
        self._answered_by.connection_lost(exc)
