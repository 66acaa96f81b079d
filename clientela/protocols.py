"""Uvicorn's protocols: an answer goes out in one piece, and a client that does not read is let go of.

To close a connection takes until the client has read what was written. One that reads nothing would hold the
connection, and what was written for it, as long as it likes.
"""

import asyncio
import sys
from collections.abc import Callable
from typing import Any

import structlog
from starlette.types import Send
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.http11 import Request

from clientela.draining import Draining
from clientela.streams.connections import CUT

if sys.platform == "linux":
    from fcntl import ioctl
    from termios import TIOCOUTQ

SECONDS_TO_READ_THE_REST = 5.0
"""How long the client of a WebSocket that is closed may take to read what was written before."""

LEAST_READ = 65_536
"""So many bytes, or all that waits for it, a client over HTTP must take from one look at it to the next."""

log = structlog.get_logger()


class JoinedWrites:
    """A transport that sends what is written in one turn of the loop in one piece.

    Uvicorn writes the head of an answer and its body one by one, and uvloop sends each at once: the second send, and
    the client's second look, would cost a short request a tenth of its time. And a send that wakes the other side
    costs more than one to a side that is awake, as most are when a turn's answers go out together.

    Attributes:
        written: How many bytes were sent so far.
    """

    def __init__(
        self, transport: asyncio.Transport, closes_unread: Callable[[], None], half_read: Callable[[], bool]
    ) -> None:
        self.written = 0
        self._transport = transport
        self._closes_unread = closes_unread
        self._half_read = half_read
        self._held: list[bytes] = []
        self._later = asyncio.get_running_loop().call_soon
        self.is_closing = transport.is_closing

    @property
    def unread(self) -> int:
        """How many bytes of it the client has not taken."""
        waiting = self._transport.get_write_buffer_size()
        if sys.platform == "linux":
            # The system takes megabytes at once and asks for more seldom: a slow reader would seem to read nothing.
            taken = ioctl(self._transport.get_extra_info("socket").fileno(), TIOCOUTQ, bytes(4))
            waiting += int.from_bytes(taken, sys.byteorder)
        return waiting

    def write(self, data: bytes) -> None:
        """Sends bytes when this turn of the loop is over."""
        if not self._held:
            self._later(self._send)
        self._held.append(data)

    def close(self) -> None:
        """Sends what was written, then closes; a client that is still sending may read it first."""
        self._send()
        if self._half_read() and not self.is_closing():
            self.is_closing = _is_ending
            Draining.begin(self._transport)
            return
        self._transport.close()
        if self._transport.get_write_buffer_size():
            self._closes_unread()

    def set_protocol(self, protocol: asyncio.BaseProtocol) -> None:
        """Sends what was written, then leaves the connection to another protocol."""
        self._send()
        self._transport.set_protocol(protocol)

    def _send(self) -> None:
        data, self._held = b"".join(self._held), []
        # A connection that was cut since then takes nothing, and uvloop would say so with a stack.
        if data and not self.is_closing():
            self.written += len(data)
            self._transport.write(data)

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever else a transport has
        return getattr(self._transport, name)


def _is_ending() -> bool:
    return True


def send_whole(send: Send, status: int, headers: bytes, body: bytes) -> bool:
    """Writes an answer at once, where nothing stands between the application and uvicorn.

    Two messages of ASGI would have uvicorn look through every header for what no header of ours can hold, which costs
    a short request a tenth of its time.

    Args:
        send: What the application was given.
        status: The HTTP status.
        headers: Lines, each with its end; the body's length among them, and none that closes the connection.
        body: The body.

    Returns:
        Whether it was sent; else it is to be sent as ASGI has it.
    """
    cycle = getattr(send, "__self__", None)
    transport: Any = getattr(cycle, "transport", None)
    if type(cycle) is not RequestResponseCycle or type(transport) is not JoinedWrites:
        return False
    if not cycle.keep_alive or cycle.flow.write_paused or cycle.scope["method"] != "POST":
        return False
    if not cycle.disconnected:
        own = b"".join([b"%s: %s\r\n" % header for header in cycle.default_headers])
        transport.write(b"".join((STATUS_LINE[status], own, headers, b"\r\n", body)))
        cycle.response_started = cycle.response_complete = True
        cycle.waiting_for_100_continue = False
        cycle.message_event.set()
        cycle.on_response()
    return True


class HttpProtocol(HttpToolsProtocol):
    """HTTP, where a client that does not read what was written for it is cut off.

    Nobody is looked at, and no timer runs, unless more waits for a client than goes out at once.
    """

    _joined: JoinedWrites

    def __init__(self, *, send_seconds: float, **uvicorns: Any) -> None:  # noqa: ANN401
        super().__init__(**uvicorns)
        self._send_seconds = send_seconds
        self._taken = 0
        self._next_look: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn has it
        """Begins a connection."""
        self._joined = JoinedWrites(transport, self._await_reader, self._half_read)
        super().connection_made(self._joined)  # type: ignore[arg-type] # it has all that is used of one

    def connection_lost(self, exc: Exception | None) -> None:
        """Waits for the client no more."""
        if self._next_look is not None:
            self._next_look.cancel()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        """Waits for the client, but not for ever."""
        super().pause_writing()
        self._await_reader()

    def _half_read(self) -> bool:
        return self.cycle is not None and self.cycle.more_body

    def _await_reader(self) -> None:
        if self._next_look is None:
            self._taken = self._joined.written - self._joined.unread
            self._next_look = self.loop.call_later(self._send_seconds, self._look)

    def _look(self) -> None:
        self._next_look = None
        if not (self.flow.write_paused or self.transport.is_closing()):
            return
        unread = self._joined.unread
        if self._joined.written - unread - self._taken < LEAST_READ:
            log.warning("a client that did not read was cut off", unread_bytes=unread, seconds=self._send_seconds)
            self.transport.abort()
        else:
            self._await_reader()


class WebSocketProtocol(WebSocketsSansIOProtocol):
    """WebSockets, where the application may cut one off; one that gives no signs of life is cut off, too."""

    def handle_connect(self, event: Request) -> None:
        """Adds the means to what the application gets."""
        super().handle_connect(event)
        if not self.handshake_complete:
            self.scope["extensions"][CUT] = {"now": self.transport.abort}

    def keepalive_timeout(self) -> None:
        """Nobody is there who could read what is left."""
        super().keepalive_timeout()
        self.transport.abort()

    async def run_asgi(self) -> None:
        """Runs the application, and sees to the end of the connection after it."""
        await super().run_asgi()
        asyncio.get_running_loop().call_later(SECONDS_TO_READ_THE_REST, self.transport.abort)
