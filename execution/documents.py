"""Parsed and validated documents, kept by their text: a client sends the same few all day."""

from collections import OrderedDict
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
        uses: How often it was asked for a plan.
        plans: Plans of its operations, which go when it goes.
        deciding: Names of the variables in `@skip` and `@include`, by operation.
    """

    node: DocumentNode | None
    errors: tuple[GraphQLError, ...]
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


class DocumentCache:
    """The most recently used documents, bounded by number and by the length of their texts."""

    def __init__(self, schema: GraphQLSchema, *, entries: int = 1000, characters: int = 8_000_000) -> None:
        self._schema = schema
        self._entries = entries
        self._characters = characters
        self._held = 0
        self._documents: OrderedDict[str, Document] = OrderedDict()

    def get(self, text: str) -> Document:
        """The document for a text; parsed and validated once."""
        document = self._documents.get(text)
        if document is None:
            document = _read(self._schema, text)
            self._documents[text] = document
            self._held += len(text)
            while len(self._documents) > self._entries or self._held > self._characters:
                oldest, _ = self._documents.popitem(last=False)
                self._held -= len(oldest)
        else:
            self._documents.move_to_end(text)
        return document


def _read(schema: GraphQLSchema, text: str) -> Document:
    try:
        node = parse(text, max_tokens=MOST_TOKENS)
    except GraphQLError as error:
        return Document(None, (_coded(error, "GRAPHQL_PARSE_FAILED"),))
    except RecursionError:
        return Document(None, (_coded(GraphQLError("The document is nested too deeply."), "GRAPHQL_PARSE_FAILED"),))
    try:
        errors = validate(schema, node, RULES, max_errors=MOST_ERRORS)
    except RecursionError:
        errors = [GraphQLError("The document is nested too deeply.")]
    return Document(node, tuple(_coded(error) for error in errors))


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
