"""Uvicorn's WebSockets, whose client is not waited for when the connection is to end."""

import asyncio

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.http11 import Request

from clientela.streams.connections import CUT

SECONDS_TO_READ_THE_REST = 5.0
"""How long the client of a WebSocket that is closed may take to read what was written before."""


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
