"""Keyset cursors: where a page ended, as values of the columns that its list is ordered by."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import orjson

from execution.refusals import BadUserInput

LONGEST_CURSOR = 4096


def encode_cursor(listing: str, values: Sequence[Any]) -> str:
    """An opaque cursor.

    Args:
        listing: Names the list and its order; the cursor is good for no other.
        values: The row's values of the order's columns.
    """
    # A driver may have a UUID class of its own, which orjson does not know.
    return urlsafe_b64encode(orjson.dumps([listing, *values], default=str)).rstrip(b"=").decode()


def decode_cursor(cursor: str, listing: str, kinds: Sequence[type], argument: str) -> list[Any]:
    """The values that a cursor stands for.

    Args:
        cursor: What a client sent.
        listing: The list and order that the cursor must belong to.
        kinds: The Python types of the order's columns.
        argument: The argument's name, for the message.

    Raises:
        BadUserInput: The cursor is malformed or belongs to another list or order.
    """
    if len(cursor) > LONGEST_CURSOR:
        raise BadUserInput(_not_ours(argument))
    try:
        found = orjson.loads(urlsafe_b64decode(cursor.encode() + b"=" * (-len(cursor) % 4)))
        origin, values = found[0], found[1:]
        if origin == listing and len(values) == len(kinds):
            return [_parse(value, kind) for value, kind in zip(values, kinds, strict=True)]
    except (Base64Error, ValueError, TypeError, KeyError, IndexError, OverflowError) as error:
        raise BadUserInput(_not_ours(argument)) from error
    raise BadUserInput(
        f"`{argument}` is a cursor of another list or another order. Page on with the arguments that the cursor "
        "came from, or start anew without it."
    )


def _parse(value: object, kind: type) -> object:
    if not isinstance(value, str) or "\0" in value:
        raise ValueError("a cursor holds texts")
    if kind is datetime:
        instant = datetime.fromisoformat(value)
        if instant.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        # Here, where it is refused, an instant near the ends of time overflows; later it would be a fault of ours.
        return instant.astimezone(UTC)
    return UUID(value) if kind is UUID else value


def _not_ours(argument: str) -> str:
    return f"`{argument}` is not a cursor that this server gave out. Take it from `pageInfo` or an edge, unchanged."
