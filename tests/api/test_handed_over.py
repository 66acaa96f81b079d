"""Every field of the schema runs by plan, or stands here with the reason why the executor runs it.

Documents are made from the schema: a new field that is handed over fails until it can be planned or is listed.
"""

from collections import deque
from collections.abc import Iterable
from typing import Any
from uuid import uuid4

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLScalarType,
    get_named_type,
    is_composite_type,
    is_list_type,
    is_required_argument,
)

from resolvers.global_ids import ObjectKind
from tests.api.selections import served
from tests.clients import Api

PEOPLE = ("global-admin@litware", "admin-agent@fabrikam", "customer-admin@alpineskihouse")
HANDED_OVER = {
    # Resolvers that read by themselves: a search over three tables, and invitations by their secret tokens.
    "Query.domainAvailability": "Field: DomainAvailability reads by itself",
    "Query.partnershipPreview": "Field: PartnershipPreview reads by itself",
    "Query.relationshipRequestPreview": "Field: RelationshipRequestPreview reads by itself",
}
"""Fields that the executor runs, with the planner's word for it."""

REFUSED = "Denied"
"""A list that this person has no right to, found out with its arguments: there is nothing but an error to answer."""

BY_NAME: dict[str, Any] = {
    **dict.fromkeys(("since", "until", "last", "after", "before")),
    "first": 2,
    "search": "a",
    "operation": ["add_customer"],
    "resourceType": ["customer"],
}
BY_TYPE: dict[str, Any] = {
    "ID": "customer_" + "0" * 32,
    "String": "wingtip",
    "Int": 1,
    "Boolean": True,
    "EmailAddress": "someone@example.com",
    "URL": "https://example.com",
    "DomainName": "wingtip",
    "CultureCode": "it-IT",
    "CountryCode": "IT",
    "DateTime": "2026-01-31T09:30:00Z",
    "UUID": "0198c1d2-e3f4-7506-8708-90a0b0c0d0e0",
}
Path = tuple[tuple[str, str], ...]


def example(name: str, kind: GraphQLInputType) -> Any:
    """A value for an argument or a field of an input; lists hold one."""
    named = get_named_type(kind)
    if name in BY_NAME:
        return BY_NAME[name]
    value: Any
    match named:
        case GraphQLEnumType():
            value = next(iter(named.values))
        case GraphQLInputObjectType():
            value = {inner: example(inner, found.type) for inner, found in named.fields.items()}
        case GraphQLScalarType():
            value = BY_TYPE[named.name]
    return [value] if is_list_type(getattr(kind, "of_type", kind)) or is_list_type(kind) else value


class Asked:
    """A document as it is put together: its variables, and their values."""

    def __init__(self, *, whole: bool) -> None:
        self.whole = whole
        self.declared: list[str] = []
        self.values: dict[str, Any] = {}

    def call(self, name: str, found: GraphQLField) -> str:
        """A field with its arguments, all of them or those that must be there."""
        given = []
        for argument, declared in found.args.items():
            if self.whole or is_required_argument(declared):
                variable = f"v{len(self.declared)}"
                self.declared.append(f"${variable}: {declared.type}")
                self.values[variable] = example(argument, declared.type)
                given.append(f"{argument}: ${variable}")
        return f"{name}({', '.join(given)})" if given else name

    def text(self, operation: str, body: str) -> str:
        declared = f"({', '.join(self.declared)})" if self.declared else ""
        return f"{operation}{declared} {body} # {uuid4()}"


def paths(root: GraphQLObjectType) -> dict[str, Path]:
    """The shortest way of fields from a root to each object type, without detours by interfaces."""
    found: dict[str, Path] = {root.name: ()}
    queue = deque([root])
    while queue:
        kind = queue.popleft()
        for name, field in kind.fields.items():
            below = get_named_type(field.type)
            if isinstance(below, GraphQLObjectType) and below.name not in found:
                found[below.name] = (*found[kind.name], (kind.name, name))
                queue.append(below)
    return found


