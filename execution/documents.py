"""Documents: parsed, validated, and what was worked out about them."""

from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    DocumentNode,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
    OperationType,
    ValuesOfCorrectTypeRule,
    VariableNode,
    Visitor,
    parse,
    specified_rules,
    validate,
    visit,
)
from graphql.execution.values import VariableValues

MOST_TOKENS = 20_000
MOST_ERRORS = 20
BYTES_A_TOKEN = 560
"""What the syntax tree takes for each token of the text; measured at 380 to 560."""


class _ArgumentValues(ValuesOfCorrectTypeRule):
    """The specification's rule; marks its errors, for a bad literal is a bad input wherever it is written."""

    def report_error(self, error: GraphQLError) -> None:
        error.extensions = {**(error.extensions or {}), "code": "BAD_USER_INPUT"}
        super().report_error(error)


RULES = [_ArgumentValues if rule is ValuesOfCorrectTypeRule else rule for rule in specified_rules]


@dataclass(eq=False, slots=True)
class Document:
    """A document, or why it is none.

    Attributes:
        node: The syntax tree; None where the text does not parse.
        errors: What parsing or validation found; empty for a sound document.
        weight_of_plans: The part of it that the plans are.
        uses: How often it was asked for a plan.
        plans: Plans of its operations, which go when it goes.
        deciding: Names of the variables in `@skip` and `@include`, by operation.
    """

    node: DocumentNode | None
    errors: tuple[GraphQLError, ...]
    weight: int
    weight_of_plans: int = 0
    uses: int = 0
    plans: dict[Hashable, Any] = field(default_factory=dict)
    deciding: dict[int, tuple[str, ...]] = field(default_factory=dict)

    def booleans(self, definition: OperationDefinitionNode, variables: VariableValues) -> tuple[bool | None, ...]:
        """The values of the variables that decide what is selected; None for a null, which is an error."""
        names = self.deciding.get(id(definition))
        if names is None:
            names = self.deciding[id(definition)] = _deciding(self.node, definition)
        return tuple(variables.coerced.get(name) for name in names)

    def operation(self, name: str | None) -> OperationDefinitionNode:
        """The operation to run.

        Args:
            name: Its name; may be left out where there is only one.

        Raises:
            GraphQLError: There is no such operation, or several and no name.
        """
        definitions = self.node.definitions if self.node else ()
        operations = [found for found in definitions if isinstance(found, OperationDefinitionNode)]
        if name is None and len(operations) == 1:
            return operations[0]
        for found in operations:
            if name is not None and found.name and found.name.value == name:
                return found
        names = ", ".join(found.name.value for found in operations if found.name)
        asked = f"There is no operation {name!r}" if name is not None else "Say which operation to run"
        raise _coded(GraphQLError(f"{asked}; `operationName` may be: {names or 'nothing, the document has none'}."))


def read_document(schema: GraphQLSchema, text: str) -> Document:
    """Parses and validates a text."""
    try:
        node = parse(text, max_tokens=MOST_TOKENS)
    except GraphQLError as error:
        return Document(None, (_coded(error, "GRAPHQL_PARSE_FAILED"),), len(text))
    except RecursionError:
        deep = GraphQLError("The document is nested too deeply.")
        return Document(None, (_coded(deep, "GRAPHQL_PARSE_FAILED"),), len(text))
    try:
        errors = validate(schema, node, RULES, max_errors=MOST_ERRORS)
    except RecursionError:
        errors = [GraphQLError("The document is nested too deeply.")]
    return Document(node, tuple(_coded(error) for error in errors), len(text) + BYTES_A_TOKEN * _tokens(node))


def _tokens(node: DocumentNode) -> int:
    count, token = 0, node.loc.start_token if node.loc else None
    while token is not None:
        count, token = count + 1, token.next
    return count


def _coded(error: GraphQLError, code: str = "GRAPHQL_VALIDATION_FAILED") -> GraphQLError:
    extensions: dict[str, Any] = {"code": code, **(error.extensions or {})}
    error.extensions = extensions
    return error


def is_query(operation: OperationDefinitionNode) -> bool:
    """Whether an operation only reads."""
    return operation.operation is OperationType.QUERY


class _Deciding(Visitor):
    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()

    def enter_directive(self, node: Any, *_: object) -> None:  # noqa: ANN401 - graphql-core's nodes
        if node.name.value not in ("skip", "include"):
            return
        for argument in node.arguments or ():
            if isinstance(argument.value, VariableNode):
                self.names.add(argument.value.name.value)


def _deciding(document: DocumentNode | None, definition: OperationDefinitionNode) -> tuple[str, ...]:
    visitor = _Deciding()
    visit(definition, visitor)
    for found in document.definitions if document else ():
        if isinstance(found, FragmentDefinitionNode):
            visit(found, visitor)
    return tuple(sorted(visitor.names))
