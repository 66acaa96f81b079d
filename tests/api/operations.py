"""Operations drawn from the schema itself: what front-end developers may come up with, and what they had better not.

Aliases, named and inline fragments, on interfaces, too, directives, variables with and without defaults, values and
nulls of every type, several operations in a document. Response names never clash, so nearly all of them are valid.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

import orjson
from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    get_named_type,
    is_composite_type,
    is_list_type,
    is_non_null_type,
    is_required_argument,
    is_required_input_field,
)
from graphql.type import get_nullable_type
from hypothesis import strategies as st

from tests.api.selections import DEPTH, served

Pool = Mapping[str, Sequence[Any]]
"""Values that mean something in a database, by the name of the argument, the scalar or the input."""

Composite = GraphQLObjectType | GraphQLInterfaceType
VALUES: dict[str, Sequence[Any]] = {
    "first": (1, 2, 3, 5, 1, 2, 3, 4, 6, 40, 2, 3, 1, 0, -1, 501),
    "last": (1, 2, 3, 0),
    "after": ("nonsense", ""),
    "before": ("nonsense",),
    "search": ("a", "al", "AL", "%", "", "é"),
    "Int": (1, 2, 0),
    "ID": ("nonsense", "", "customer_0", "customer_" + "0" * 32),
    "Boolean": (True, False),
    "CountryCode": ("IT", "DE", "US", "IT", "DE", "it", ""),
    "DateTime": ("2026-01-31T09:30:00Z", "2020-02-29T23:59:59.5+02:00", "yesterday"),
    "UUID": ("0198c1d2-e3f4-7506-8708-90a0b0c0d0e0",),
    "String": ("a", "customer", "wingtip", "O'Neil \" \\ \n", "x" * 300),
}
ROOTS = ("customers", "customers", "customers", "activityLog", "viewer", "viewer", "customer", "node", "node", "nodes")
"""Roots that are drawn more often than others."""

MOST_FIELDS = 10
UNFIT = {"is": "unfit"}
DRAWN = object()
"""Stands in a form of the pool for a value that is drawn."""


@dataclass(frozen=True)
class Operation:
    """What a client sends.

    Attributes:
        document: The text.
        name: The operation's name.
        variables: Two sets of values for its variables.
    """

    document: str
    name: str
    variables: tuple[dict[str, Any], dict[str, Any]]


@dataclass
class _Writer:
    """Writes one operation and the fragments that it uses.

    Attributes:
        number: Draws a number from the first to the second.
    """

    number: Callable[[int, int], int]
    pool: Pool
    prefix: str
    declared: list[str] = field(default_factory=list)
    variables: tuple[dict[str, Any], dict[str, Any]] = field(default_factory=lambda: ({}, {}))
    fragments: list[str] = field(default_factory=list)
    used: int = 0

    def query(self) -> str:
        kind = served().query_type
        assert kind is not None
        roots = [self.field(kind, self.one_of([*ROOTS, *sorted(kind.fields)]), DEPTH) for _ in range(self.upto(3))]
        return self.operation("query", roots)

    def mutation(self) -> str:
        kind = served().mutation_type
        assert kind is not None
        # One that takes a form which may be right is drawn more often; those of several fields are the executor's.
        formed = [name for name, found in sorted(kind.fields.items()) if _input_of(found) in self.pool]
        names = [*formed, *formed, *sorted(kind.fields)]
        count = 2 if self.by_chance(6) else 1
        return self.operation("mutation", [self.field(kind, self.one_of(names), 2) for _ in range(count)])

    def operation(self, word: str, roots: Sequence[str]) -> str:
        given = f"({', '.join(self.declared)})" if self.declared else ""
        return " ".join([f"{word} {self.prefix}{given} {{ {' '.join(roots)} }}", *self.fragments])

    def one_of(self, choices: Sequence[Any]) -> Any:
        return choices[self.number(0, len(choices) - 1)]

    def upto(self, most: int) -> int:
        return self.number(1, most)

    def by_chance(self, of: int) -> bool:
        """Once in so many times; hypothesis shrinks towards no."""
        return self.number(0, of - 1) == of - 1

    def selection(self, kind: Composite, depth: int) -> str:
        parts = []
        for _ in range(self.upto(4)):
            match self.one_of("fffffitn"):
                case "i":
                    parts.append(self.inline(kind, depth))
                case "n":
                    parts.append(self.spread(kind, depth))
                case "t":
                    parts.append("__typename")
                case _:
                    parts.append(self.field(kind, self.one_of(self.fields(kind, depth)), depth))
        return f"{{ {' '.join(parts)} }}"

    def fields(self, kind: Composite, depth: int) -> list[str]:
        shallow = depth <= 1 or self.used >= MOST_FIELDS
        return [
            name
            for name, found in sorted(kind.fields.items())
            if not shallow or not is_composite_type(get_named_type(found.type)) or _is_step(name)
        ] or ["__typename"]

    def inline(self, kind: Composite, depth: int) -> str:
        on = self.one_of([kind, kind, *_overlapping(kind)])
        condition = "" if on is kind and self.by_chance(2) else f"on {on.name}"
        return f"... {condition}{self.directive()} {self.selection(on, depth)}"

    def spread(self, kind: Composite, depth: int) -> str:
        on = self.one_of([kind, kind, *_overlapping(kind)])
        name = f"{self.prefix}F{len(self.fragments)}"
        self.fragments.append("")
        place = len(self.fragments) - 1
        self.fragments[place] = f"fragment {name} on {on.name} {self.selection(on, depth)}"
        again = f" ...{name}" if self.by_chance(3) else ""
        return f"...{name}{self.directive()}{again}"

    def field(self, kind: Composite, name: str, depth: int) -> str:
        self.used += 1
        if name == "__typename":
            return name
        found = kind.fields[name]
        arguments = self.arguments(found.args)
        # A field that takes arguments has a name of its own each time: two pages of one list do not merge.
        alias = f"{self.one_of(('x', 'class', 'None', 'c_id', name))}_{self.prefix}{self.used}: "
        shown = f"{alias if found.args or self.by_chance(5) else ''}{name}{arguments}{self.directive()}"
        below = get_named_type(found.type)
        if not is_composite_type(below):
            return shown
        steps = _is_step(name) or is_list_type(get_nullable_type(found.type))
        return f"{shown} {self.selection(below, depth if steps and self.used < MOST_FIELDS else depth - 1)}"

    def arguments(self, arguments: Mapping[str, GraphQLArgument]) -> str:
        given = []
        for name, argument in arguments.items():
            # Lists are nearly always asked for short: thousands of cases are to be run.
            if is_required_argument(argument) or self.by_chance(5) != (name == "first"):
                given.append(f"{name}: {self.given(name, argument.type)}")
        return f"({', '.join(given)})" if given else ""

    def given(self, name: str, kind: GraphQLInputType) -> str:
        """A literal or a variable."""
        if not self.by_chance(3):
            return self.literal(self.value(name, kind), kind)
        variable = f"{self.prefix}v{len(self.declared)}"
        default = ""
        if not is_non_null_type(kind) and self.by_chance(3):
            default = f" = {self.literal(self.value(name, kind), kind)}"
        self.declared.append(f"${variable}: {kind}{default}")
        for values in self.variables:
            if is_non_null_type(kind) or not self.by_chance(3):
                values[variable] = UNFIT if self.by_chance(40) else self.value(name, kind)
        return f"${variable}"

    def value(self, name: str, kind: GraphQLInputType) -> Any:
        if is_non_null_type(kind):
            return self.something(name, kind.of_type)
        return None if self.by_chance(6) else self.something(name, kind)

    def something(self, name: str, kind: Any) -> Any:
        if is_list_type(kind):
            if self.by_chance(4):
                return self.value(name, kind.of_type)
            return [self.value(name, kind.of_type) for _ in range(self.number(0, 3))]
        if isinstance(kind, GraphQLEnumType):
            return self.one_of(list(kind.values))
        if isinstance(kind, GraphQLInputObjectType):
            if (forms := self.pool.get(kind.name)) and not self.by_chance(6):
                return self.retouched(self.one_of(forms), kind)
            return {
                inner: self.value(inner, found.type)
                for inner, found in kind.fields.items()
                if is_required_input_field(found) or self.by_chance(4)
            }
        pool = self.pool.get(name) or self.pool.get(kind.name) or ()
        return self.one_of([*pool, *(VALUES.get(name) or VALUES.get(kind.name) or VALUES["String"])])

    def retouched(self, form: Mapping[str, Any], kind: GraphQLInputObjectType) -> dict[str, Any]:
        """A form that is right, but for what is drawn in its places."""
        return {
            name: self.value(name, kind.fields[name].type) if value is DRAWN or self.by_chance(20) else value
            for name, value in form.items()
        }

    def literal(self, value: Any, kind: Any) -> str:
        kind = get_nullable_type(kind)
        if isinstance(value, list):
            return f"[{', '.join(self.literal(item, kind.of_type) for item in value)}]"
        if is_list_type(kind) and value is not None:
            return self.literal(value, kind.of_type)
        if isinstance(value, dict):
            parts = [f"{name}: {self.literal(found, kind.fields[name].type)}" for name, found in value.items()]
            return f"{{{', '.join(parts)}}}"
        return value if value is not None and isinstance(kind, GraphQLEnumType) else orjson.dumps(value).decode()

    def directive(self) -> str:
        if not self.by_chance(6):
            return ""
        name = self.one_of(("include", "skip"))
        if self.by_chance(3):
            return f" @{name}(if: {self.one_of(('true', 'false'))})"
        variable = f"{self.prefix}d{len(self.declared)}"
        default = self.one_of(("!", "!", " = true", " = false"))
        self.declared.append(f"${variable}: Boolean{default}")
        for values in self.variables:
            if default == "!":
                values[variable] = self.by_chance(2)
            elif not self.by_chance(3):
                # A null is an error, whatever the default, and whatever plans there are.
                values[variable] = self.one_of((True, False, None))
        return f" @{name}(if: ${variable})"


@st.composite
def operations(draw: Callable[..., Any], pool: Pool) -> Operation:
    """Operations over the whole of the type Query.

    Args:
        draw: Hypothesis's.
        pool: Ids and cursors that exist.
    """

    def number(low: int, high: int) -> int:
        return draw(st.integers(low, high))

    writer = _Writer(number, pool, "A")
    texts = [writer.query()]
    if writer.by_chance(5):
        texts.append(_Writer(number, pool, "B").query())
    return Operation(" ".join(texts), "A", writer.variables)


def mutation(random: Random, pool: Pool) -> Operation:
    """An operation over the whole of the type Mutation.

    Args:
        random: Draws evenly: hypothesis prefers what is alike and small, of which little can be done.
        pool: Ids that exist, and forms without a fault by the name of their input.
    """
    writer = _Writer(random.randint, pool, "A")
    return Operation(writer.mutation(), "A", writer.variables)


def _input_of(field: GraphQLField) -> str:
    return next((get_named_type(argument.type).name for argument in field.args.values()), "")


def _is_step(name: str) -> bool:
    # A connection and its edges are steps on the way to rows, not rows.
    return name in ("edges", "nodes", "node", "pageInfo")


def _overlapping(kind: Composite) -> list[Composite]:
    if isinstance(kind, GraphQLInterfaceType):
        return sorted(served().get_possible_types(kind), key=lambda found: found.name)
    return list(kind.interfaces)
