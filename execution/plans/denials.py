"""Fields that the viewer may not select: marked while the response is built, found and counted in it afterwards."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from graphql import GraphQLError, located_error
from graphql.execution.collect_fields import FieldDetailsList

Place = tuple[dict[str, Any], str, list[str | int]]
"""An object of the response, the key in it, and the path to there."""


@dataclass(frozen=True, eq=False, slots=True)
class Denial:
    """Stands in the response in the place of a denied field's null until it is counted.

    Attributes:
        details: Where the document selects the field.
        error: Why it is denied.
    """

    details: FieldDetailsList
    error: Exception


def settle(data: dict[str, Any]) -> list[GraphQLError]:
    """Puts nulls in the places of denials.

    Counting rows instead would miss that one row may stand in the response several times, or not at all.

    Args:
        data: The response's data, which is changed.

    Returns:
        An error for each denied field: the path where it stands first, and how often it does.
    """
    first: dict[Denial, list[str | int]] = {}
    times: dict[Denial, int] = {}
    places = list(_places(data, []))
    for found, key, path in places:
        denial = found[key]
        first.setdefault(denial, path)
        times[denial] = times.get(denial, 0) + 1
    # Only now: an object that stands in several places is one object here.
    for found, key, _ in places:
        found[key] = None
    return [_error(denial, first[denial], count) for denial, count in times.items()]


def _places(value: Any, path: list[str | int]) -> Iterator[Place]:  # noqa: ANN401 - a part of the response
    members: Iterable[tuple[str | int, Any]] = value.items() if isinstance(value, dict) else enumerate(value)
    for key, member in members:
        if isinstance(member, Denial):
            yield value, str(key), [*path, key]
        elif isinstance(member, dict | list):
            yield from _places(member, [*path, key])


def _error(denial: Denial, path: list[str | int], occurrences: int) -> GraphQLError:
    located = located_error(denial.error, [detail.node for detail in denial.details], path)
    located.extensions = {**(located.extensions or {}), "occurrences": occurrences}
    return located
