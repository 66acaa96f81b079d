"""Raw column values as the response holds them."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import orjson
from graphql import (
    GraphQLBoolean,
    GraphQLEnumType,
    GraphQLID,
    GraphQLInt,
    GraphQLLeafType,
    GraphQLScalarType,
    GraphQLString,
    specified_scalar_types,
)
from sqlalchemy import Dialect
from sqlalchemy import types as sql
from sqlalchemy.types import TypeDecorator, TypeEngine

from execution.database.values import result_processor
from execution.in_place import InPlace
from execution.plans.outcomes import surprise

Convert = Callable[[Any], Any]
TEXTS = (str, GraphQLString.serialize, GraphQLID.serialize)
"""What scalars may do with a text and leave it as it is."""

WHOLE, BROKEN = datetime(2020, 1, 2, 3, 4, 5, tzinfo=UTC), datetime(2020, 1, 2, 3, 4, 5, 60, tzinfo=UTC)


DASHED = InPlace("f'{value[:8]}-{value[8:12]}-{value[12:16]}-{value[16:20]}-{value[20:]}'")
INSTANT_OF_TEXT = InPlace("""f'{value[:10]}T{value[11:].removesuffix(".000000")}Z'""")


def converter(kind: GraphQLLeafType, column: TypeEngine[Any] | None, dialect: Dialect) -> Convert | None:
    """What turns a value into its form in the response; None where it already is.

    The short ways are taken where they lead to what the type's own `serialize` gives; everything else goes through it.

    Args:
        kind: The GraphQL type of the field.
        column: The column's type; None for a Python value.
        dialect: The database.
    """
    if column is None:
        return _serializer(kind)
    stored = column.impl if isinstance(column, TypeDecorator) else column
    to_python, serialize = result_processor(column, dialect), _serializer(kind)
    if isinstance(stored, sql.Enum):
        return _table(stored, to_python, kind)
    if isinstance(stored, sql.DateTime):
        return _instant(stored, to_python, serialize, dialect)
    if not _translates(column):
        if isinstance(stored, sql.String) and kind.serialize in TEXTS:
            return None
        if isinstance(stored, sql.Uuid) and kind.serialize is str:
            return str if dialect.name == "postgresql" else DASHED
        if isinstance(stored, sql.Boolean) and kind is GraphQLBoolean:
            return None if dialect.name == "postgresql" else bool
        # SQLite stores any number under any name; only PostgreSQL keeps an INTEGER within the 32 bits of an Int.
        small = isinstance(stored, sql.Integer) and not isinstance(stored, sql.BigInteger)
        if small and kind is GraphQLInt and dialect.name == "postgresql":
            return None
    return _composed(to_python, serialize)


def plain(column: TypeEngine[Any]) -> bool:
    """Whether a driver reads every value that a column may hold, and leaves it as it is.

    An instant may lie outside what Python knows; an enum's value may be newer than this process.
    """
    stored = column.impl if isinstance(column, TypeDecorator) else column
    return isinstance(stored, sql.String | sql.Uuid | sql.Boolean) and not isinstance(stored, sql.Enum)


def _translates(column: TypeEngine[Any]) -> bool:
    # SQLModel's texts are decorated types that leave what is read as it is.
    return isinstance(column, TypeDecorator) and (
        type(column).process_result_value is not TypeDecorator.process_result_value
        or type(column).result_processor is not TypeDecorator.result_processor
    )


def _serializer(kind: GraphQLLeafType) -> Convert:
    if isinstance(kind, GraphQLEnumType):
        return _names(kind).__getitem__
    if isinstance(kind, GraphQLScalarType) and (kind.serialize is str or kind in specified_scalar_types.values()):
        return kind.serialize
    return lambda value: _something(kind.serialize(value))


def _names(kind: GraphQLEnumType) -> dict[Any, str]:
    # Strawberry knows members by their values, resolvers give members.
    names = {value.value: name for name, value in kind.values.items()}
    members = getattr(kind, "wrapped_cls", ())
    return names | {member: names[member.value] for member in members if member.value in names}


def _table(stored: sql.Enum, to_python: Convert | None, kind: GraphQLLeafType) -> Convert:
    texts = [text for text in stored.enums if text is not None]
    return {text: kind.serialize(to_python(text) if to_python else text) for text in texts}.__getitem__


def _composed(to_python: Convert | None, serialize: Convert) -> Convert:
    if to_python is None:
        return serialize
    return lambda value: serialize(_something(to_python(value)))


def _something(value: object) -> object:
    # A column's own null never comes this far.
    if value is None:
        surprise()
    return value


def _instant(stored: sql.DateTime, to_python: Convert | None, serialize: Convert, dialect: Dialect) -> Convert | None:
    # The JSON writer words an instant itself, faster than anything here could; where the scalar words it alike.
    exact = _composed(to_python, serialize)
    if dialect.name == "postgresql":
        samples = [found if stored.timezone else found.replace(tzinfo=None) for found in (WHOLE, BROKEN)]
        written = [orjson.loads(orjson.dumps(sample, option=orjson.OPT_UTC_Z)) for sample in samples]
        return None if [exact(sample) for sample in samples] == written else exact
    texts = [f"{found:%Y-%m-%d %H:%M:%S.%f}" for found in (WHOLE, BROKEN)]
    return INSTANT_OF_TEXT if [exact(text) for text in texts] == list(map(INSTANT_OF_TEXT, texts)) else exact
