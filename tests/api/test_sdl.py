"""The schema that is served, its committed SDL, and the contract: nothing is narrowed (conventions: Names)."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    build_schema,
    is_specified_scalar_type,
    print_ast,
)
from typer.testing import CliRunner

from clientela.cli.main import app
from tests.api.selections import served

HERE = Path(__file__).parent
COMMITTED = HERE.parent.parent / "docs" / "schema.graphql"


@cache
def contract() -> GraphQLSchema:
    """The contract as it was agreed on, and what was added to it since, checked in as data."""
    return build_schema("".join((HERE / f"{name}.graphql").read_text("utf-8") for name in ("contract", "additions")))


def requirement(field: GraphQLField) -> list[str]:
    """The permission that a field names, as the SDL writes it."""
    return [print_ast(found) for found in (field.ast_node.directives or ())] if field.ast_node else []


def promises(schema: GraphQLSchema) -> Iterator[tuple[str, str]]:
    """Everything a client can rely on: a name and what is said of it."""
    for name, kind in schema.type_map.items():
        if name.startswith("__") or is_specified_scalar_type(kind):
            continue
        yield name, type(kind).__name__
        if isinstance(kind, GraphQLEnumType):
            yield from ((f"{name}.{value}", "value") for value in kind.values)
        elif isinstance(kind, GraphQLInputObjectType):
            yield from (
                (f"{name}.{key}", f"{field.type}, {print_default(field.ast_node)}")
                for key, field in kind.fields.items()
            )
        elif isinstance(kind, GraphQLObjectType | GraphQLInterfaceType):
            yield from ((f"{name} implements", interface.name) for interface in kind.interfaces)
            for key, field in kind.fields.items():
                yield f"{name}.{key}", str(field.type)
                yield from ((f"{name}.{key} requires", permission) for permission in requirement(field))
                for argument, value in field.args.items():
                    yield f"{name}.{key}({argument})", f"{value.type}, {print_default(value.ast_node)}"


def print_default(node: object) -> str:
    """A default as it is written; nothing where there is none."""
    default = getattr(node, "default_value", None)
    return f"= {print_ast(default)}" if default else "no default"


def test_the_committed_sdl_is_what_the_command_prints():
    """Issue G: a change of the SDL is a reviewed change. Write it anew: `clientela schema > docs/schema.graphql`."""
    printed = CliRunner().invoke(app, ["schema"])
    assert printed.exit_code == 0, printed.output
    assert COMMITTED.read_text("utf-8") == printed.stdout


def test_what_is_served_stands_in_the_contract_to_the_letter():
    """Types, fields, arguments, nullability, defaults, enum values, interfaces and permissions."""
    agreed = dict(promises(contract()))
    found = dict(promises(served()))
    assert len(found) > 300
    # What a payload shows is guarded here, too: a token may be narrowed to writing (docs/decisions/0014).
    extended = {name for name in found if re.fullmatch(r"\w+Payload\.\w+ requires", name)}
    assert {name: said for name, said in found.items() if agreed.get(name) != said and name not in extended} == {}


def test_a_field_that_is_served_has_all_its_arguments_and_keeps_its_permission():
    """Nothing is narrowed: an argument, an input field or a guard of the contract may not be missing."""
    found = dict(promises(served()))
    missing = []
    for name, _ in promises(contract()):
        owner = re.split(r"\(| requires| implements", name)[0]
        of_input = isinstance(served().type_map.get(name.partition(".")[0]), GraphQLInputObjectType)
        if ((owner != name and owner in found) or of_input) and name not in found:
            missing.append(name)
    assert missing == []


@pytest.mark.parametrize("name", ["Permission", "Role", "Cloud", "PartnerKind", "ProgramStatus", "Requirement"])
def test_enums_of_the_policy_are_whole(name: str):
    """A value that no client can name could not be explained either."""
    ours, agreed = served().type_map[name], contract().type_map[name]
    assert isinstance(ours, GraphQLEnumType)
    assert isinstance(agreed, GraphQLEnumType)
    assert set(ours.values) == set(agreed.values)


def test_a_guard_is_written_into_the_description_too():
    """conventions: the required permission is appended to the description by the code that checks it."""
    for kind in served().type_map.values():
        if isinstance(kind, GraphQLObjectType) and not kind.name.startswith("__"):
            for key, field in kind.fields.items():
                for needed in requirement(field):
                    permission = needed.partition("permission: ")[2].rstrip(")")
                    assert f"Requires `{permission}`" in (field.description or ""), f"{kind.name}.{key}"
