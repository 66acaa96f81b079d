"""Conversions of single values that generated code holds as expressions."""

from collections.abc import Callable
from typing import Any

Convert = Callable[[Any], Any]


class InPlace:
    """A conversion that generated code holds as an expression: a list of 500 rows would make as many calls of it.

    Attributes:
        expression: Python over a variable `value`.
    """

    def __init__(self, expression: str) -> None:
        self.expression = expression
        self._convert = eval(f"lambda value: {expression}")  # noqa: S307 - texts of this room

    def __call__(self, value: Any) -> Any:  # noqa: ANN401 - as any other conversion
        """The converted value."""
        return self._convert(value)


def written(convert: Convert, value: str, named: Callable[[object], str]) -> str:
    """An expression for a converted value, without a call where one will do.

    Args:
        convert: What converts it.
        value: The variable that holds it.
        named: Gives an object a name in the generated code.
    """
    if isinstance(convert, InPlace):
        return convert.expression.replace("value", value)
    table = getattr(convert, "__self__", None)
    return f"{named(table)}[{value}]" if isinstance(table, dict) else f"{named(convert)}({value})"
