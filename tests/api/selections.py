"""Selections of an object's fields, drawn from the schema itself: what a front-end developer may come up with."""

from functools import cache

from graphql import GraphQLField, GraphQLObjectType, GraphQLSchema, build_schema, get_named_type, is_list_type
from graphql.type import get_nullable_type
from hypothesis import strategies as st

from schema.build import build_schema as build_ours

DEPTH = 4
# What a field of the schema is asked with, where it takes arguments.
ARGUMENTS = {
    "activity": "(first: 3)",
    "resellers": "(first: 2)",
    "subscriptions": "(first: 3)",
    "agreements": "(type: null)",
    "viewerCan": "(permission: CUSTOMER_READ)",
}


@cache
def served() -> GraphQLSchema:
    """The schema that is served, as its SDL has it."""
    return build_schema(build_ours().as_str())


def selections(name: str) -> st.SearchStrategy[str]:
    """Texts that select at least one field of a type, nested fields of every kind included."""
    return _selection(_object(name), DEPTH)


def whole(name: str, depth: int = DEPTH) -> str:
    """The text that selects everything, as deep as selections go."""
    parts = []
    for field_name, field in _fields(_object(name), depth).items():
        below = get_named_type(field.type)
        deeper = whole(below.name, depth - 1) if isinstance(below, GraphQLObjectType) else ""
        parts.append(f"{field_name}{ARGUMENTS.get(field_name, '')} {deeper}")
    return "{ " + " ".join(parts) + " }"


def _object(name: str) -> GraphQLObjectType:
    found = served().type_map[name]
    assert isinstance(found, GraphQLObjectType)
    return found


def _fields(kind: GraphQLObjectType, depth: int) -> dict[str, GraphQLField]:
    deep = [name for name, field in kind.fields.items() if isinstance(get_named_type(field.type), GraphQLObjectType)]
    return {name: field for name, field in kind.fields.items() if depth > 1 or name not in deep}


def _selection(kind: GraphQLObjectType, depth: int) -> st.SearchStrategy[str]:
    fields = _fields(kind, depth)
    chosen = st.lists(st.sampled_from(sorted(fields)), min_size=1, max_size=5, unique=True)
    return chosen.flatmap(lambda names: _texts(fields, names, depth))


def _texts(fields: dict[str, GraphQLField], names: list[str], depth: int) -> st.SearchStrategy[str]:
    parts = [_text(fields[name], name, depth) for name in names]
    return st.tuples(*parts).map(lambda texts: "{ " + " ".join(texts) + " }")


def _text(field: GraphQLField, name: str, depth: int) -> st.SearchStrategy[str]:
    asked = f"{name}{ARGUMENTS.get(name, '')}"
    below = get_named_type(field.type)
    if not isinstance(below, GraphQLObjectType):
        return st.just(asked)
    # A connection and its edges are steps on the way to rows, not rows.
    steps = name in ("edges", "nodes", "node") or is_list_type(get_nullable_type(field.type))
    return _selection(below, depth if steps else depth - 1).map(lambda text: f"{asked} {text}")
