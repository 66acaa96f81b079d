"""Writes the Python of a plan: expressions that build the response from rows and objects."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from graphql import (
    GraphQLField,
    GraphQLID,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLString,
    get_named_type,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
    is_object_type,
)
from graphql.execution.collect_fields import FieldDetailsList

from execution.in_place import written
from execution.links import LINK, Lookup, Many, Objects, One, Pages, View
from execution.plans.leaves import converter, plain
from execution.plans.operation import Operation, ours_of
from execution.plans.outcomes import Unplannable, listed, surprise
from execution.plans.readers import Namespace, ObjectReader, Reader, RowReader, attributes_read

EMPTY: list[Any] = []


@dataclass(frozen=True, slots=True)
class Below:
    """A field that leads from the objects at hand to further rows.

    Attributes:
        key: Label of the row, or an expression for a list of the objects' values, that holds the keys; None where the
            viewer alone decides.
        definition: The field.
        details: Where the document selects it.
    """

    key: str | None
    definition: GraphQLField
    details: FieldDetailsList


class Writer:
    """Writes the expressions of one function.

    Attributes:
        names: What the function's globals must hold.
        below: The fields that lead further; the function is given what they found as `below_0`, `below_1`, …
        arguments: Arguments that are the same for all rows, read once a call as `arguments_0`, …
        sure: Whether the function cannot fail, whatever rows it is given: it reads plain columns and asks nobody.
        asks: Whether it calls resolvers.
    """

    def __init__(self, operation: Operation) -> None:
        self.operation = operation
        self.names: Namespace = {"surprise": surprise, "listed": listed, "EMPTY": EMPTY}
        self.below: list[Below] = []
        self.arguments: list[Callable[..., dict[str, Any]]] = []
        self.sure = True
        self.asks = False
        self._serial = 0

    def selected(self, kind: GraphQLObjectType, details: FieldDetailsList, reader: Reader) -> str:
        """An expression for the selected part of an object."""
        parts = [
            f"{key!r}: {self.field(kind, found, reader)}" for key, found in self.operation.fields(kind, details).items()
        ]
        return f"{{{', '.join(parts)}}}"

    def root(self, definition: GraphQLField, details: FieldDetailsList) -> str:
        """An expression for the Python value of a root field that computes it."""
        return self._call(definition, details, ObjectReader("None", None))

    def field(self, kind: GraphQLObjectType, details: FieldDetailsList, reader: Reader) -> str:
        """An expression for one field of an object."""
        name = details[0].node.name.value
        if name == "__typename":
            return repr(kind.name)
        definition = kind.fields[name]
        ours = ours_of(definition)
        if (denial := self.operation.denial(ours)) is not None:
            if is_non_null_type(definition.type):
                raise Unplannable(f"{kind.name}.{name} is denied and may not be null")
            return self._named(self.operation.deny(details, denial))
        link = ours.metadata.get(LINK)
        if isinstance(link, View):
            return self.selected(object_type(definition.type), details, reader)
        if link is not None:
            return self._follow(definition, details, reader)
        if ours.base_resolver is not None:
            return self._compute(definition, details, reader)
        return self._attribute(definition, details, reader)

    def _attribute(self, definition: GraphQLField, details: FieldDetailsList, reader: Reader) -> str:
        expression, column, may_be_null = reader.leaf(ours_of(definition).python_name)
        if column is None:
            return self.complete(definition.type, expression, details, reader.gather)
        kind = get_named_type(definition.type)
        if not is_leaf_type(kind) or is_list_type(definition.type):
            raise Unplannable(f"{kind} from a column")
        convert = converter(kind, column, self.operation.dialect)
        required = is_non_null_type(definition.type)
        self.sure &= plain(column) and convert in (None, str) and not (required and may_be_null)
        if convert is None and (not required or not may_be_null):
            return expression
        value = expression if convert is None else written(convert, expression, self._named)
        if not may_be_null:
            return value
        return f"({value} if {expression} is not None else {'surprise()' if required else 'None'})"

    def complete(
        self, kind: GraphQLOutputType, expression: str, details: FieldDetailsList, gather: str | None = None
    ) -> str:
        """An expression for a Python value as the response holds it.

        Args:
            kind: Its type in the schema.
            expression: The value.
            details: Where the document selects it.
            gather: The loops in which the expression can be gathered for all objects; None where it cannot.
        """
        self.sure = False
        variable = self._variable()
        required = is_non_null_type(kind)
        inner = kind.of_type if is_non_null_type(kind) else kind
        if is_list_type(inner):
            item = self._variable()
            items = f"({variable} if type({variable}) is list else listed({variable}))"
            each = None if gather is None else f"{gather} for {item} in ({expression} or ())"
            value = f"[{self.complete(inner.of_type, item, details, each)} for {item} in {items}]"
        elif is_leaf_type(inner):
            convert = converter(inner, None, self.operation.dialect)
            value = written(convert, variable, self._named) if convert is not None else variable
            if inner in (GraphQLID, GraphQLString):
                value = f"({variable} if type({variable}) is str else {value})"
        elif is_object_type(inner):
            there = None if gather is None else f"{gather} for {variable} in ({expression},) if {variable} is not None"
            value = self.selected(inner, details, ObjectReader(variable, there))
            if inner.is_type_of is not None:
                value = f"({value} if {self._named(inner.is_type_of)}({variable}, info) else surprise())"
        else:
            raise Unplannable(f"{inner} has several types")
        return f"({value} if ({variable} := {expression}) is not None else {'surprise()' if required else 'None'})"

    def _compute(self, definition: GraphQLField, details: FieldDetailsList, reader: Reader) -> str:
        return self.complete(definition.type, self._call(definition, details, reader), details)

    def _call(self, definition: GraphQLField, details: FieldDetailsList, reader: Reader) -> str:
        resolver = ours_of(definition).base_resolver
        if resolver is None:
            raise Unplannable(f"{definition} has no resolver")
        self.sure, self.asks = False, True
        function: Any = resolver.wrapped_func
        if resolver.is_async:
            raise Unplannable(f"{definition} reads by itself")
        given = []
        if own := resolver.self_parameter:
            given.append(reader.whole(attributes_read(function, own.name)))
        if found := resolver.parent_parameter or resolver.root_parameter:
            given.append(f"{found.name}={reader.whole(attributes_read(function, found.name))}")
        if resolver.info_parameter:
            given.append(f"{resolver.info_parameter.name}=info")
        if definition.args:
            given.append(f"**arguments_{len(self.arguments)}")
            self.arguments.append(self.operation.arguments(definition, details[0].node))
        return f"{self._named(function)}({', '.join(given)})"

    def _follow(self, definition: GraphQLField, details: FieldDetailsList, reader: Reader) -> str:
        link = ours_of(definition).metadata[LINK]
        if isinstance(link, Pages) and link.key is None and isinstance(reader, ObjectReader):
            # A list that hangs on who asks, not on the object.
            self.below.append(Below(None, definition, details))
            return f"below_{len(self.below) - 1}"
        if isinstance(link, Lookup | Objects) or link.key is None:
            raise Unplannable("a root field's link below an object")
        if isinstance(link, One) and isinstance(reader, RowReader):
            inner = reader.within(link.source, link.within)
            if inner is not None:
                return self.selected(object_type(definition.type), details, inner)
        key = reader.key(link.key)
        found = f"below_{len(self.below)}"
        self.below.append(Below(reader.place(link.key), definition, details))
        if isinstance(link, Many):
            return f"{found}.get({key}, EMPTY)"
        if isinstance(link, Pages):
            return f"{found}.get({key})"
        if is_non_null_type(definition.type):
            return f"({found}.get({key}) or surprise())"
        return f"{found}.get({key})"

    def _named(self, value: object) -> str:
        name = f"name_{len(self.names)}"
        self.names[name] = value
        return name

    def _variable(self) -> str:
        self._serial += 1
        return f"v{self._serial}"


def object_type(kind: GraphQLOutputType) -> GraphQLObjectType:
    """The object type behind lists and non-nulls.

    Raises:
        Unplannable: It is abstract.
    """
    named = get_named_type(kind)
    if not is_object_type(named):
        raise Unplannable(f"{named} has several types")
    return named


def generate(writer: Writer, signature: Sequence[str], body: Sequence[str]) -> Callable[..., Any]:
    """The function of what a writer wrote.

    Args:
        writer: Brings names, arguments and results from below.
        signature: Further parameters after `run`.
        body: Lines, indented by one blank, that end in a return.
    """
    writer.operation.parts += 1
    found = [f"below_{place}" for place in range(len(writer.below))]
    read = [f" arguments_{place} = read_{place}(run.variables)" for place in range(len(writer.arguments))]
    names = writer.names | {f"read_{place}": reader for place, reader in enumerate(writer.arguments)}
    lines = [f"def build({', '.join(['run', *signature, *found])}):", " info = run", *read, *body]
    # The text holds names that we made, keys and type names of validated documents by repr(), and nothing else.
    exec(compile("\n".join(lines), "<plan>", "exec"), names)  # noqa: S102
    return names["build"]  # type: ignore[no-any-return]


def keys_of(expression: str) -> Callable[[object], list[Any]]:
    """The function that gathers the keys of rows below an object, and of those within it.

    Args:
        expression: As a reader of the object names it.
    """
    # As above; attributes are named by our own schema.
    return eval(f"lambda value: {expression}")  # type: ignore[no-any-return]  # noqa: S307
