"""Messages of the protocol graphql-transport-ws, and what ends a connection."""

from collections.abc import Mapping
from typing import Any

import orjson

LONGEST_ID = 256


class Closed(Exception):  # noqa: N818 - an end that the protocol names
    """The connection is to be closed.

    Attributes:
        code: The close code.
    """

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code


def parsed(text: str | None) -> dict[str, Any]:
    """A message that a client sent.

    Raises:
        Closed: It is none.
    """
    try:
        message = orjson.loads(text or "")
    except orjson.JSONDecodeError as error:
        raise Closed(4400, "Messages must be JSON") from error
    if not isinstance(message, dict):
        raise Closed(4400, "Messages must be objects")
    return message


def id_of(message: Mapping[str, Any]) -> str:
    """The id that the client gave the operation which a message is about.

    Raises:
        Closed: There is none.
    """
    name = message.get("id")
    if not isinstance(name, str) or not 0 < len(name) <= LONGEST_ID:
        raise Closed(4400, "`id` must be a text that is not empty")
    return name


def payload_of(message: Mapping[str, Any]) -> dict[str, Any]:
    """What a message carries.

    Raises:
        Closed: Nothing, or no object.
    """
    payload = message.get("payload")
    if not isinstance(payload, dict):
        raise Closed(4400, "`payload` must be an object")
    return payload
