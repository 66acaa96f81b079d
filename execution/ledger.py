"""Answers that are told again: what a mutation's field answered under a key that the client chose."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from graphql import GraphQLError, GraphQLObjectType
from graphql.execution.collect_fields import FieldDetailsList

if TYPE_CHECKING:
    from execution.unit import Unit

REPLAYED = "replayed"
"""In a field's metadata: the value that it has where the answer is told again."""
OURS = "strawberry-definition"
"""Under this name graphql-core's fields carry the Strawberry field that they were made from."""


class Told(NamedTuple):
    """What a field of a mutation answered.

    Attributes:
        data: The value of the field in the response.
        errors: The errors below it.
    """

    data: Any
    errors: list[GraphQLError]


class Ledger(Protocol):
    """Keeps answers of one request's fields, each in the transaction that made it: both stay or neither does."""

    async def recall(self, unit: "Unit", field: str) -> Told | None:
        """What was answered before, which is answered again; None where the field is to run, and `keep` to follow.

        Args:
            unit: The field's unit of work, in which nothing ran yet.
            field: The field's key in the response.

        Raises:
            Exception: It must not run now; worded as any exception of a command.
        """

    async def keep(self, unit: "Unit", field: str, told: Told) -> None:
        """Keeps an answer, in the unit that is about to be committed."""


def told_differently(kind: GraphQLObjectType, fields: Mapping[str, FieldDetailsList]) -> dict[str, Any]:
    """What an answer holds in other places when it is told again: secrets are told once.

    Args:
        kind: The payload's type.
        fields: Those that are selected of it, by their key in the response.
    """
    found: dict[str, Any] = {}
    for key, details in fields.items():
        definition = kind.fields.get(details[0].node.name.value)
        metadata = definition.extensions[OURS].metadata if definition and OURS in definition.extensions else {}
        if REPLAYED in metadata:
            found[key] = metadata[REPLAYED]
    return found
