"""Raw column values as the response holds them."""

from collections.abc import Callable
from typing import Any

from graphql import GraphQLEnumType, GraphQLLeafType, GraphQLScalarType
from sqlalchemy import Dialect
from sqlalchemy import types as sql
from sqlalchemy.types import TypeDecorator, TypeEngine

from execution.plans.outcomes import Unplannable

Convert = Callable[[Any], Any]


def converter(kind: GraphQLLeafType, column: TypeEngine[Any] | None, dialect: Dialect) -> Convert | None:
    """What turns a value into its form in the response; None where it already is.

    Args:
        kind: The GraphQL type of the field.
        column: The column's type; None for a Python value.
        dialect: The database.

    Raises:
        Unplannable: No safe way is known from this column to this type.
    """
    if column is None:
        return kind.serialize if isinstance(kind, GraphQLScalarType) else _name_of(kind)
    stored = column.impl if isinstance(column, TypeDecorator) else column
    if isinstance(kind, GraphQLEnumType):
        if not isinstance(stored, sql.Enum):
            raise Unplannable(f"{kind.name} from {stored!r}")
        return _name_of(kind)
    if isinstance(stored, sql.Enum):
        raise Unplannable(f"{kind.name} from {stored!r}")
    if isinstance(stored, sql.String):
        return None
    if isinstance(stored, sql.Uuid):
        return str if dialect.name == "postgresql" else _dashed
    if isinstance(stored, sql.DateTime):
        # The JSON writer words an instant itself, faster than anything here could.
        return None if dialect.name == "postgresql" else _instant_of_text
    if isinstance(stored, sql.Boolean):
        return None if dialect.name == "postgresql" else bool
    if isinstance(stored, sql.Integer):
        return None
    raise Unplannable(f"{kind.name} from {stored!r}")


def _name_of(kind: GraphQLEnumType) -> Convert:
    # Strawberry knows members by their values; our enums are texts, so the member and what is stored find the same.
    return {value.value: name for name, value in kind.values.items()}.__getitem__


def _dashed(digits: str) -> str:
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


def _instant_of_text(value: str) -> str:
    return f"{value[:10]}T{value[11:].removesuffix('.000000')}Z"
