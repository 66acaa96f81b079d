"""What an operation costs: a polynomial in the sizes of its pages, worked out once a document."""

from collections.abc import Mapping
from typing import Any

from graphql import OperationDefinitionNode, value_from_ast_untyped

from execution.windows import DEFAULT_PAGE, LARGEST_PAGE

OBJECT_COST = 1
"""Of each object; values are free."""
MUTATION_COST = 10
"""Of each field of a mutation, beyond its payload: a transaction with its checks and its line of the log."""
SATURATED = 10**12
"""Counts stop here: what is this large is refused, however much larger it is."""
MOST_TERMS = 64
"""A polynomial with more is replaced by its value for the largest pages."""

Size = tuple[str, ...]
"""Variables of which the first that has a value says how large a page or how long a list is."""
Polynomial = dict[tuple[Size, ...], int]


def constant(value: int) -> Polynomial:
    """A cost that no page size changes."""
    return {(): value} if value else {}


def plus(first: Polynomial, second: Polynomial) -> Polynomial:
    """The sum of two costs."""
    if not first or not second:
        return first or second
    total = dict(first)
    for sizes, value in second.items():
        total[sizes] = min(total.get(sizes, 0) + value, SATURATED)
    return total if len(total) <= MOST_TERMS else constant(_largest(total))


def times(cost: Polynomial, size: int | Size) -> Polynomial:
    """What costs this in each row of a page costs in all of them."""
    if isinstance(size, int):
        return {sizes: min(value * size, SATURATED) for sizes, value in cost.items()} if size else {}
    return {tuple(sorted((*sizes, size))): value for sizes, value in cost.items()}


def _largest(cost: Polynomial) -> int:
    return min(sum(value * int(LARGEST_PAGE ** len(sizes)) for sizes, value in cost.items()), SATURATED)


class Cost:
    """The cost of one operation, as a function of its variables.

    Attributes:
        mutations: How many fields of a mutation it has.
    """

    __slots__ = ("_constant", "_defaults", "_terms", "mutations")

    def __init__(self, cost: Polynomial, operation: OperationDefinitionNode, mutations: int) -> None:
        self.mutations = mutations
        self._constant = cost.get((), 0)
        self._terms = [(value, sizes) for sizes, value in cost.items() if sizes]
        self._defaults = {
            found.variable.name.value: value_from_ast_untyped(found.default_value)
            for found in operation.variable_definitions or ()
            if found.default_value is not None
        }

    def asked(self, variables: Mapping[str, Any]) -> int:
        """What the operation may cost at most with these raw values of its variables."""
        if not self._terms:
            return self._constant
        total = self._constant
        for value, sizes in self._terms:
            term = value
            for size in sizes:
                term *= self._rows(size, variables)
            total += term
        return min(total, SATURATED)

    def _rows(self, size: Size, variables: Mapping[str, Any]) -> int:
        for name in size:
            value = variables[name] if name in variables else self._defaults.get(name)
            if isinstance(value, list):
                return len(value)
            if isinstance(value, int):
                # What is out of range is refused by the field itself, in words about the page.
                return max(0, min(value, LARGEST_PAGE))
        return DEFAULT_PAGE


def paid(data: dict[str, Any] | None, *, mutation: bool) -> int:
    """What an answer did cost: its objects, by the same weights.

    Args:
        data: `data` of the response.
        mutation: Whether it is a mutation's.
    """
    if data is None:
        return 0
    return _objects(data) - OBJECT_COST + (MUTATION_COST * len(data) if mutation else 0)


def _objects(value: Any) -> int:  # noqa: ANN401 - any part of a response
    if isinstance(value, dict):
        return OBJECT_COST + sum(_objects(part) for part in value.values() if isinstance(part, dict | list))
    return sum(_objects(part) for part in value if isinstance(part, dict | list))
