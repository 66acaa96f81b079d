"""GraphQL over HTTP: what a request asks for and what it carries, or the status that says why not."""

import re
from typing import Any

import orjson
from starlette.requests import Request

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


async def read_operation(request: Request, most_bytes: int) -> Operation:
    """The operation that a request carries.

    Args:
        request: A GET with query parameters, or a POST with a JSON body.
        most_bytes: The largest body that is read.

    Raises:
        HttpRefusal: 400, 413 or 415 with what is wrong and what would be right.
    """
    if request.method == "GET":
        return _operation(_from_query(request), read_only=True)
    content_type, _, parameters = request.headers.get("content-type", "").partition(";")
    if content_type.strip().lower() != JSON_TYPE or not _is_utf8(parameters):
        message = f"Send the operation as `Content-Type: {JSON_TYPE}` in UTF-8."
        raise HttpRefusal(415, "UNSUPPORTED_MEDIA_TYPE", message)
    return _operation(_parse(await _body(request, most_bytes)), read_only=False)


def _is_utf8(parameters: str) -> bool:
    match = re.search(r'charset\s*=\s*"?([\w-]+)', parameters)
    return match is None or match[1].lower() in ("utf-8", "utf8")


async def _body(request: Request, most_bytes: int) -> bytes:
    chunks = bytearray()
    async for chunk in request.stream():
        chunks += chunk
        if len(chunks) > most_bytes:
            message = f"The body is larger than {most_bytes} bytes, the most this server reads."
            raise HttpRefusal(413, "PAYLOAD_TOO_LARGE", message, {"Connection": "close"})
    return bytes(chunks)


def _from_query(request: Request) -> dict[str, Any]:
    found: dict[str, Any] = dict(request.query_params)
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
