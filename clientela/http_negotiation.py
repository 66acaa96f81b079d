"""GraphQL over HTTP: what a request asks for and what it carries, or the status that says why not."""

import re
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl

import orjson
from starlette.types import Receive

from execution.engine import Request as Operation

RESPONSE_TYPE = "application/graphql-response+json"
JSON_TYPE = "application/json"
METHODS = ("GET", "POST")


class HttpRefusal(Exception):  # noqa: N818 - it becomes a response, not an error of ours
    """A request that does not get as far as an operation.

    Attributes:
        status: The HTTP status.
        code: `extensions.code` of the error in the body.
        headers: Further headers of the response.
    """

    def __init__(self, status: int, code: str, message: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.headers = headers or {}


class ClientGone(Exception):  # noqa: N818 - nobody is left to be told of an error
    """The client closed its connection before its request was whole."""


@lru_cache(maxsize=256)
def response_type(accept: str | None) -> str:
    """The media type to answer in.

    Args:
        accept: The Accept header; None where there is none.

    Raises:
        HttpRefusal: 406 where the client takes neither of ours.
    """
    if not accept:
        return JSON_TYPE
    qualities: dict[str, float] = {}
    for part in accept.split(","):
        kind, *parameters = (piece.strip().lower() for piece in part.split(";"))
        qualities[kind] = max(qualities.get(kind, 0.0), _quality(parameters))
    anything = max(qualities.get("*/*", 0.0), qualities.get("application/*", 0.0))
    wanted_json = qualities.get(JSON_TYPE, anything)
    wanted_response = qualities.get(RESPONSE_TYPE, 0.0)
    if wanted_response > 0 and wanted_response >= wanted_json:
        return RESPONSE_TYPE
    if wanted_json > 0:
        return JSON_TYPE
    message = f"Accept {JSON_TYPE} or {RESPONSE_TYPE}; this server answers in nothing else."
    raise HttpRefusal(406, "NOT_ACCEPTABLE", message)


def _quality(parameters: list[str]) -> float:
    for parameter in parameters:
        if match := re.fullmatch(r"q=([01](?:\.[0-9]{0,3})?)", parameter):
            return float(match[1])
    return 1.0


def operation_of_query(query: bytes) -> Operation:
    """The operation that a GET carries in its query string.

    Raises:
        HttpRefusal: 400 with what is wrong and what would be right.
    """
    return _operation(_from_query(query.decode("latin-1")), read_only=True)


async def operation_of_body(content_type: str, receive: Receive, most_bytes: int) -> Operation:
    """The operation that a POST carries in its JSON body.

    Args:
        content_type: The header's value; empty where there is none.
        receive: Brings the body.
        most_bytes: The largest body that is read.

    Raises:
        HttpRefusal: 400, 413 or 415 with what is wrong and what would be right.
        ClientGone: The client went away meanwhile.
    """
    if not _is_json(content_type):
        message = f"Send the operation as `Content-Type: {JSON_TYPE}` in UTF-8."
        raise HttpRefusal(415, "UNSUPPORTED_MEDIA_TYPE", message)
    return _operation(_parse(await _body(receive, most_bytes)), read_only=False)


@lru_cache(maxsize=256)
def _is_json(content_type: str) -> bool:
    kind, _, parameters = content_type.partition(";")
    charset = re.search(r'charset\s*=\s*"?([\w-]+)', parameters)
    return kind.strip().lower() == JSON_TYPE and (charset is None or charset[1].lower() in ("utf-8", "utf8"))


async def _body(receive: Receive, most_bytes: int) -> bytes:
    body, more = b"", True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientGone
        body += message.get("body", b"")
        more = message.get("more_body", False)
        if len(body) > most_bytes:
            text = f"The body is larger than {most_bytes} bytes, the most this server reads."
            raise HttpRefusal(413, "PAYLOAD_TOO_LARGE", text, {"Connection": "close"})
    return body


def _from_query(query: str) -> dict[str, Any]:
    found: dict[str, Any] = dict(parse_qsl(query, keep_blank_values=True))
    for name in ("variables", "extensions"):
        if name in found:
            found[name] = _parse(found[name].encode("utf-8", "replace"))
    return found


def _parse(body: bytes) -> Any:  # noqa: ANN401 - whatever JSON holds
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise HttpRefusal(400, "BAD_REQUEST", f"The JSON cannot be read: {error}.") from error


def _operation(found: object, *, read_only: bool) -> Operation:
    if not isinstance(found, dict):
        raise HttpRefusal(400, "BAD_REQUEST", "Send one JSON object with `query`, `variables` and `operationName`.")
    query, variables, name = found.get("query"), found.get("variables"), found.get("operationName")
    if not isinstance(query, str) or not query.strip():
        raise HttpRefusal(400, "BAD_REQUEST", "`query` must hold the text of a GraphQL document.")
    if variables is not None and not isinstance(variables, dict):
        raise HttpRefusal(400, "BAD_REQUEST", "`variables` must be a JSON object or null.")
    if name is not None and not isinstance(name, str):
        raise HttpRefusal(400, "BAD_REQUEST", "`operationName` must be a text or null.")
    if not isinstance(found.get("extensions"), dict | None):
        raise HttpRefusal(400, "BAD_REQUEST", "`extensions` must be a JSON object or null.")
    return Operation(query, variables or {}, name or None, read_only)
