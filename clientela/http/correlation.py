"""Correlation ids: what ties an answer, lines of the log and lines of the activity log together."""

import re
from random import getrandbits

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from structlog.contextvars import bound_contextvars

from clientela.http.answers import CORRELATION_HEADER

SANE_TOKEN = re.compile(r"[A-Za-z0-9._-]{1,128}", re.ASCII)


def correlation_id_of(given: str) -> str:
    """The id of a request: the client's where it is a sane token, else a new one.

    Args:
        given: The header's value; empty where there is none.
    """
    if given and SANE_TOKEN.fullmatch(given):
        return given
    # No secret: it must be different, not hard to guess, and the system's generator takes a thirtieth of a request.
    return f"{getrandbits(128):032x}"


class Correlated:
    """Gives answers beside GraphQL's, which have theirs from the endpoint, a correlation id; and the log's lines."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one connection."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        name = CORRELATION_HEADER.decode()
        correlation_id = correlation_id_of(Headers(scope=scope).get(name, ""))

        async def send_with_it(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)[name] = correlation_id
            await send(message)

        with bound_contextvars(correlation_id=correlation_id):
            await self._app(scope, receive, send_with_it)
