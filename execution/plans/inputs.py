"""From the values that graphql-core coerced to the arguments that a resolver takes, worked out once a field.

Strawberry's own conversion asks every type again what it is, for every field of every input.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING
from functools import partial
from typing import Any, cast

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
_Named = tuple[str, str, Convert | None]
"""A value's name in GraphQL and in Python, and what converts it; None where it stays as it is."""


class Inputs:
    """Converters for the input types of one schema."""

    def __init__(self, schema: strawberry.Schema) -> None:
        self._config = schema.config
        self._scalars = schema.schema_converter.scalar_registry
        self._objects: dict[Any, Convert] = {}

    def arguments(self, arguments: Sequence[StrawberryArgument]) -> Callable[[Mapping[str, Any]], dict[str, Any]]:
        """What turns a field's coerced arguments into those of its resolver."""
        names: list[_Named] = [
            (self._config.name_converter.from_argument(found), found.python_name, self._converter(found.type))
            for found in arguments
        ]

        def convert(given: Mapping[str, Any]) -> dict[str, Any]:
            converted = {}
            for name, python, each in names:
                if name in given:
                    converted[python] = given[name] if each is None else each(given[name])
            return converted

        return convert

    def _converter(self, kind: Any) -> Convert | None:  # noqa: ANN401 - whatever Strawberry takes for a type
        if isinstance(kind, LazyType):
            return self._converter(kind.resolve_type())
        if isinstance(kind, StrawberryMaybe) or kind is GlobalID:
            return self._theirs(kind)
        if isinstance(kind, StrawberryOptional):
            return self._converter(kind.of_type)
        if isinstance(kind, StrawberryList):
            each = self._converter(kind.of_type)
            return None if each is None else partial(_each, each)
        if isinstance(kind, StrawberryContainer):
            return self._theirs(kind)
        if has_object_definition(kind):
            return self._object(kind)
        return None

    def _theirs(self, kind: Any) -> Convert:  # noqa: ANN401
        return lambda value: convert_argument(value, kind, self._scalars, self._config)

    def _object(self, kind: Any) -> Convert:  # noqa: ANN401
        definition = kind.__strawberry_definition__
        if definition.from_input is not None or not definition.is_input:
            return self._theirs(kind)
        known = self._objects.get(kind)
        if known is not None:
            return known
        # Before its fields are looked at: an input may hold inputs of its own type.
        self._objects[kind] = lambda value: self._objects[kind](value)  # noqa: PLW0108 - another one by then
        convert = self._objects[kind] = self._made(kind, definition)
        return convert

    def _made(self, kind: Any, definition: Any) -> Convert:  # noqa: ANN401
        """One expression for all of its fields: they are many, and each request's are made anew."""
        known: dict[str, Any] = {"kind": kind, "UNSET": UNSET}
        fields = []
        for place, field in enumerate(definition.fields):
            name = self._config.name_converter.from_field(field)
            given = f"value[{name!r}]"
            converter = self._converter(field.resolve_type(type_definition=definition))
            if converter is not None:
                known[f"convert{place}"] = converter
                given = f"convert{place}({given})"
            default = "None"
            if field.default_factory is not MISSING:
                known[f"default{place}"] = field.default_factory
                default = f"default{place}()"
            elif field.default_value is not MISSING:
                known[f"default{place}"] = field.default_value
                default = f"default{place}"
            fields.append(f"{field.python_name}={given} if {name!r} in value else {default}")
        made = f"lambda value: value if value is None or value is UNSET else kind({', '.join(fields)})"
        return cast("Convert", eval(made, known))  # noqa: S307 - of the names of its fields, quoted


def _each(convert: Convert, values: Any) -> Any:  # noqa: ANN401 - a list, None or UNSET
    return values if values is None or values is UNSET else [convert(value) for value in values]
