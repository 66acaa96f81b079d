"""What a plan is made for, and the fields that it selects."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from enum import Enum
from typing import Any
from uuid import UUID

import strawberry
from graphql import (
    ArgumentNode,
    FieldNode,
    GraphQLField,
    GraphQLObjectType,
    OperationDefinitionNode,
    VariableNode,
    is_non_null_type,
    is_required_argument,
)
from graphql.execution.collect_fields import FieldDetailsList, FragmentDetails, collect_fields, collect_subfields
from graphql.execution.values import VariableValues, get_argument_values
from graphql.language import Visitor, visit
from graphql.pyutils import Undefined
from sqlalchemy import Dialect
from strawberry.types.field import StrawberryField

from execution.database.statements import Statements
from execution.ledger import OURS
from execution.plans.denials import Denial
from execution.plans.inputs import Inputs
from execution.plans.outcomes import Unplannable
from execution.source import Viewer

CONSTANT = str | int | float | Enum | UUID | date | None
Fields = dict[str, FieldDetailsList]
Arguments = Callable[[VariableValues], dict[str, Any]]


@dataclass(slots=True)
class Operation:
    """What one plan is made for.

    Attributes:
        schema: The schema.
        definition: The operation.
        fragments: The document's fragments by name.
        booleans: Values of the variables, of which only those of `@skip` and `@include` matter.
        viewer: Whose rows they are.
        denial: Why the viewer may not select a field; None where it may.
        statements: Those of the database.
        inputs: Converters of the schema's input types.
        denials: The denied fields that were selected so far.
        parts: How many functions were generated so far.
    """

    schema: strawberry.Schema
    definition: OperationDefinitionNode
    fragments: dict[str, FragmentDetails]
    booleans: VariableValues
    viewer: Viewer
    denial: Callable[[StrawberryField], Exception | None]
    statements: Statements
    inputs: Inputs
    denials: list[Denial] = field(default_factory=list)
    parts: int = 0

    def deny(self, details: FieldDetailsList, error: Exception) -> Denial:
        """What stands in the response in the place of a denied field."""
        denial = Denial(details, error)
        self.denials.append(denial)
        return denial

    @property
    def dialect(self) -> Dialect:
        """The database's."""
        return self.statements.dialect

    def roots(self, kind: GraphQLObjectType) -> Fields:
        """The root fields, merged as the specification says."""
        return collect_fields(
            self.schema._schema, self.fragments, self.booleans, kind, self.definition
        ).grouped_field_set

    def fields(self, kind: GraphQLObjectType, details: FieldDetailsList) -> Fields:
        """The fields selected of an object, merged as the specification says."""
        return collect_subfields(
            self.schema._schema, self.fragments, self.booleans, self.definition, kind, details, False
        ).grouped_field_set

    def arguments(self, definition: GraphQLField, node: FieldNode) -> Arguments:
        """From the operation's variables to a field's arguments as its resolver takes them."""
        convert = self.inputs.arguments(ours_of(definition).arguments)

        def read(variables: VariableValues) -> dict[str, Any]:
            return convert(get_argument_values(definition, node, variables))

        if not definition.args:
            return lambda _: {}
        taken = {argument.name.value: argument.value for argument in node.arguments or ()}
        variables = {name: value.name.value for name, value in taken.items() if isinstance(value, VariableNode)}
        fixed = self._fixed(definition, node, frozenset(variables))
        if fixed is None:
            return read
        required = {name for name in variables if is_required_argument(definition.args[name])}
        never_null = {name for name in variables if is_non_null_type(definition.args[name].type)}

        def read_plain(given: VariableValues) -> dict[str, Any]:
            values = dict(fixed)
            for name, variable in variables.items():
                value = given.coerced.get(variable, Undefined)
                if value is Undefined:
                    if name in required:
                        return read(given)
                elif value is None and name in never_null:
                    return read(given)
                else:
                    values[name] = value
            return convert(values)

        return read_plain

    def _fixed(self, definition: GraphQLField, node: FieldNode, variables: frozenset[str]) -> dict[str, Any] | None:
        # The values of all arguments but those that are a variable, for which it has the defaults.
        others = [argument for argument in node.arguments or () if argument.name.value not in variables]
        if any(_names_variables(argument) for argument in others):
            return None
        known = {
            name: argument
            for name, argument in definition.args.items()
            if name not in variables or not is_required_argument(argument)
        }
        without = FieldNode(name=node.name, arguments=tuple(others))
        found = get_argument_values(GraphQLField(definition.type, args=known), without, self.booleans)
        # A resolver may change a list that it was given; the next run must not see that.
        return found if all(isinstance(value, CONSTANT) for value in found.values()) else None


def ours_of(definition: GraphQLField) -> StrawberryField:
    """The Strawberry field that a field was made from.

    Raises:
        Unplannable: There is none, as for introspection.
    """
    found = definition.extensions.get(OURS)
    if found is None:
        raise Unplannable("not a field of ours")
    return found  # type: ignore[no-any-return]


class _FindVariable(Visitor):
    found = False

    def enter_variable(self, *_: object) -> None:
        self.found = True


def _names_variables(argument: ArgumentNode) -> bool:
    finder = _FindVariable()
    visit(argument, finder)
    return finder.found
