"""The issuer that Clientela is told to trust: a key pair, its public half over HTTP, and a new token for each run."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

from clientela.clock import utc_now
from clientela.demo.organisations import Person

URL = "urn:clientela:benchmark"
AUDIENCE = "clientela"
TOKEN_LIFE = timedelta(hours=3)
"""Longer than any run: a token that expires half-way would be timed as an error."""


class Issuer:
    """Signs people in, as an OpenID Connect issuer does."""

    def __init__(self) -> None:
        self._key = RSAKey.generate_key(2048, auto_kid=True)
        self.jwks_url = ""

    def settings(self) -> str:
        """The value of CLIENTELA_ISSUERS."""
        return json.dumps([{"url": URL, "audience": AUDIENCE, "jwks_url": self.jwks_url}])

    def token(self, person: Person) -> str:
        """A new token of a person."""
        now = utc_now()
        claims = {
            "iss": URL,
            "aud": AUDIENCE,
            "iat": int(now.timestamp()),
            "exp": int((now + TOKEN_LIFE).timestamp()),
            "tid": str(person.tenant_id),
            "oid": str(person.id),
            "amr": ["pwd", "mfa"],
        }
        return jwt.encode({"alg": "RS256", "kid": self._key.kid}, claims, self._key)

    @contextmanager
    def published(self) -> Iterator[None]:
        """Serves the public key on a free port of this machine."""
        document = json.dumps(KeySet([self._key]).as_dict(private=False)).encode()

        class Handler(BaseHTTPRequestHandler):
            """Answers everything with the key set."""

            def do_GET(self) -> None:
                """Sends it."""
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(document)))
                self.end_headers()
                self.wfile.write(document)

            def log_message(self, *_: object) -> None:
                """Says nothing."""

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.jwks_url = f"http://127.0.0.1:{server.server_port}/keys"
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield
        finally:
            server.shutdown()
            server.server_close()
            thread.join()
