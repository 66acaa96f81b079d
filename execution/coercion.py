"""What values of variables are coerced to, worked out once a type.

graphql-core asks each type again what it is, for every value. What is at fault is left to it: it has the words.
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, cast

from graphql import (
    GraphQLBoolean,
    GraphQLID,
    GraphQLInputObjectType,
    GraphQLInt,
    GraphQLString,
    is_input_object_type,
    is_list_type,
    is_non_null_type,
    is_required_input_field,
)
from graphql.pyutils import Undefined
from graphql.utilities.coerce_input_value import coerce_default_value

SMALLEST_INT, LARGEST_INT = -(2**31), 2**31 - 1
UNSURE: Any = object()
"""Stands for what graphql-core must coerce itself, or refuse."""

Coerce = Callable[[Any], Any]


class _Field(NamedTuple):
    name: str
    key: str
    # Whether only texts are taken, and stay what they are, as for most fields.
    text: bool
    coerce: Coerce
    nullable: bool
    required: bool
    default: Any


def coercion_of(kind: Any, within: Sequence[GraphQLInputObjectType] = ()) -> Coerce | None:  # noqa: ANN401 - any input type
    """From a value to what it is coerced to, or `UNSURE`.

    Args:
        kind: The type.
        within: The inputs that it is a part of.

    Returns:
        The function; None for inputs that hold inputs of their own type, whose depth is the value's, and for those of
        which one field is to be given.
    """
    if is_non_null_type(kind):
        inner = coercion_of(kind.of_type, within)
        return None if inner is None else lambda value: UNSURE if value is None else inner(value)
    return _of_nullable(kind, within)


def _of_nullable(kind: Any, within: Sequence[GraphQLInputObjectType]) -> Coerce | None:  # noqa: ANN401
    if is_list_type(kind):
        item = coercion_of(kind.of_type, within)
        return None if item is None else _of_list(item)
    if is_input_object_type(kind):
        return None if kind in within or kind.is_one_of else _of_input(kind, [*within, kind])
    return PLAIN.get(kind) or _of_leaf(kind.coerce_input_value)


def _of_list(item: Coerce) -> Coerce:
    def coerce(values: Any) -> Any:  # noqa: ANN401
        if type(values) is not list:
            return None if values is None else UNSURE
        coerced = [item(value) for value in values]
        return UNSURE if any(value is UNSURE for value in coerced) else coerced

    return coerce


def _of_input(kind: GraphQLInputObjectType, within: Sequence[GraphQLInputObjectType]) -> Coerce | None:
    fields = _fields_of(kind, within)
    return None if fields is None else _written(fields, kind)


def _written(fields: list[_Field], kind: GraphQLInputObjectType) -> Coerce:
    """Python of its own for an input: forms have thirty fields, and a loop over them takes twice as long."""
    known: dict[str, Any] = {"UNSURE": UNSURE, "made": kind.out_type}
    lines = ["def coerce(given):", " if type(given) is not dict:", "  return None if given is None else UNSURE"]
    lines.append(f" coerced, count = {{}}, {sum(field.required for field in fields)}")
    for place, field in enumerate(fields):
        known |= {f"coerce{place}": field.coerce, f"default{place}": field.default}
        lines += [f" if {field.name!r} in given:", f"  value = given[{field.name!r}]"]
        lines += [] if field.required else ["  count += 1"]
        if field.text:
            lines.append("  if type(value) is not str" + (" and value is not None:" if field.nullable else ":"))
        else:
            found = f"coerce{place}(value)"
            lines.append(f"  value = {found}" if field.nullable else f"  value = UNSURE if value is None else {found}")
            lines.append("  if value is UNSURE:")
        lines += ["   return UNSURE", f"  coerced[{field.key!r}] = value"]
        if field.required:
            lines += [" else:", "  return UNSURE"]
        elif field.default is not Undefined:
            lines += [" else:", f"  coerced[{field.key!r}] = default{place}"]
    as_it_is = kind.out_type is GraphQLInputObjectType.out_type
    lines += [" if count != len(given):", "  return UNSURE", " return coerced" if as_it_is else " return made(coerced)"]
    exec("\n".join(lines), known)  # noqa: S102 - of the names of its fields, quoted
    return cast("Coerce", known["coerce"])


def _fields_of(kind: GraphQLInputObjectType, within: Sequence[GraphQLInputObjectType]) -> list[_Field] | None:
    fields: list[_Field] = []
    for name, field in kind.fields.items():
        nullable = not is_non_null_type(field.type)
        leaf = field.type if nullable else field.type.of_type
        inner = _of_nullable(leaf, within)
        if inner is None:
            return None
        text = leaf in (GraphQLString, GraphQLID)
        default = coerce_default_value(field)
        required = is_required_input_field(field)
        fields.append(_Field(name, field.out_name or name, text, inner, nullable, required, default))
    return fields


def _of_leaf(coerce_value: Coerce) -> Coerce:
    def coerce(value: Any) -> Any:  # noqa: ANN401
        if value is None:
            return None
        try:
            coerced = coerce_value(value)
        except Exception:
            # A scalar may raise whatever it likes.
            return UNSURE
        return UNSURE if coerced is Undefined else coerced

    return coerce


def _int(value: Any) -> Any:  # noqa: ANN401
    return value if value is None or (type(value) is int and SMALLEST_INT <= value <= LARGEST_INT) else UNSURE


def _text(value: Any) -> Any:  # noqa: ANN401
    return value if value is None or type(value) is str else UNSURE


def _boolean(value: Any) -> Any:  # noqa: ANN401
    return value if value is None or type(value) is bool else UNSURE


PLAIN: dict[Any, Coerce] = {GraphQLInt: _int, GraphQLString: _text, GraphQLID: _text, GraphQLBoolean: _boolean}
"""Scalars whose usual values are what they are coerced to."""
