"""Everything that can be selected, read off the schema itself."""

from functools import cache

from graphql import GraphQLField, GraphQLObjectType, GraphQLSchema, build_schema, get_named_type

from schema.build import build_schema as build_ours

DEPTH = 4
# What a field of the schema is asked with, where it takes arguments.
ARGUMENTS = {
    "activity": "(first: 3)",
    "resellers": "(first: 2)",
    "agreements": "(type: null)",
    "viewerCan": "(permission: CUSTOMER_READ)",
}


@cache
def served() -> GraphQLSchema:
    """The schema that is served, as its SDL has it."""
    return build_schema(build_ours().as_str())


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
