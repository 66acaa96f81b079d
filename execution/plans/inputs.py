"""From the values that graphql-core coerced to the arguments that a resolver takes, worked out once a field.

Strawberry's own conversion asks every type again what it is, for every field of every input.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING
from functools import partial
from typing import Any

import strawberry
from strawberry.relay.types import GlobalID
from strawberry.types.arguments import StrawberryArgument, convert_argument
from strawberry.types.base import (
    StrawberryContainer,
    StrawberryList,
    StrawberryMaybe,
    StrawberryOptional,
    has_object_definition,
)
from strawberry.types.lazy_type import LazyType
from strawberry.types.unset import UNSET

Convert = Callable[[Any], Any]


class Inputs:
    """Converters for the input types of one schema."""

    def __init__(self, schema: strawberry.Schema) -> None:
        self._config = schema.config
        self._scalars = schema.schema_converter.scalar_registry
        self._objects: dict[Any, Convert] = {}

    def arguments(self, arguments: Sequence[StrawberryArgument]) -> Callable[[Mapping[str, Any]], dict[str, Any]]:
        """What turns a field's coerced arguments into those of its resolver."""
        names = [
            (self._config.name_converter.from_argument(found), found.python_name, self._converter(found.type))
            for found in arguments
        ]

        def convert(given: Mapping[str, Any]) -> dict[str, Any]:
            return {python: convert(given[name]) for name, python, convert in names if name in given}

        return convert

    def _converter(self, kind: Any) -> Convert:  # noqa: ANN401 - whatever Strawberry takes for a type
        if isinstance(kind, LazyType):
            return self._converter(kind.resolve_type())
        if isinstance(kind, StrawberryMaybe) or kind is GlobalID:
            return self._theirs(kind)
        if isinstance(kind, StrawberryOptional):
            return self._converter(kind.of_type)
        if isinstance(kind, StrawberryList):
            return partial(_each, self._converter(kind.of_type))
        if isinstance(kind, StrawberryContainer):
            return self._theirs(kind)
        if has_object_definition(kind):
            return self._object(kind)
        return _as_it_is

    def _theirs(self, kind: Any) -> Convert:  # noqa: ANN401
        return lambda value: convert_argument(value, kind, self._scalars, self._config)

    def _object(self, kind: Any) -> Convert:  # noqa: ANN401
        definition = kind.__strawberry_definition__
        if definition.from_input is not None or not definition.is_input:
            return self._theirs(kind)
        known = self._objects.get(kind)
        if known is not None:
            return known
        fields: list[tuple[str, str, Convert]] = []

        def convert(value: Any) -> Any:  # noqa: ANN401 - an input
            if value is None or value is UNSET:
                return value
            given = {python: convert(value[name]) for name, python, convert in fields if name in value}
            return kind(**{**absent, **given})

        # Before its fields are looked at: an input may hold inputs of its own type.
        self._objects[kind] = convert
        absent = {
            field.python_name: None
            for field in definition.fields
            if field.default_value is MISSING and field.default_factory is MISSING
        }
        for field in definition.fields:
            converter = self._converter(field.resolve_type(type_definition=definition))
            fields.append((self._config.name_converter.from_field(field), field.python_name, converter))
        return convert


def _as_it_is(value: Any) -> Any:  # noqa: ANN401 - a value of any type
    return value


def _each(convert: Convert, values: Any) -> Any:  # noqa: ANN401 - a list, None or UNSET
    return values if values is None or values is UNSET else [convert(value) for value in values]
