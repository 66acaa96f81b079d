"""Runs the application under uvicorn."""

import socket
import sys

import uvicorn
from starlette.applications import Starlette

from clientela.settings import Settings


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


def run(app: Starlette, listener: socket.socket) -> None:
    """Serves until the process is told to stop; then finishes what it began."""
    config = uvicorn.Config(
        app,
        loop="asyncio" if sys.platform == "win32" else "uvloop",
        http="httptools",
        ws="none",
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=10,
    )
    uvicorn.Server(config).run(sockets=[listener])
