"""How large a document may be: one pass over it before it is validated, each fragment measured once."""

from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from typing import Any, NamedTuple

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLField,
    GraphQLNamedType,
    GraphQLSchema,
    IntValueNode,
    ListValueNode,
    NullValueNode,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    VariableNode,
    get_named_type,
    get_nullable_type,
    is_composite_type,
    is_list_type,
    is_non_null_type,
)

from execution.costs import MUTATION_COST, OBJECT_COST, SATURATED, Cost, Polynomial, Size, constant, plus, times
from execution.windows import DEFAULT_PAGE, LARGEST_PAGE

SHORT_LIST = 5
"""How many objects a list without pages is taken to have."""
DEEPEST_NESTING = 100
"""Selection sets within one another, those of fragments included: ours is a recursive walk."""


def _limit(default: int, what: str) -> Any:  # noqa: ANN401 - dataclasses' own
    return field(default=default, metadata={"what": what})


@dataclass(frozen=True, slots=True)
class Limits:
    """The most that a document may ask for. A fragment counts at each of its uses."""

    depth: int = _limit(20, "levels of fields")
    introspection_depth: int = _limit(3, "lists within one another below `__schema` or `__type`")
    root_fields: int = _limit(50, "fields at the root of an operation")
    fields: int = _limit(2_000, "fields")
    aliases: int = _limit(200, "aliases")
    directives: int = _limit(100, "directives")
    fragment_spreads: int = _limit(500, "uses of fragments")
    operations: int = _limit(20, "operations")
    tokens: int = _limit(5_000, "tokens")
    characters: int = _limit(100_000, "characters")
    cost: int = _limit(50_000, "points of cost")


class _Shape(NamedTuple):
    """What a selection set comes to.

    Attributes:
        width: Its fields, without those below them.
        once: The cost of what is in it once.
        rows: The cost of one row of each list of objects that is in it.
    """

    depth: int = 0
    introspection_depth: int = 0
    width: int = 0
    fields: int = 0
    aliases: int = 0
    directives: int = 0
    fragment_spreads: int = 0
    once: Polynomial = {}  # noqa: RUF012 - a named tuple's default, never changed
    rows: Polynomial = {}  # noqa: RUF012

    def beside(self, other: "_Shape") -> "_Shape":
        """The two in one selection set."""
        return _Shape(
            max(self.depth, other.depth),
            max(self.introspection_depth, other.introspection_depth),
            min(self.width + other.width, SATURATED),
            min(self.fields + other.fields, SATURATED),
            min(self.aliases + other.aliases, SATURATED),
            min(self.directives + other.directives, SATURATED),
            min(self.fragment_spreads + other.fragment_spreads, SATURATED),
            plus(self.once, other.once),
            plus(self.rows, other.rows),
        )


def measure(schema: GraphQLSchema, document: DocumentNode, limits: Limits) -> dict[int, Cost]:
    """What each operation costs, by the id of its node.

    Args:
        schema: The schema, which need not fit: what is unknown to it is for validation to say.
        document: A document that was not validated yet.
        limits: What it may come to.

    Raises:
        GraphQLError: It is too large; `DOCUMENT_TOO_COMPLEX` with which limit, its value and what was asked for.
    """
    operations = [found for found in document.definitions if isinstance(found, OperationDefinitionNode)]
    _check(limits, "operations", len(operations))
    walk = _Walk(schema, document)
    total = _Shape()
    costs = {}
    for operation in operations:
        shape = walk.operation(operation)
        _check(limits, "root_fields", shape.width)
        total = total.beside(shape)
        mutations = shape.width if operation.operation is OperationType.MUTATION else 0
        cost = plus(plus(shape.once, times(shape.rows, SHORT_LIST)), constant(MUTATION_COST * mutations))
        costs[id(operation)] = Cost(cost, operation, mutations)
    for name in ("depth", "introspection_depth", "fields", "aliases", "directives", "fragment_spreads"):
        _check(limits, name, getattr(total, name))
    return costs


def check_cost(limits: Limits, asked: int) -> None:
    """Refuses an operation that may cost too much.

    Raises:
        GraphQLError: `COST_EXCEEDED`, with the limit and what was asked for.
    """
    if asked > limits.cost:
        way_out = "Ask for smaller pages or fewer lists within lists."
        raise _refusal("COST_EXCEEDED", "cost", limits.cost, asked, way_out)


def too_many_tokens(limits: Limits) -> GraphQLError:
    """What to say of a text that has more than its tokens."""
    return _refusal("DOCUMENT_TOO_COMPLEX", "tokens", limits.tokens, None, SPLIT)


def too_long(limits: Limits, characters: int) -> GraphQLError:
    """What to say of a text that is not even parsed."""
    return _refusal("DOCUMENT_TOO_COMPLEX", "characters", limits.characters, characters, SPLIT)


SPLIT = "Ask for less at once, or in several requests."


def _check(limits: Limits, name: str, asked: int) -> None:
    allowed = getattr(limits, name)
    if asked > allowed:
        raise _refusal("DOCUMENT_TOO_COMPLEX", name, allowed, asked, SPLIT)