def selected(kind: GraphQLObjectType, name: str, asked: Asked) -> str:
    """A field of a type, and of what is below it just the type."""
    below = " { __typename }" if is_composite_type(get_named_type(kind.fields[name].type)) else ""
    return asked.call(name, kind.fields[name]) + below


def document(root: GraphQLObjectType, path: Path, names: Iterable[str], asked: Asked) -> str:
    """The text that selects these fields at the end of a path."""
    kind, opened = root, []
    way = Asked(whole=False)
    way.declared, way.values = asked.declared, asked.values
    for _, name in path:
        opened.append(f"{{ {way.call(name, kind.fields[name])}")
        kind = get_named_type(kind.fields[name].type)  # type: ignore[assignment] # paths go by object types
    inner = " ".join(selected(kind, name, asked) for name in names)
    return f"{' '.join(opened)} {{ {inner} }}{' }' * len(opened)}"


async def reason(api: Api, person: str, operation: str, path: Path, names: Iterable[str], *, whole: bool) -> str | None:
    """Why the document's second run was not by plan; None where it was."""
    root = served().query_type if operation == "query" else served().mutation_type
    assert root is not None
    asked = Asked(whole=whole)
    text = asked.text(operation, document(root, path, names, asked))
    before, ran = api.planner.handed_over.copy(), api.planner.ran
    for _ in range(2):
        answer = await api.ask(person, text, **asked.values)
        assert "data" in answer.body, (text, answer.body)
    if api.planner.ran == ran + 1:
        return None
    (why,) = api.planner.handed_over - before
    return None if why == REFUSED and answer.errors else why


async def reads(api: Api, person: str, *, whole: bool) -> dict[str, str]:
    """The fields that are handed over for a person, and why; nothing below them is looked at."""
    query = served().query_type
    assert query is not None
    handed_over: dict[str, str] = {}
    for kind, path in paths(query).items():
        fields = served().type_map[kind].fields  # type: ignore[attr-defined] # an object type
        if any(".".join(step) in handed_over for step in path):
            continue
        if await reason(api, person, "query", path, fields, whole=whole) is not None:
            for name in fields:
                if why := await reason(api, person, "query", path, [name], whole=whole):
                    handed_over[f"{kind}.{name}"] = why
    return handed_over


@pytest.mark.parametrize("whole", [False, True], ids=["few arguments", "all arguments"])
async def test_every_read_runs_by_plan(api: Api, whole: bool):
    found: dict[str, str] = {}
    for person in PEOPLE:
        found |= await reads(api, person, whole=whole)
    assert found == HANDED_OVER


async def test_every_type_of_node_runs_by_plan(api: Api):
    node = served().type_map["Node"]
    assert isinstance(node, GraphQLInterfaceType)
    ids = [f"{kind.value}_{'0' * 32}" for kind in ObjectKind]
    assert len(ids) == len(served().get_possible_types(node))
    asked = Asked(whole=False)
    parts = []
    for kind in served().get_possible_types(node):
        fields = [f"{kind.name}_{name}: {selected(kind, name, asked)}" for name in kind.fields]
        parts.append(f"... on {kind.name} {{ {' '.join(fields)} }}")
    asked.declared.append("$ids: [ID!]!")
    text = asked.text("query", f"{{ nodes(ids: $ids) {{ {' '.join(parts)} }} }}")
    ran = api.planner.ran
    for _ in range(2):
        (await api.ask(PEOPLE[0], text, ids=ids, **asked.values)).ok()
    assert api.planner.ran == ran + 1, api.planner.handed_over


async def test_every_mutation_runs_by_plan(api: Api):
    mutation = served().mutation_type
    assert mutation is not None
    handed_over = {}
    for name, field in mutation.fields.items():
        payload = get_named_type(field.type).fields  # type: ignore[union-attr] # an object type
        if why := await reason(api, PEOPLE[0], "mutation", (("Mutation", name),), payload, whole=False):
            handed_over[name] = why
    assert handed_over == {}
