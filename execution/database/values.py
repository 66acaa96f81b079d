"""Values as a driver takes and gives them, by the column's type: SQLAlchemy's processors, but for the costliest."""

from collections.abc import Callable
from typing import Any

import orjson
from asyncpg.pgproto.pgproto import UUID
from sqlalchemy import Dialect
from sqlalchemy import types as sql
from sqlalchemy.types import TypeEngine

from execution.in_place import InPlace

Process = Callable[[Any], Any]


def bind_processor(kind: TypeEngine[Any], dialect: Dialect) -> Process | None:
    """What makes a driver's value of Python's; None where it already is."""
    stored = kind.dialect_impl(dialect)
    process: Process | None = stored.bind_processor(dialect)
    if process is None:
        return None
    if isinstance(stored, sql.JSON) and stored.none_as_null:
        return _json_text_or_null
    if isinstance(stored, sql.Uuid) and stored.as_uuid:
        # Ids are the most frequent parameters, and to format the number takes three times as long.
        return InPlace("None if value is None else value.int.to_bytes(16).hex()")
    if isinstance(stored, sql.Boolean):
        return {value: process(value) for value in (None, True, False)}.__getitem__
    if isinstance(stored, sql.Enum) and issubclass(stored.enum_class or object, str):
        members = [member.value for member in stored.enum_class or ()]
        if members == stored.enums:
            # A member is found as the text that it is; sqlite3 takes a class of its own for a stranger.
            return {None: None, **{value: value for value in members}}.__getitem__
    return process


def result_processor(kind: TypeEngine[Any], dialect: Dialect) -> Process | None:
    """What makes Python's value of a driver's; None where it already is."""
    stored = kind.dialect_impl(dialect)
    if isinstance(stored, sql.JSON):
        # Either driver gives JSON as its text.
        return lambda value: None if value is None else orjson.loads(value)
    process: Process | None = stored.result_processor(dialect, None)
    if process is not None and isinstance(stored, sql.Uuid) and stored.as_uuid:
        # asyncpg's own, as rows of PostgreSQL have them: a tenth of the time of the standard library's.
        return lambda value: None if value is None else UUID(value)
    return process


def json_text(value: object) -> str:
    """JSON as either database stores it."""
    return orjson.dumps(value).decode()


def _json_text_or_null(value: object) -> str | None:
    return None if value is None else orjson.dumps(value).decode()
