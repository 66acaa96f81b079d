"""The GraphQL endpoint: HTTP in, an operation run as its principal, HTTP out."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import uuid4

import orjson
import structlog
from graphql import GraphQLError
from starlette.types import Receive, Scope, Send

from clientela.clock import Clock
from clientela.http_negotiation import (
    JSON_TYPE,
    METHODS,
    ClientGone,
    HttpRefusal,
    operation_of_body,
    operation_of_query,
    response_type,
)
from clientela.identity.authentication import Authenticator, UnauthorizedError
from clientela.identity.keys import KeysUnavailableError
from execution.database.connection import Database
from execution.engine import Engine
from execution.errors import Wording
from resolvers.invitations import Invitations
from schema.context import Context, ExportLinks

CORRELATION_HEADER = b"x-correlation-id"
SANE_TOKEN = re.compile(r"[A-Za-z0-9._-]{1,128}", re.ASCII)
ALWAYS = [(b"cache-control", b"no-store"), (b"x-content-type-options", b"nosniff")]

log = structlog.get_logger()


class Answer(NamedTuple):
    """What goes back."""

    status: int
    body: dict[str, Any]
    headers: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class GraphQLEndpoint:
    """Serves `/graphql`, straight on ASGI: request and response objects would cost as much as a short query.

    Attributes:
        engine: Runs operations.
        authenticator: Says who is asking.
        database: Where operations read and write.
        export_links: Makes export links.
        invitations: Makes and reads links of invitations.
        clock: What time it is.
        max_body_bytes: The largest body that is read.
    """

    engine: Engine
    authenticator: Authenticator
    database: Database
    export_links: ExportLinks
    invitations: Invitations
    clock: Clock
    max_body_bytes: int

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request; whatever happens, as JSON with a correlation id."""
        headers = _headers(scope)
        given = headers.get(CORRELATION_HEADER, "")
        correlation_id = given if given and SANE_TOKEN.fullmatch(given) else uuid4().hex
        media_type = JSON_TYPE
        try:
            if scope["method"] not in METHODS:
                message = "Send operations by POST, or queries by GET."
                raise HttpRefusal(405, "METHOD_NOT_ALLOWED", message, {"Allow": ", ".join(METHODS)})
            media_type = response_type(headers.get(b"accept"))
            answer = await self._run(scope, headers, receive, media_type, correlation_id)
        except ClientGone:
            return
        except Exception as error:
            answer = _refused(error, correlation_id)
        await _send(send, answer, media_type, correlation_id)

    async def _run(
        self, scope: Scope, headers: Mapping[bytes, str], receive: Receive, media_type: str, correlation_id: str
    ) -> Answer:
        principal = await self.authenticator.principal(headers.get(b"authorization"))
        if scope["method"] == "GET":
            operation = operation_of_query(scope["query_string"])
        else:
            operation = await operation_of_body(headers.get(b"content-type", ""), receive, self.max_body_bytes)
        context = Context(
            principal,
            self.database,
            self.clock(),
            correlation_id,
            self.export_links,
            self.authenticator.after_commit,
            self.invitations,
        )
        response = await self.engine.run(operation, context)
        # The newer media type says by its status whether the request was sound; the older is always 200.
        return Answer(200 if response.executed or media_type == JSON_TYPE else 400, response.body)


def report_internal(error: GraphQLError, context: Context) -> Wording:
    """Logs a fault of ours with its stack, and words it without detail."""
    return _report(error.original_error or error, context.correlation_id, error.path)


def _report(error: Exception, correlation_id: str, path: list[str | int] | None) -> Wording:
    log.error("internal error", correlation_id=correlation_id, path=path, exc_info=error)
    message = "Something went wrong on our side. Try again; if it stays, quote the correlation id to your operator."
    return Wording(message, {"code": "INTERNAL", "correlationId": correlation_id})


def _headers(scope: Scope) -> dict[bytes, str]:
    found: dict[bytes, str] = {}
    for name, value in scope["headers"]:
        text = value.decode("latin-1")
        # A header that comes twice is a list in two lines.
        found[name] = f"{found[name]}, {text}" if name in found else text
    return found


def _refused(error: Exception, correlation_id: str) -> Answer:
    match error:
        case HttpRefusal():
            return _error(error.status, error.code, str(error), error.headers)
        case UnauthorizedError():
            return _error(401, error.code.name, str(error), {"WWW-Authenticate": error.challenge})
        case KeysUnavailableError():
            message = "Sign-in cannot be checked now, because the issuer's keys cannot be had. Try again shortly."
            return _error(503, "ISSUER_UNAVAILABLE", message, {"Retry-After": "5"})
        case _:
            wording = _report(error, correlation_id, None)
            return Answer(500, {"errors": [{"message": wording.message, "extensions": wording.extensions}]})


def _error(status: int, code: str, message: str, headers: Mapping[str, str]) -> Answer:
    return Answer(status, {"errors": [{"message": message, "extensions": {"code": code}}]}, headers)


async def _send(send: Send, answer: Answer, media_type: str, correlation_id: str) -> None:
    body = orjson.dumps(answer.body, option=orjson.OPT_UTC_Z)
    headers = [
        *ALWAYS,
        (b"content-type", b"%b; charset=utf-8" % media_type.encode()),
        (b"content-length", b"%d" % len(body)),
        (CORRELATION_HEADER, correlation_id.encode()),
        *((name.lower().encode(), value.encode()) for name, value in answer.headers.items()),
    ]
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
