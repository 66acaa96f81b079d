"""What an answer may come as."""

import re
from enum import Enum
from functools import lru_cache

from clientela.http.refusals import HttpRefusal

RESPONSE_TYPE = "application/graphql-response+json"
JSON_TYPE = "application/json"
QUALITY = re.compile(r"q=([01](?:\.[0-9]{0,3})?)")
IN_UTF8 = re.compile(r'charset="?utf-?8"?')


@lru_cache(maxsize=256)
def response_type(accept: str | None) -> str:
    """The media type to answer in.

    Clients that name neither get `application/json`: the newer type is only for those that say that they know it.

    Args:
        accept: The Accept header; None where there is none.

    Raises:
        HttpRefusal: 406 where the client takes neither of ours.
    """
    if not accept:
        return JSON_TYPE
    wanted = qualities(accept)
    # The most specific range decides, whatever the others say.
    anything = wanted.get("application/*", wanted.get("*/*", 0.0))
    json, response = wanted.get(JSON_TYPE, anything), wanted.get(RESPONSE_TYPE, anything)
    if response > 0 and (response > json or (response == json and RESPONSE_TYPE in wanted)):
        return RESPONSE_TYPE
    if json > 0:
        return JSON_TYPE
    message = f"Accept {JSON_TYPE} or {RESPONSE_TYPE} in UTF-8; this server answers in nothing else."
    raise HttpRefusal(406, "NOT_ACCEPTABLE", message)


EVENT_STREAM_TYPE = "text/event-stream"


class Streaming(Enum):
    """Whether a client takes Server-Sent Events."""

    NO = "no"
    TOO = "too"
    ONLY = "only"


@lru_cache(maxsize=256)
def streaming(accept: str | None) -> Streaming:
    """Whether a client takes events.

    Some send a header that merely mentions them with every request: queries of theirs are answered in JSON.
    """
    wanted = qualities(accept) if accept and EVENT_STREAM_TYPE in accept.lower() else {}
    if not wanted.pop(EVENT_STREAM_TYPE, 0.0):
        return Streaming.NO
    return Streaming.TOO if any(wanted.values()) else Streaming.ONLY


def qualities(header: str) -> dict[str, float]:
    """What a header of the `Accept` kind wants, in small letters, each with its best quality.

    What is wanted in another character set than UTF-8 is left out: nothing here has one.
    """
    found: dict[str, float] = {}
    for part in header.split(","):
        kind, *parameters = ("".join(piece.split()).lower() for piece in part.split(";"))
        if not any(text.startswith("charset=") and not IN_UTF8.fullmatch(text) for text in parameters):
            found[kind] = max(found.get(kind, 0.0), _quality(parameters))
    return found


def _quality(parameters: list[str]) -> float:
    for parameter in parameters:
        if match := QUALITY.fullmatch(parameter):
            return float(match[1])
    return 1.0
