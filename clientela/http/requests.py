"""What a request carries, or the status that says why it is no request of GraphQL over HTTP."""

import re
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl

import orjson
from starlette.types import Receive, Scope

from clientela.http.negotiation import JSON_TYPE
from clientela.http.refusals import ClientGone, HttpRefusal, MalformedRequest
from execution.engine import Request as Operation

Parameters = dict[str, Any]


def headers_of(scope: Scope) -> dict[bytes, str]:
    """The headers of a request by their names in small letters; one that comes twice is a list in two lines."""
    found: dict[bytes, str] = {}
    for name, value in scope["headers"]:
        text = value.decode("latin-1")
        found[name] = f"{found[name]}, {text}" if name in found else text
    return found


def parameters_of_query(query: bytes) -> Parameters:
    """What a GET carries in its query string.

    Raises:
        HttpRefusal: 400 with what is wrong and what would be right.
    """
    try:
        pairs = parse_qsl(query.decode(), keep_blank_values=True, errors="strict")
    except ValueError as error:
        raise HttpRefusal(400, "BAD_REQUEST", "The query string must be UTF-8, percent-encoded.") from error
    # An empty text is as good as none.
    found: Parameters = {name: value for name, value in pairs if value}
    if len({name for name, _ in pairs}) < len(pairs):
        raise MalformedRequest("A parameter comes twice; send each once.")
    for name in ("variables", "extensions"):
        if name in found:
            found[name] = _parse(found[name].encode())
    return found


async def parameters_of_body(
    content_type: str, content_encoding: str | None, receive: Receive, most_bytes: int, most_operations: int
) -> Parameters | list[Parameters]:
    """What a POST carries in its JSON body: one request, or a batch of them.

    Args:
        content_type: The header's value; empty where there is none.
        content_encoding: The header's value; None where there is none.
        receive: Brings the body.
        most_bytes: The largest body that is read.
        most_operations: The largest batch that is run; 0 where none is.

    Raises:
        HttpRefusal: 400, 413 or 415 with what is wrong and what would be right.
        ClientGone: The client went away meanwhile.
    """
    if not _is_json(content_type):
        uploads = " Files cannot be uploaded here." if content_type.lower().startswith("multipart/") else ""
        message = f"Send the operation as `Content-Type: {JSON_TYPE}` in UTF-8.{uploads}"
        raise HttpRefusal(415, "UNSUPPORTED_MEDIA_TYPE", message, {"Accept": JSON_TYPE})
    if content_encoding not in (None, "", "identity"):
        message = "Send the body as it is, without Content-Encoding."
        raise HttpRefusal(415, "UNSUPPORTED_MEDIA_TYPE", message, {"Accept-Encoding": "identity"})
    found = _parse(await _body(receive, most_bytes))
    if isinstance(found, list):
        return _batch(found, most_operations)
    if not isinstance(found, dict):
        raise MalformedRequest("Send one JSON object with `query`, `variables` and `operationName`.")
    return found


def operation_of(found: Parameters, *, read_only: bool) -> Operation:
    """The operation that parameters ask for.

    Args:
        found: The parameters.
        read_only: Whether mutations are refused.

    Raises:
        MalformedRequest: One of them is of the wrong type, or missing.
    """
    query, variables, name = found.get("query"), found.get("variables"), found.get("operationName")
    if not isinstance(query, str) or not query.strip():
        raise MalformedRequest("`query` must hold the text of a GraphQL document.")
    if found.get("documentId") is not None:
        raise MalformedRequest("Send `query` or `documentId`, not both.")
    if variables is not None and not isinstance(variables, dict):
        raise MalformedRequest("`variables` must be a JSON object or null.")
    if name is not None and not isinstance(name, str):
        raise MalformedRequest("`operationName` must be a text or null.")
    extensions = found.get("extensions")
    if not isinstance(extensions, dict | None):
        raise MalformedRequest("`extensions` must be a JSON object or null.")
    tells_cost = extensions is not None and extensions.get("cost") is True
    return Operation(query, variables or {}, name or None, read_only, tells_cost)


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
            text = f"The body is larger than {most_bytes} bytes (CLIENTELA_MAX_BODY_BYTES). Send less in one request."
            raise HttpRefusal(413, "PAYLOAD_TOO_LARGE", text, {"Connection": "close"})
    return body


def _parse(body: bytes) -> Any:  # noqa: ANN401 - whatever JSON holds
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise HttpRefusal(400, "BAD_REQUEST", f"The JSON cannot be read: {error}.") from error


def _batch(found: list[Any], most: int) -> list[Parameters]:
    if not most:
        raise MalformedRequest("Send one JSON object; this server takes no batches (CLIENTELA_MAX_BATCH).")
    if not 0 < len(found) <= most:
        raise MalformedRequest(f"Send 1 to {most} operations in a batch (CLIENTELA_MAX_BATCH); these are {len(found)}.")
    if not all(isinstance(each, dict) for each in found):
        raise MalformedRequest("Send a JSON object for each operation of a batch.")
    return found
