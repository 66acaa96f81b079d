"""Operations over WebSocket by the protocol graphql-transport-ws."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from starlette.types import Receive, Scope, Send

from clientela.http.endpoint import GraphQLEndpoint
from clientela.rates.addresses import address_of
from clientela.streams.connections import OpenConnections, cut
from clientela.streams.subscriptions import Subscriptions
from clientela.streams.transport_ws import TransportConnection

PROTOCOL = "graphql-transport-ws"


@dataclass(frozen=True, slots=True)
class WebSocketEndpoint:
    """Serves `/graphql` over WebSocket.

    Attributes:
        http: The same endpoint over HTTP, which runs queries and mutations.
        subscriptions: Runs subscriptions.
        connections: Bounds how many are open.
    """

    http: GraphQLEndpoint
    subscriptions: Subscriptions
    connections: OpenConnections

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one connection until either side ends it."""
        await receive()
        headers = {name: value.decode("latin-1") for name, value in scope["headers"]}
        if self._is_foreign(headers):
            await send({"type": "websocket.close", "code": 4403, "reason": "Forbidden"})
            return
        if PROTOCOL not in scope["subprotocols"]:
            await send({"type": "websocket.accept"})
            await send({"type": "websocket.close", "code": 4406, "reason": "Subprotocol not acceptable"})
            return
        await send({"type": "websocket.accept", "subprotocol": PROTOCOL})
        if self.connections.is_full:
            reason = f"{self.connections.refusal} Try again shortly."
            await send({"type": "websocket.close", "code": 1013, "reason": reason})
            return
        with self.connections.one_more():
            address = address_of(scope, headers, self.http.settings.trusted_proxies)
            over = self.connections.over
            await TransportConnection(
                self.http, self.subscriptions, over, headers, address, receive, send, partial(cut, scope)
            ).run()

    def _is_foreign(self, headers: Mapping[bytes, str]) -> bool:
        # A browser connects to any server on behalf of any page, and asks nobody.
        origin, settings = headers.get(b"origin"), self.http.settings
        if origin is None or origin == settings.base_url or origin in settings.cors_origins:
            return False
        return origin.partition("://")[2] != headers.get(b"host")
