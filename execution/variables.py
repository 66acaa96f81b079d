"""Values of an operation's variables: coerced as graphql-core does it, but what their types are is asked once."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from graphql import GraphQLError, GraphQLSchema, OperationDefinitionNode, get_nullable_type, is_non_null_type
from graphql.execution.get_variable_signature import GraphQLVariableSignature, get_variable_signature
from graphql.execution.values import VariableValues, VariableValueSource, get_variable_values
from graphql.pyutils import Undefined

from execution.coercion import UNSURE, Coerce, coercion_of


class _Variable(NamedTuple):
    name: str
    signature: GraphQLVariableSignature
    coerce: Coerce
    required: bool


class Variables:
    """The variables of one operation."""

    def __init__(self, schema: GraphQLSchema, definition: OperationDefinitionNode) -> None:
        self._schema = schema
        self._nodes = definition.variable_definitions or ()
        self._known = self._all_known()

    def coerce(self, given: Mapping[str, Any]) -> VariableValues | list[GraphQLError]:
        """Coerced values, or what is wrong with the given ones.

        Args:
            given: Raw values by name.
        """
        if self._known is not None:
            values = self._taken(self._known, given)
            if values is not None:
                return values
        return get_variable_values(self._schema, self._nodes, dict(given))

    def _all_known(self) -> list[_Variable] | None:
        found = []
        for node in self._nodes:
            signature = get_variable_signature(self._schema, node)
            if isinstance(signature, GraphQLError) or signature.default is not None:
                return None
            required = is_non_null_type(signature.type)
            coerce = coercion_of(get_nullable_type(signature.type))
            if coerce is None:
                return None
            found.append(_Variable(signature.name, signature, coerce, required))
        return found

    @staticmethod
    def _taken(known: list[_Variable], given: Mapping[str, Any]) -> VariableValues | None:
        sources, coerced = {}, {}
        for name, signature, coerce, required in known:
            value = given.get(name, Undefined)
            sources[name] = VariableValueSource(signature, value)
            if value is not Undefined:
                found = coerced[name] = UNSURE if value is None and required else coerce(value)
                if found is UNSURE:
                    return None
            elif required:
                return None
        return VariableValues(sources, coerced)
