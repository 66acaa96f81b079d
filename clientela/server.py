"""Runs the application under uvicorn."""

import gc
import multiprocessing
import signal
import socket
import sys
import time
from types import FrameType

import uvicorn
from starlette.applications import Starlette

from clientela.http.connection import bounded
from clientela.operations.shutdown import Shutdown
from clientela.settings import Settings
from clientela.streams.protocol import WebSocketProtocol

YOUNG_OBJECTS = 20_000
"""How many may be made before the youngest are looked through; answers under way must not count as old each time."""

SECONDS_BETWEEN_THREADS = 0.000_1
"""How long a thread that commits, or carries a log over, waits for Python at each of its steps while requests are
computed. With the five thousandths that are usual it got on only where there was nothing else to do."""

SECONDS_TO_SAY_GOODBYE = 2.0
"""How long the end waits for open streams to be told of it; those whose clients do not read hear nothing."""


class PortTakenError(Exception):
    """Another program listens there already."""


def listen(settings: Settings) -> socket.socket:
    """A socket on the configured address; with port 0 the operating system chooses.

    Raises:
        PortTakenError: The address is taken or not this machine's; the message says what to do.
    """
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listener = socket.socket(family)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((settings.host, settings.port))
    except OSError as error:
        listener.close()
        raise PortTakenError(
            f"Cannot listen on {settings.host}:{settings.port}: {error.strerror}. Choose another port, "
            "e.g. PORT=8001 make demo, or CLIENTELA_PORT=8001."
        ) from error
    return listener


def run(app: Starlette, listener: socket.socket, settings: Settings) -> None:
    """Serves until the process is told to stop; then finishes what it began, within the configured time."""
    # The schema stays for good: looking through it again and again stopped all requests for a tenth of a second.
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG_OBJECTS, 10, 10)
    sys.setswitchinterval(SECONDS_BETWEEN_THREADS)
    config = uvicorn.Config(
        app,
        loop="asyncio" if sys.platform == "win32" else "uvloop",
        http=bounded(settings),  # type: ignore[arg-type] # it is called like the class that it makes
        ws=WebSocketProtocol,
        ws_max_size=settings.max_body_bytes,
        ws_ping_interval=settings.stream_ping_seconds,
        ws_ping_timeout=settings.stream_ping_seconds,
        ws_per_message_deflate=False,
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=settings.keep_alive_seconds,
        timeout_graceful_shutdown=settings.shutdown_seconds,
    )
    _Server(config, app.state.shutdown, settings.drain_seconds).run(sockets=[listener])


class _Server(uvicorn.Server):
    """Uvicorn's, which goes in two steps: not ready, but still accepting for a while; then no more connections.

    A second signal ends it at once. A worker leaves Ctrl+C to the process that started it, for a terminal sends it to
    both; and it goes when that process is gone.
    """

    def __init__(self, config: uvicorn.Config, shutdown: Shutdown, drain_seconds: int) -> None:
        super().__init__(config)
        self._shutdown = shutdown
        self._drain_seconds = drain_seconds
        self._asked = False
        self._accepts_until = 0.0
        self._supervisor = multiprocessing.parent_process()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        if self._supervisor and sig == signal.SIGINT:
            return
        if self._asked:
            self.force_exit = self.should_exit = True
        self._asked = True
        self._captured_signals.append(sig)

    async def on_tick(self, counter: int) -> bool:
        if self._supervisor and not self._supervisor.is_alive():
            self._asked = True
        if self._asked and not self._shutdown.begun:
            self._shutdown.begin()
            self._accepts_until = time.monotonic() + self._drain_seconds
        over = self._shutdown.begun and self._takes_no_more()
        return await super().on_tick(counter) or over

    def _takes_no_more(self) -> bool:
        # Uvicorn closes what is open by then in words of its own.
        late = time.monotonic() - self._accepts_until
        return late >= SECONDS_TO_SAY_GOODBYE or (late >= 0 and not self._shutdown.awaited)