def _refusal(code: str, name: str, allowed: int, asked: int | None, way_out: str) -> GraphQLError:
    what = next(found.metadata["what"] for found in fields(Limits) if found.name == name)
    more = "more" if asked is None or asked >= SATURATED else str(asked)
    message = f"At most {allowed} {what} are allowed, this document asks for {more}. {way_out}"
    return GraphQLError(message, extensions={"code": code, "limit": name, "allowed": allowed, "requested": asked})


class _Walk:
    def __init__(self, schema: GraphQLSchema, document: DocumentNode) -> None:
        self._schema = schema
        self._fragments = {
            found.name.value: found for found in document.definitions if isinstance(found, FragmentDefinitionNode)
        }
        self._measured: dict[str, _Shape] = {}
        self._nesting = 0

    def operation(self, node: OperationDefinitionNode) -> _Shape:
        variables = sum(len(found.directives or ()) for found in node.variable_definitions or ())
        own = _Shape(directives=len(node.directives or ()) + variables)
        return own.beside(self._selections(node.selection_set, self._schema.get_root_type(node.operation)))

    def _selections(self, node: SelectionSetNode | None, parent: GraphQLNamedType | None) -> _Shape:
        if node is None:
            return _Shape()
        self._nesting += 1
        if self._nesting > DEEPEST_NESTING:
            message = f"Selections are nested more than {DEEPEST_NESTING} deep, fragments included. {SPLIT}"
            allowed = {"limit": "nesting", "allowed": DEEPEST_NESTING, "requested": None}
            raise GraphQLError(message, extensions={"code": "DOCUMENT_TOO_COMPLEX", **allowed})
        total = _Shape()
        for selection in node.selections:
            own = _Shape(directives=len(selection.directives or ()))
            total = total.beside(own if own.directives else _Shape()).beside(self._selection(selection, parent))
        self._nesting -= 1
        return total

    def _selection(self, node: Any, parent: GraphQLNamedType | None) -> _Shape:  # noqa: ANN401 - graphql-core's nodes
        if isinstance(node, FieldNode):
            return self._field(node, parent)
        if isinstance(node, FragmentSpreadNode):
            return self._fragment(node.name.value)
        named = node.type_condition
        return self._selections(node.selection_set, self._schema.get_type(named.name.value) if named else parent)

    def _fragment(self, name: str) -> _Shape:
        shape = self._measured.get(name)
        if shape is None:
            # A fragment within itself adds nothing; validation refuses it.
            self._measured[name] = _Shape()
            fragment = self._fragments.get(name)
            inner = _Shape(fragment_spreads=1, directives=len(fragment.directives or ()) if fragment else 0)
            if fragment is not None:
                kind = self._schema.get_type(fragment.type_condition.name.value)
                inner = inner.beside(self._selections(fragment.selection_set, kind))
            shape = self._measured[name] = inner
        return shape

    def _field(self, node: FieldNode, parent: GraphQLNamedType | None) -> _Shape:
        definition = self._schema.get_field(parent, node.name.value) if is_composite_type(parent) else None
        kind = get_named_type(definition.type) if definition else None
        below = self._selections(node.selection_set, kind)
        listed = definition is not None and is_list_type(get_nullable_type(definition.type))
        introspects = listed and parent is not None and parent.name.startswith("__")
        shape = below._replace(
            depth=below.depth + 1,
            introspection_depth=below.introspection_depth + introspects,
            width=1,
            fields=min(below.fields + 1, SATURATED),
            aliases=min(below.aliases + (node.alias is not None), SATURATED),
            once={},
            rows={},
        )
        if definition is None or not is_composite_type(kind):
            return shape
        size = _size(node, definition)
        paged = SHORT_LIST if listed or size is None else size
        each = plus(plus(constant(OBJECT_COST), below.once), times(below.rows, paged))
        if listed and size is None:
            return shape._replace(rows=each)
        return shape._replace(once=times(each, size) if listed and size is not None else each)


def _size(node: FieldNode, definition: GraphQLField) -> int | Size | None:
    """How many rows a field's arguments ask for; None where it has no such argument."""
    sizing = {"first", "last"} & definition.args.keys() or set(_required_lists(definition))
    if not sizing:
        return None
    names: list[str] = []
    for argument in node.arguments or ():
        if argument.name.value not in sizing or isinstance(argument.value, NullValueNode):
            continue
        match argument.value:
            case VariableNode(name=name):
                names.append(name.value)
            case IntValueNode(value=digits):
                return min(int(digits[:9]), LARGEST_PAGE) if not digits.startswith("-") else 0
            case ListValueNode(values=values):
                return len(values)
    return tuple(names) or DEFAULT_PAGE


def _required_lists(definition: GraphQLField) -> Iterator[str]:
    """A list that one must give says how long the list is that comes back, as ids do."""
    for name, argument in definition.args.items():
        if is_non_null_type(argument.type) and is_list_type(argument.type.of_type):
            yield name
