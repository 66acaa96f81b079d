"""Where people sign in at the tests' own issuer: authorization code with PKCE, without a password."""

import json
from base64 import urlsafe_b64encode
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qsl, urlencode

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from tests.identity.issuer import Issuer

CLIENT = "invitation-page"


class SignIn:
    """The issuer's two doors for browsers.

    Attributes:
        claims: Of whoever signs in next.
        answer: What goes back to the page instead of a code and the state that it gave; None for these.
    """

    def __init__(self, issuer: Issuer) -> None:
        self.claims: dict[str, Any] = {}
        self.answer: dict[str, str] | None = None
        self._issuer = issuer
        self._asked: dict[str, str] = {}

    @property
    def origin(self) -> str:
        """The origin that the page must be able to reach."""
        return f"http://127.0.0.1:{self._issuer.port}"

    def settings(self, audience: str) -> str:
        """`CLIENTELA_ISSUERS` of a server that signs people in here."""
        issuer = {
            "url": self._issuer.url,
            "audience": audience,
            "client_id": CLIENT,
            "authorization_url": f"{self.origin}/authorize",
            "token_url": f"{self.origin}/token",
            "scope": "openid customers",
        }
        return json.dumps([issuer])

    def routes(self) -> list[Route]:
        """`/authorize` and `/token`."""
        return [
            Route("/authorize", self._authorize),
            Route("/token", self._token, methods=["POST"]),
        ]

    async def _authorize(self, request: Request) -> Response:
        self._asked = dict(request.query_params)
        assert self._asked["response_type"] == "code"
        assert self._asked["code_challenge_method"] == "S256"
        assert self._asked["scope"] == "openid customers"
        answer = self.answer or {"code": "the-code", "state": self._asked["state"]}
        return RedirectResponse(f"{self._asked['redirect_uri']}?{urlencode(answer)}")

    async def _token(self, request: Request) -> Response:
        form = dict(parse_qsl((await request.body()).decode()))
        challenge = urlsafe_b64encode(sha256(form["code_verifier"].encode()).digest()).rstrip(b"=").decode()
        sound = (
            form["code"] == "the-code"
            and form["client_id"] == self._asked["client_id"] == CLIENT
            and form["redirect_uri"] == self._asked["redirect_uri"]
            and challenge == self._asked["code_challenge"]
        )
        body = {"access_token": self._issuer.token(self.claims)} if sound else {"error": "invalid_grant"}
        return JSONResponse(body, headers={"Access-Control-Allow-Origin": "*"})
