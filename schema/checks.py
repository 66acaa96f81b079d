"""The start-up check that nothing is served unguarded or unexplained."""

import strawberry
from graphql import GraphQLEnumType, GraphQLInputObjectType, GraphQLInterfaceType, GraphQLObjectType
from strawberry.types.field import StrawberryField

from schema.access import ACCESS, PUBLIC

OURS = "strawberry-definition"


class SchemaFault(Exception):  # noqa: N818 - a fault in our own schema, for the developer who made it
    """Fields without an access mark, or parts without a description."""


def check_schema(schema: strawberry.Schema) -> None:
    """Walks the whole schema.

    Args:
        schema: The schema.

    Raises:
        SchemaFault: Lists every field without a guard or the mark PUBLIC, every field of Mutation or Subscription
            without a guard, and everything without a description.
    """
    faults = []
    core = schema._schema
    for name, kind in core.type_map.items():
        if name.startswith("__"):
            continue
        if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType):
            faults += _unguarded(name, kind, takes_guard=kind in (core.mutation_type, core.subscription_type))
        faults += _undescribed(name, kind)
    if faults:
        raise SchemaFault("\n".join(faults))


def _unguarded(name: str, kind: GraphQLObjectType | GraphQLInterfaceType, *, takes_guard: bool) -> list[str]:
    faults = []
    for field_name, field in kind.fields.items():
        ours: StrawberryField | None = field.extensions.get(OURS)
        access = ours.metadata.get(ACCESS) if ours else None
        if access is None:
            faults.append(f"{name}.{field_name} has neither a guard nor the mark PUBLIC")
        elif takes_guard and access is PUBLIC:
            faults.append(f"{name}.{field_name} changes or streams data and has no guard")
    return faults


def _undescribed(name: str, kind: object) -> list[str]:
    faults = [] if getattr(kind, "description", None) else [f"{name} has no description"]
    if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType):
        for field_name, field in kind.fields.items():
            parts = {f"{name}.{field_name}": field}
            parts |= {f"{name}.{field_name}({argument})": field.args[argument] for argument in field.args}
            faults += [f"{part} has no description" for part, value in parts.items() if not value.description]
    elif isinstance(kind, GraphQLInputObjectType):
        faults += [f"{name}.{key} has no description" for key, value in kind.fields.items() if not value.description]
    elif isinstance(kind, GraphQLEnumType):
        faults += [f"{name}.{key} has no description" for key, value in kind.values.items() if not value.description]
    return faults
