"""What a plan brings: the response's parts, or why it hands the operation over to the executor."""

from collections.abc import Iterable, Iterator
from typing import Any

from graphql import GraphQLError
from graphql.pyutils import is_iterable

Result = tuple[dict[str, Any], list[GraphQLError]]
"""Data of a run, and its errors."""


class Unplannable(Exception):  # noqa: N818 - no error: the executor runs the operation
    """The operation has a part that plans do not cover; the message says which."""


class Surprise(Exception):  # noqa: N818 - no error: the executor runs the operation anew
    """Something met at run time that only the executor words exactly, e.g. a null where none may be."""


def surprise() -> None:
    """Raised from within generated expressions.

    Raises:
        Surprise: Always.
    """
    raise Surprise


def listed(value: object) -> Iterable[Any]:
    """A value that is to be a list, where it may be one.

    Raises:
        Surprise: It is a text, a mapping, an iterator or no collection.
    """
    # What can be gone through once only is nothing to try.
    once = isinstance(value, Iterator)
    return value if is_iterable(value) and not once else surprise()  # type: ignore[func-returns-value, return-value]
