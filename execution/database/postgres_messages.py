"""What asyncpg has no call for in PostgreSQL's protocol: a prepared statement that runs and is not waited for."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from functools import lru_cache
from struct import Struct, pack
from typing import Any
from uuid import UUID

from asyncpg.pgproto import pgproto

EXECUTE = b"E" + pack("!i", 9) + b"\0" + pack("!i", 0)
"""Runs what was bound last, whatever number of rows it gives."""

length = Struct("!i").pack
NULL = length(-1)

TEXTS: dict[type, Callable[[Any], str]] = {
    bool: lambda value: "true" if value else "false",
    int: str,
    # Without dashes, which Python's own class would put in at four times the cost.
    UUID: lambda value: value.int.to_bytes(16).hex(),
    # What asyncpg reads; a class of its own.
    pgproto.UUID: str,
    datetime: datetime.isoformat,
    date: date.isoformat,
}


def run_message(name: str, arguments: Sequence[Any]) -> bytes | None:
    """What has the database run a prepared statement; None where an argument is of a type that has no text here.

    Args:
        name: The statement's.
        arguments: Its parameters.
    """
    return _message(name, arguments) if arguments else _without_arguments(name)


@lru_cache(maxsize=1024)
def _without_arguments(name: str) -> bytes | None:
    return _message(name, ())


def _message(name: str, arguments: Sequence[Any]) -> bytes | None:
    parts = [b"\0", name.encode(), b"\0\0\0", pack("!h", len(arguments))]
    for value in arguments:
        if value is None:
            parts.append(NULL)
            continue
        if isinstance(value, str):
            text = value
        elif (to_text := TEXTS.get(type(value))) is not None:
            text = to_text(value)
        else:
            return None
        try:
            encoded = text.encode()
        except UnicodeEncodeError:
            return None
        parts += (length(len(encoded)), encoded)
    body = b"".join([*parts, b"\0\0"])
    return b"B" + pack("!i", len(body) + 4) + body + EXECUTE
