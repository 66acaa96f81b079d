"""The GraphQL endpoint: HTTP in, an operation run as its principal, HTTP out."""

import re
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import orjson
import structlog
from graphql import GraphQLError
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from clientela.clock import Clock
from clientela.http_negotiation import JSON_TYPE, METHODS, HttpRefusal, read_operation, response_type
from clientela.identity.authentication import Authenticator, UnauthorizedError
from clientela.identity.keys import KeysUnavailableError
from execution.database.connection import Database
from execution.engine import Engine
from execution.errors import Wording
from schema.context import Context, ExportLinks

CORRELATION_HEADER = "X-Correlation-Id"
SANE_TOKEN = re.compile(r"[A-Za-z0-9._-]{1,128}", re.ASCII)

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class GraphQLEndpoint:
    """Serves `/graphql`.

    Attributes:
        engine: Runs operations.
        authenticator: Says who is asking.
        database: Where operations read and write.
        export_links: Makes export links.
        clock: What time it is.
        max_body_bytes: The largest body that is read.
    """

    engine: Engine
    authenticator: Authenticator
    database: Database
    export_links: ExportLinks
    clock: Clock
    max_body_bytes: int

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request; whatever happens, as JSON with a correlation id."""
        response = await self._respond(Request(scope, receive))
        await response(scope, receive, send)

    async def _respond(self, request: Request) -> Response:
        given = request.headers.get(CORRELATION_HEADER, "")
        correlation_id = given if SANE_TOKEN.fullmatch(given) else uuid4().hex
        media_type = JSON_TYPE
        try:
            if request.method not in METHODS:
                message = "Send operations by POST, or queries by GET."
                raise HttpRefusal(405, "METHOD_NOT_ALLOWED", message, {"Allow": ", ".join(METHODS)})
            media_type = response_type(request.headers.get("accept"))
            response = await self._run(request, media_type, correlation_id)
        except HttpRefusal as refusal:
            response = _error(media_type, refusal.status, refusal.code, str(refusal), refusal.headers)
        except UnauthorizedError as refusal:
            challenge = {"WWW-Authenticate": refusal.challenge}
            response = _error(media_type, 401, refusal.code.name, str(refusal), challenge)
        except KeysUnavailableError:
            message = "Sign-in cannot be checked now, because the issuer's keys cannot be had. Try again shortly."
            response = _error(media_type, 503, "ISSUER_UNAVAILABLE", message, {"Retry-After": "5"})
        except Exception as error:
            wording = _report(error, correlation_id, None)
            response = _error(media_type, 500, "INTERNAL", wording.message, {}, wording.extensions)
        response.headers[CORRELATION_HEADER] = correlation_id
        return response

    async def _run(self, request: Request, media_type: str, correlation_id: str) -> Response:
        principal = await self.authenticator.principal(request.headers.get("authorization"))
        operation = await read_operation(request, self.max_body_bytes)
        context = Context(principal, self.database, self.clock(), correlation_id, self.export_links)
        answer = await self.engine.run(operation, context)
        # The newer media type says by its status whether the request was sound; the older is always 200.
        status = 200 if answer.executed or media_type == JSON_TYPE else 400
        return _response(media_type, status, answer.body)


def report_internal(error: GraphQLError, context: Context) -> Wording:
    """Logs a fault of ours with its stack, and words it without detail."""
    return _report(error.original_error or error, context.correlation_id, error.path)


def _report(error: Exception, correlation_id: str, path: list[str | int] | None) -> Wording:
    log.error("internal error", correlation_id=correlation_id, path=path, exc_info=error)
    message = "Something went wrong on our side. Try again; if it stays, quote the correlation id to your operator."
    return Wording(message, {"code": "INTERNAL", "correlationId": correlation_id})


def _error(
    media_type: str,
    status: int,
    code: str,
    message: str,
    headers: dict[str, str],
    extensions: dict[str, Any] | None = None,
) -> Response:
    error = {"message": message, "extensions": extensions or {"code": code}}
    response = _response(media_type, status, {"errors": [error]})
    response.headers.update(headers)
    return response


def _response(media_type: str, status: int, body: dict[str, Any]) -> Response:
    headers = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
    return Response(orjson.dumps(body, option=orjson.OPT_UTC_Z), status, headers, f"{media_type}; charset=utf-8")
