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
from graphql.validation import validation_context
from graphql.validation.rules import overlapping_fields_can_be_merged

from execution.costs import Cost
from execution.limits import Limits, measure, too_long, too_many_tokens
from execution.variables import Variables

MOST_ERRORS = 10
"""Each may be looked through all names of the schema for, to say which one was meant."""
PAST_TOKENS = "Document contains more than"
"""How graphql-core's parser begins to say that it stopped at a number of tokens."""
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
        kept: Whether it is kept as one that comes again; it may have had to go while a request with it waited.
        uses: How often it was asked for a plan.
        costs: What each of its operations costs, by the id of its node.
        plans: Plans of its operations, which go when it goes.
        deciding: Names of the variables in `@skip` and `@include`, by operation.
        coercions: The variables of its operations, by the id of their nodes.
        named: Its operations, by the names that they were asked for under.
    """

    node: DocumentNode | None
    errors: tuple[GraphQLError, ...]
    weight: int
    weight_of_plans: int = 0
    kept: bool = False
    uses: int = 0
    costs: dict[int, Cost] = field(default_factory=dict)
    plans: dict[Hashable, Any] = field(default_factory=dict)
    deciding: dict[int, tuple[str, ...]] = field(default_factory=dict)
    coercions: dict[int, Variables] = field(default_factory=dict)
    named: dict[str | None, OperationDefinitionNode] = field(default_factory=dict)

    def variables(self, schema: GraphQLSchema, definition: OperationDefinitionNode) -> Variables:
        """The variables of one of its operations."""
        found = self.coercions.get(id(definition))
        if found is None:
            found = self.coercions[id(definition)] = Variables(schema, definition)
        return found

    def booleans(self, definition: OperationDefinitionNode, variables: VariableValues) -> tuple[bool | None, ...]:
        """The values of the variables that decide what is selected; None for a null, which is an error."""
        names = self.deciding.get(id(definition))
        if names is None:
            names = self.deciding[id(definition)] = _deciding(self.node, definition)
        # Mostly there are none.
        return tuple(variables.coerced.get(name) for name in names) if names else ()

    def operation(self, name: str | None) -> OperationDefinitionNode:
        """The operation to run.

        Args:
            name: Its name; may be left out where there is only one.

        Raises:
            GraphQLError: There is no such operation, or several and no name.
        """
        known = self.named.get(name)
        if known is None:
            known = self.named[name] = self._find(name)
        return known

    def _find(self, name: str | None) -> OperationDefinitionNode:
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


def read_document(schema: GraphQLSchema, text: str, limits: Limits) -> Document:
    """Parses, measures and validates a text; what is too large is not validated."""
    try:
        if len(text) > limits.characters:
            raise too_long(limits, len(text))
        node = parse(text, max_tokens=limits.tokens)
    except GraphQLError as error:
        if PAST_TOKENS in error.message:
            error = too_many_tokens(limits)
        return Document(None, (_coded(error, "GRAPHQL_PARSE_FAILED"),), len(text))
    except RecursionError:
        deep = GraphQLError("The document is nested too deeply.")
        return Document(None, (_coded(deep, "GRAPHQL_PARSE_FAILED"),), len(text))
    weight = len(text) + BYTES_A_TOKEN * _tokens(node)
    try:
        costs = measure(schema, node, limits)
        errors = validate(schema, node, RULES, max_errors=MOST_ERRORS)
    except GraphQLError as error:
        return Document(None, (error,), len(text))
    return Document(node, tuple(_coded(error) for error in errors), weight, costs=costs)


def bound_validation() -> None:
    """Lowers what graphql-core's own rules may spend on one document, in this process, to what ours can need."""
    overlapping_fields_can_be_merged.MAX_COMPLEXITY_BUDGET = 50_000
    validation_context.MAX_FRAGMENT_WORK = 10_000


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


def is_subscription(operation: OperationDefinitionNode) -> bool:
    """Whether an operation waits for events."""
    return operation.operation is OperationType.SUBSCRIPTION


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
