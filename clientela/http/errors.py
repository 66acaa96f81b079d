"""What goes back where there is no answer to an operation."""

from collections.abc import Mapping
from typing import Any

import structlog
from graphql import GraphQLError

from clientela.http.answers import Answer
from clientela.http.refusals import HttpRefusal, MalformedRequest
from clientela.http.statuses import UNPROCESSABLE
from clientela.identity.authentication import UnauthorizedError
from clientela.identity.keys import KeysUnavailableError
from clientela.settings import StatusEdition
from execution.database.connection import ConnectionLostError, DeadlineError, LimitError
from execution.errors import Wording
from schema.context import Context

UNAVAILABLE = (
    "The database cannot be reached now. Send a query again shortly; of a mutation, look first whether it was done."
)

EXCEEDED = {
    "statement_seconds": (
        "A statement ran for {allowed:g} seconds, the most that CLIENTELA_STATEMENT_SECONDS allows, and was given up; "
        "nothing was changed. Ask for less, or try again later."
    ),
    "lock_seconds": (
        "Somebody else was changing the same data for {allowed:g} seconds, the longest that CLIENTELA_LOCK_SECONDS "
        "lets a request wait; nothing was changed. Try again."
    ),
    "busy_seconds": (
        "Somebody else was writing to the database for {allowed:g} seconds, the longest that a request waits; nothing "
        "was changed. Try again."
    ),
    "most_waiting": (
        "{allowed} requests wait for the database, the most that CLIENTELA_QUEUE_LENGTH allows, so this one was not "
        "begun. Try again in a second."
    ),
    "waiting_seconds": (
        "This request waited for the database for {allowed:g} seconds, the longest that CLIENTELA_QUEUE_SECONDS "
        "allows, and was not begun. Try again in a second."
    ),
}
"""What is told of a limit that the database's door keeps, by its name there."""

log = structlog.get_logger()


def refused(error: Exception, correlation_id: str, edition: StatusEdition) -> Answer:
    """The answer to a request that ended with this error; one that nobody foresaw is logged."""
    match error:
        case MalformedRequest() if edition == "draft":
            return _error(UNPROCESSABLE, error.code, str(error), error.headers)
        case HttpRefusal():
            return _error(error.status, error.code, str(error), error.headers)
        case UnauthorizedError():
            return _error(401, error.code.name, str(error), {"WWW-Authenticate": error.challenge})
        case KeysUnavailableError():
            message = "Sign-in cannot be checked now, because the issuer's keys cannot be had. Try again shortly."
            return _error(503, "ISSUER_UNAVAILABLE", message, {"Retry-After": "5"})
        case LimitError():
            reached = _limit_reached(error)
            return _error(503, reached.extensions["code"], reached.message, {"Retry-After": "1"})
        case ConnectionLostError():
            return _error(503, "DATABASE_UNAVAILABLE", UNAVAILABLE, {"Retry-After": "1"})
        case _:
            wording = _report(error, correlation_id, None)
            return Answer(500, {"errors": [{"message": wording.message, "extensions": wording.extensions}]})


def _error(status: int, code: str, message: str, headers: Mapping[str, str]) -> Answer:
    return Answer(status, {"errors": [{"message": message, "extensions": {"code": code}}]}, headers)


def report_internal(error: GraphQLError, context: Context) -> Wording:
    """Words what is no client's fault, without detail; a fault of ours is logged with its stack."""
    about = {"correlationId": context.correlation_id}
    if isinstance(limit := error.original_error, LimitError):
        if isinstance(limit, DeadlineError):
            log.warning("statement took too long", path=error.path, limit=limit.limit, **about)
        reached = _limit_reached(limit)
        return Wording(reached.message, {**reached.extensions, **about})
    if isinstance(error.original_error, ConnectionLostError):
        log.warning("connection to the database lost", correlation_id=context.correlation_id, path=error.path)
        return Wording(UNAVAILABLE, {"code": "DATABASE_UNAVAILABLE", "correlationId": context.correlation_id})
    return _report(error.original_error or error, context.correlation_id, error.path)


def _limit_reached(error: LimitError) -> Wording:
    code: dict[str, Any] = {"code": "DEADLINE_EXCEEDED"} if isinstance(error, DeadlineError) else {"code": "OVERLOADED"}
    return Wording(EXCEEDED[error.limit].format(allowed=error.allowed), code)


def _report(error: Exception, correlation_id: str, path: list[str | int] | None) -> Wording:
    log.error("internal error", correlation_id=correlation_id, path=path, exc_info=error)
    message = "Something went wrong on our side. Try again; if it stays, quote the correlation id to your operator."
    return Wording(message, {"code": "INTERNAL", "correlationId": correlation_id})
