"""Keyset cursors: where a page ended, as values of the columns that its list is ordered by."""

from binascii import Error as Base64Error
from binascii import a2b_base64, b2a_base64
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import blake2b
from typing import Any
from uuid import UUID

from execution.refusals import BadUserInput

LONGEST_CURSOR = 4096
SEPARATOR = "\0"
"""Stands in no text that a database keeps."""

AS_SEALED = bytes.maketrans(b"-_ ", b"+/+")
"""From what a cursor may have become on its way through addresses."""


def encode_cursor(listing: str, values: Sequence[Any]) -> str:
    """An opaque cursor.

    Args:
        listing: Names the list and its order; the cursor is good for no other.
        values: The row's values of the order's columns.
    """
    return seal(SEPARATOR.join([origin_of(listing), *map(_worded, values)]))


@lru_cache(maxsize=1024)
def origin_of(listing: str) -> str:
    """What stands for a list and its order at the beginning of its cursors."""
    return blake2b(listing.encode(), digest_size=6).hexdigest()


def seal(text: str) -> str:
    """Origin and values, made opaque; a list of 500 has 500 cursors, so it is one pass in C over each."""
    return b2a_base64(text.encode(), newline=False).decode()


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
        text = a2b_base64(cursor.encode().translate(AS_SEALED) + b"=" * (-len(cursor) % 4)).decode()
        origin, *values = text.split(SEPARATOR)
        if origin == origin_of(listing) and len(values) == len(kinds):
            return [_parse(value, kind) for value, kind in zip(values, kinds, strict=True)]
    except (Base64Error, ValueError, OverflowError) as error:
        raise BadUserInput(_not_ours(argument)) from error
    if not values:
        raise BadUserInput(_not_ours(argument))
    raise BadUserInput(
        f"`{argument}` is a cursor of another list or another order. Page on with the arguments that the cursor "
        "came from, or start anew without it."
    )


def _worded(value: object) -> str:
    # A key's digits alone: SQLite keeps them so, and hyphens would be put in for each row only to be taken out again.
    return value.hex if isinstance(value, UUID) else str(value)


def _parse(value: str, kind: type) -> object:
    if kind is datetime:
        instant = datetime.fromisoformat(value)
        if instant.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        # Here, where it is refused, an instant near the ends of time overflows; later it would be a fault of ours.
        return instant.astimezone(UTC)
    return UUID(value) if kind is UUID else value


def _not_ours(argument: str) -> str:
    return f"`{argument}` is not a cursor that this server gave out. Take it from `pageInfo` or an edge, unchanged."
