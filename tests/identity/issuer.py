"""An OpenID Connect issuer of the tests' own: real HTTP on this machine, real keys, and a door that can be shut."""

import socket
import threading
from typing import Any

import uvicorn
from joserfc import jwt
from joserfc.jwk import ECKey, Key, KeySet, RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

ALGORITHMS = {"RSA": "RS256", "EC": "ES256"}


class Issuer:
    """An issuer under a port of its own.

    Attributes:
        published: The keys it publishes now.
        requests: The paths that it was asked for, in order.
        document: What it answers for its keys instead of them; None for the keys.
    """

    def __init__(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port: int = free.getsockname()[1]
        self.published: list[Key] = [make_key("RSA", "first"), make_key("EC", "second")]
        self.requests: list[str] = []
        self.document: Any = None
        self._server: uvicorn.Server | None = None
        self._thread: threading.Thread | None = None

    @property
    def url(self) -> str:
        """Its `iss`."""
        return f"http://127.0.0.1:{self.port}/issuer"

    @property
    def jwks_url(self) -> str:
        """Where its keys are."""
        return f"http://127.0.0.1:{self.port}/keys"

    def open(self, *further: Route) -> None:
        """Begins to answer, under further routes too; returns once it listens."""
        routes = [
            *further,
            Route("/issuer/.well-known/openid-configuration", self._discovery),
            Route("/keys", self._keys),
        ]
        listener = socket.create_server(("127.0.0.1", self.port))
        config = uvicorn.Config(
            Starlette(routes=routes), lifespan="off", ws="none", loop="asyncio", log_config=None, access_log=False
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, args=([listener],))
        self._thread.start()

    def shut(self) -> None:
        """Stops answering: connections are refused from now on."""
        if self._server is not None and self._thread is not None:
            self._server.should_exit = True
            self._thread.join()
        self._server = self._thread = None

    def token(self, claims: dict[str, Any], *, key: Key | None = None, **header: Any) -> str:
        """A token with a signature that holds, by the first published key where none is named."""
        signing = key or self.published[0]
        whole = {"alg": ALGORITHMS[signing.key_type], "kid": signing.kid, **header}
        return jwt.encode(whole, claims, signing, algorithms=[whole["alg"]])

    async def _discovery(self, request: Request) -> Response:
        self.requests.append(request.url.path)
        return JSONResponse({"issuer": self.url, "jwks_uri": self.jwks_url})

    async def _keys(self, request: Request) -> Response:
        self.requests.append(request.url.path)
        return JSONResponse(self.document or KeySet(self.published).as_dict(private=False))


def make_key(kind: str, key_id: str) -> Key:
    """A new pair of keys."""
    parameters = {"kid": key_id}
    if kind == "RSA":
        return RSAKey.generate_key(2048, parameters=parameters)
    return ECKey.generate_key("P-256", parameters=parameters)
