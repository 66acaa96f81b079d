"""HTTP connections with a bound to what stands before a body: its size, and how long it takes to arrive.

Uvicorn bounds neither with this parser: a head may grow without end, and whoever sends half of one is waited for.
"""

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Any

import orjson
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from clientela.http.writes import JoinedWrites
from clientela.settings import Settings
from execution.deadlines import Deadlines

TOO_LARGE = "At most {most} bytes of headers are allowed (CLIENTELA_MAX_HEADER_BYTES). Send fewer, or shorter ones."
TOO_SLOW = "The headers did not arrive within {seconds:g} seconds (CLIENTELA_HEADER_SECONDS). Send them again, faster."

SECONDS_TO_READ_WHAT_WAITS = 0.01


class HttpProtocol(HttpToolsProtocol):
    """Our connection over HTTP, which is closed where a head is too large or too slow, or an answer is not read.

    A head that arrives in one piece, as nearly all do, costs no timer and no counting.
    """

    def __init__(
        self,
        *,
        max_header_bytes: int,
        header_seconds: float,
        send_seconds: float,
        idle: Deadlines["HttpProtocol"],
        **uvicorns: Any,  # noqa: ANN401
    ) -> None:
        super().__init__(**uvicorns)
        self._idling = idle
        self._most = max_header_bytes
        self._seconds = header_seconds
        self._send_seconds = send_seconds
        self._in_head = False
        self._continued = False
        self._arrived = 0
        self._piece = 0
        self._idle = True
        self._refusal: bytes | None = None
        self._timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn has it
        """Waits for the first head, but not for ever."""
        self._writes = JoinedWrites(transport, self._send_seconds, self._half_read)
        super().connection_made(self._writes)  # type: ignore[arg-type] # it has all that is used of one
        self._timer = self.loop.call_later(self._seconds, self._late)

    def connection_lost(self, exc: Exception | None) -> None:
        """Waits no more."""
        self._disarm()
        self._idling.stop(self)
        self._writes.stop()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        """Waits for the client, but not for ever."""
        super().pause_writing()
        self._writes.await_reader()

    def data_received(self, data: bytes) -> None:
        """Counts the pieces of a head that comes in several."""
        self._continued = self._in_head
        self._piece = len(data)
        self._idle = not self._in_head and (self.cycle is None or self.cycle.response_complete)
        super().data_received(data)
        if self._in_head and not self.transport.is_closing():
            if self._continued:
                self._arrived += self._piece
            if self._arrived > self._most:
                self._refuse_size()
            elif self._timer is None:
                self._timer = self.loop.call_later(self._seconds, self._late)

    def on_message_begin(self) -> None:
        """A head begins."""
        super().on_message_begin()
        self._in_head = True
        self._continued = False
        # Behind another request, how much of the piece is the head's is not known.
        self._arrived = self._piece if self._idle else 0
        self._idle = False

    def on_headers_complete(self) -> None:
        """A head is there; a request is begun."""
        self._in_head = False
        self._disarm()
        if self._arrived + self._piece > self._most and self._size() > self._most:
            self._refuse_size()
            # Ends the parsing: what follows is part of no request.
            raise ValueError("the head is too large")
        super().on_headers_complete()

    def send_400_response(self, msg: str) -> None:
        """Says that this is no HTTP, unless something was said already."""
        if self._refusal is None:
            self._refusal = STATUS_LINE[400]
            super().send_400_response(msg)

    def on_response_complete(self) -> None:
        """Begins the next request of a pipeline or waits for one, as uvicorn does; but without a timer each time."""
        self.server_state.total_requests += 1
        if self.transport.is_closing():
            return
        self.flow.resume_reading()
        if self.pipeline:
            self._start_asgi_task(*self.pipeline.pop())
        else:
            self._idling.start(self)

    def _unset_keepalive_if_required(self) -> None:
        self._idling.stop(self)

    def _half_read(self) -> bool:
        return self._refusal is not None or (self.cycle is not None and self.cycle.more_body)

    def _size(self) -> int:
        return len(self.url) + sum(len(name) + len(value) + len(": \r\n") for name, value in self.headers)

    def _refuse_size(self) -> None:
        self._send_error(b"431 Request Header Fields Too Large", "HEADERS_TOO_LARGE", TOO_LARGE.format(most=self._most))

    def _late(self) -> None:
        # While this process was busy, what has arrived waited: it is read first.
        self._timer = self.loop.call_later(SECONDS_TO_READ_WHAT_WAITS, self._too_late)

    def _too_late(self) -> None:
        self._timer = None
        if self._in_head:
            self._send_error(b"408 Request Timeout", "REQUEST_TIMEOUT", TOO_SLOW.format(seconds=self._seconds))
        else:
            self.transport.close()

    def _send_error(self, status: bytes, code: str, message: str) -> None:
        self._disarm()
        body = orjson.dumps({"errors": [{"message": message, "extensions": {"code": code}}]})
        length = b"content-length: %d\r\n" % len(body)
        self._refusal = b"HTTP/1.1 " + status + b"\r\ncontent-type: application/json\r\nconnection: close\r\n" + length
        if self.cycle is None or self.cycle.response_complete:
            self.transport.write(self._refusal + b"\r\n" + body)
        self.transport.close()

    def _disarm(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


def bounded(settings: Settings) -> Callable[..., HttpProtocol]:
    """Makes connections with the configured bounds, as uvicorn asks for them."""
    return partial(
        HttpProtocol,
        max_header_bytes=settings.max_header_bytes,
        header_seconds=settings.header_seconds,
        idle=Deadlines(settings.keep_alive_seconds, HttpProtocol.timeout_keep_alive_handler),
        send_seconds=settings.stream_send_seconds,
    )
