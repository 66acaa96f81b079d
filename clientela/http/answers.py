"""What goes back over HTTP."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import orjson
from starlette.types import Send

from clientela.http.compression import gzipped, takes_gzip
from clientela.http.negotiation import JSON_TYPE, RESPONSE_TYPE
from clientela.http.writes import send_whole
from execution.engine import Response
from policy.principal import Principal

CORRELATION_HEADER = b"x-correlation-id"
CONTENT_TYPES = {
    media_type: (b"content-type", f"{media_type}; charset=utf-8".encode()) for media_type in (JSON_TYPE, RESPONSE_TYPE)
}
ALWAYS = [(b"cache-control", b"no-store"), (b"x-content-type-options", b"nosniff")]
LINES = {
    media_type: b"".join(b"%s: %s\r\n" % header for header in (*ALWAYS, content_type))
    + CORRELATION_HEADER
    + b": %s\r\ncontent-length: %d\r\n"
    for media_type, content_type in CONTENT_TYPES.items()
}
"""The same as text, for most answers have no others."""


class Answer(NamedTuple):
    """What goes back: a response, those of a batch in their order, or nothing but headers.

    Attributes:
        status: The HTTP status.
        body: What is written as JSON.
        headers: Further headers.
        principal: Who asked; None where nobody got so far as to say.
        responses: What ran, for those who keep account.
        events: How many a subscription sent, which this tells of after its end; None where it was something else.
    """

    status: int
    body: dict[str, Any] | list[dict[str, Any]] | None
    headers: Mapping[str, str] = {}
    principal: Principal | None = None
    responses: tuple[Response, ...] = ()
    events: int | None = None


async def send_answer(
    send: Send,
    answer: Answer,
    media_type: str,
    correlation_id: str,
    *,
    compress_from_bytes: int,
    accept_encoding: str | None,
) -> None:
    """Writes an answer.

    Args:
        send: Takes it.
        answer: The answer.
        media_type: What it comes as.
        correlation_id: Goes with it.
        compress_from_bytes: The smallest body that is compressed; 0 for none.
        accept_encoding: The client's header; None where there is none.
    """
    body = b"" if answer.body is None else orjson.dumps(answer.body, option=orjson.OPT_UTC_Z)
    compressed = len(body) >= compress_from_bytes > 0 and takes_gzip(accept_encoding)
    if body and not compressed and not answer.headers:
        lines = LINES[media_type] % (correlation_id.encode(), len(body))
        if send_whole(send, answer.status, lines, body):
            return
    headers = [*ALWAYS, (CORRELATION_HEADER, correlation_id.encode())]
    if answer.headers:
        headers += [(name.lower().encode(), value.encode()) for name, value in answer.headers.items()]
    if compressed:
        body = await gzipped(body)
        headers += [(b"content-encoding", b"gzip"), (b"vary", b"Accept-Encoding")]
    if body:
        headers += [CONTENT_TYPES[media_type], (b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
