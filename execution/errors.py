"""Errors as clients get them: with a code, without what is ours, one for each field of the document."""

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple, Protocol

from graphql import GraphQLError

from execution.refusals import BadUserInput

OCCURRENCES = "occurrences"


class Wording(NamedTuple):
    """How an exception is told to a client."""

    message: str
    extensions: dict[str, Any]


class Translate(Protocol):
    """From an exception that the schema or a command raised to its wording; None for one that is a fault of ours."""

    def __call__(self, error: Exception, *, on_field: bool) -> Wording | None:
        """Words the exception; `on_field` is False where it hit a root field."""


def present(
    errors: Iterable[GraphQLError], translate: Translate, report: Callable[[GraphQLError], Wording]
) -> list[dict[str, Any]]:
    """Errors as the response holds them, in the order of the document.

    The order in which fields happened to fail would differ from run to run: siblings are read concurrently.

    A field that is denied in fifty rows is one fault, not fifty: errors that carry `occurrences` are counted into the
    first of their field of the document.

    Args:
        errors: What execution collected.
        translate: Words for exceptions that are meant for clients.
        report: Logs a fault of ours and words it without detail.
    """
    presented: list[dict[str, Any]] = []
    counted: dict[tuple[object, ...], dict[str, Any]] = {}
    for error in sorted(errors, key=_place):
        shown = _present(error, translate, report)
        extensions = shown["extensions"]
        if OCCURRENCES in extensions:
            field = tuple(part for part in error.path or () if isinstance(part, str))
            first = counted.setdefault((extensions["code"], *field), shown)
            if first is not shown:
                first["extensions"][OCCURRENCES] += extensions[OCCURRENCES]
                continue
        presented.append(shown)
    return presented


def _place(error: GraphQLError) -> tuple[Any, ...]:
    # Rows of a list fail at one location; their paths differ in the positions of lists only.
    locations = [(found.line, found.column) for found in error.locations or ()]
    return locations, [part if isinstance(part, int) else -1 for part in error.path or ()]


def _present(error: GraphQLError, translate: Translate, report: Callable[[GraphQLError], Wording]) -> dict[str, Any]:
    shown: dict[str, Any] = error.formatted  # type: ignore[assignment]
    wording = _wording(error, translate) or report(error)
    extensions = dict(wording.extensions)
    if OCCURRENCES in extensions and error.extensions:
        extensions[OCCURRENCES] = error.extensions.get(OCCURRENCES, 1)
    return {**shown, "message": wording.message, "extensions": extensions}


def _wording(error: GraphQLError, translate: Translate) -> Wording | None:
    original = error.original_error
    if isinstance(original, GraphQLError) or (original is not None and error.path is None):
        # Literals and variables that a scalar refused: graphql-core words them, whatever the scalar raised.
        original = None
    if original is None:
        return Wording(error.message, {"code": "BAD_USER_INPUT", **(error.extensions or {})})
    if isinstance(original, BadUserInput):
        return Wording(str(original), {"code": "BAD_USER_INPUT"})
    return translate(original, on_field=len(error.path or ()) > 1)
