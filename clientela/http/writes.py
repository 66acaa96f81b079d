"""What is written to a client over HTTP: an answer goes out in one piece, and whoever does not read it is let go of.

To close a connection takes until the client has read what was written. One that reads nothing would hold the
connection, and what was written for it, as long as it likes.
"""

import asyncio
import sys
from collections.abc import Callable
from typing import Any

import structlog
from starlette.types import Send
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, RequestResponseCycle

from clientela.http.draining import Draining

if sys.platform == "linux":
    from fcntl import ioctl
    from termios import TIOCOUTQ

LEAST_READ = 65_536
"""So many bytes, or all that waits for it, a client over HTTP must take from one look at it to the next."""

log = structlog.get_logger()


class JoinedWrites:
    """A transport that sends what is written in one turn of the loop in one piece, to a client that reads it.

    Uvicorn writes the head of an answer and its body one by one, and uvloop sends each at once: the second send, and
    the client's second look, would cost a short request a tenth of its time. And a send that wakes the other side
    costs more than one to a side that is awake, as most are when a turn's answers go out together.

    Nobody is looked at, and no timer runs, unless more waits for a client than goes out at once.
    """

    def __init__(self, transport: asyncio.Transport, seconds: float, half_read: Callable[[], bool]) -> None:
        self._transport = transport
        self._seconds = seconds
        self._half_read = half_read
        self._held: list[bytes] = []
        self._written = 0
        self._taken = 0
        self._next_look: asyncio.TimerHandle | None = None
        self._loop = asyncio.get_running_loop()
        self._later = self._loop.call_soon
        self.is_closing = transport.is_closing

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
        self.await_reader()

    def set_protocol(self, protocol: asyncio.BaseProtocol) -> None:
        """Sends what was written, then leaves the connection to another protocol."""
        self._send()
        self._transport.set_protocol(protocol)

    def await_reader(self) -> None:
        """Cuts the client off once it has read next to nothing of what waits for it from one look to the next."""
        if self._next_look is None and self._transport.get_write_buffer_size():
            self._taken = self._written - self._unread()
            self._next_look = self._loop.call_later(self._seconds, self._look)

    def stop(self) -> None:
        """The connection is gone: nobody is waited for."""
        if self._next_look is not None:
            self._next_look.cancel()

    def _look(self) -> None:
        self._next_look = None
        if not self._transport.get_write_buffer_size():
            return
        unread = self._unread()
        if self._written - unread - self._taken < LEAST_READ:
            log.warning("a client that did not read was cut off", unread_bytes=unread, seconds=self._seconds)
            self._transport.abort()
        else:
            self.await_reader()

    def _unread(self) -> int:
        waiting = self._transport.get_write_buffer_size()
        if sys.platform == "linux":
            # The system takes megabytes at once and asks for more seldom: a slow reader would seem to read nothing.
            taken = ioctl(self._transport.get_extra_info("socket").fileno(), TIOCOUTQ, bytes(4))
            waiting += int.from_bytes(taken, sys.byteorder)
        return waiting

    def _send(self) -> None:
        data, self._held = b"".join(self._held), []
        # A connection that was cut since then takes nothing, and uvloop would say so with a stack.
        if data and not self.is_closing():
            self._written += len(data)
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
