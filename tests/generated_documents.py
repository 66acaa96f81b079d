"""The parts of the documents that are made from what they describe."""

import re
from collections.abc import Callable
from pathlib import Path

from annotated_types import Ge, Le
from graphql import GraphQLObjectType
from pydantic.fields import FieldInfo

from clientela.settings import IssuerSettings, Settings
from policy.rules import PermissionRule, policy
from policy.vocabulary import Cloud, Permission
from schema.access import ACCESS
from schema.build import build_schema
from schema.checks import OURS

ROOT = Path(__file__).resolve().parent.parent
PREFIX = Settings.model_config["env_prefix"]
REQUIRED = "required"
LEGEND = """\
An x stands for a grant, a tag for a grant under a condition; roles add up. *App* is an application that acts without a
user. *Only* names the clouds and the kinds of partner that have the permission at all, where not all do. Permissions in
bold guard something in this version; the others are in the policy, and what they guard comes later."""


def generate(name: str, present: str) -> str:
    """A document with its generated parts as they should be.

    Args:
        name: The document's path.
        present: Its text now.
    """
    for part, make in DOCUMENTS[name].items():
        if part == "":
            return make()
        begin, end = f"<!-- generated: {part} -->", "<!-- end -->"
        pattern = re.compile(rf"{begin}.*?{end}", re.DOTALL)
        assert pattern.search(present), f"{name} has no part {part}"
        text = f"{begin}\n\n{make()}\n\n{end}"
        present = pattern.sub(lambda _, text=text: text, present)
    return present


def table(headings: list[str], rows: list[list[str]]) -> str:
    lines = [headings, ["---"] * len(headings), *rows]
    return "\n".join("|" + "|".join(f" {cell} " if cell else " " for cell in line) + "|" for line in lines)


def spoken(name: str) -> str:
    return name.lower().replace("_", " ")


def roles() -> str:
    """The permission matrix with its conditions, as the policy file has it."""
    rules, guarding = policy(), permissions_that_guard()
    rows = [
        [
            f"**{name.name}**" if name in guarding else name.name,
            f"`{rule.scope}`",
            *(rule.grants[role] or "x" if role in rule.grants else "" for role in rules.roles),
            "x" if rule.app_only else "",
            restriction(rule),
        ]
        for name, rule in rules.permissions.items()
    ]
    headings = ["permission", "scope", *(spoken(role.name) for role in rules.roles), "app", "only"]
    people = [[spoken(role.name), spoken(rule.kind.name), rule.description] for role, rule in rules.roles.items()]
    conditions = "\n".join(f"- {tag}: {words}." for tag, words in rules.conditions.items())
    return "\n\n".join((table(["role", "kind", "what it is for"], people), table(headings, rows), LEGEND, conditions))


def restriction(rule: PermissionRule) -> str:
    clouds = policy().capabilities.get(rule.capability or "", frozenset())
    parts = [", ".join(cloud.name for cloud in Cloud if cloud in clouds)]
    parts.append(", ".join(sorted(spoken(kind.name) for kind in rule.partner_kinds)))
    return "; ".join(part for part in parts if part)


def permissions_that_guard() -> set[Permission]:
    kinds = [kind for kind in build_schema()._schema.type_map.values() if isinstance(kind, GraphQLObjectType)]
    ours = [field.extensions.get(OURS) for kind in kinds for field in kind.fields.values()]
    return {access for field in ours if field and isinstance(access := field.metadata.get(ACCESS), Permission)}


def settings() -> str:
    """All settings, with their defaults and what they mean."""
    own = [[f"`{PREFIX}{name.upper()}`", *described(field)] for name, field in Settings.model_fields.items()]
    issuers = [[f"`{name}`", *described(field)] for name, field in IssuerSettings.model_fields.items()]
    return (
        f"{table(['setting', 'default', 'meaning'], own)}\n\n"
        f"Each entry of `{PREFIX}ISSUERS` has:\n\n{table(['key', 'default', 'meaning'], issuers)}"
    )


def described(field: FieldInfo) -> list[str]:
    lowest = next((str(rule.ge) for rule in field.metadata if isinstance(rule, Ge)), None)
    highest = next((str(rule.le) for rule in field.metadata if isinstance(rule, Le)), None)
    limits = f" {lowest} to {highest}." if lowest is not None else ""
    return [default(field), f"{field.description}{limits}"]


def default(field: FieldInfo) -> str:
    if field.is_required():
        return REQUIRED
    written = value(field)
    return f"`{written}`" if written else ""


def value(field: FieldInfo) -> str:
    match field.default:
        case None:
            return ""
        case bool():
            return str(field.default).lower()
        case list():
            return "[" + ", ".join(f'"{entry}"' for entry in field.default) + "]"
        case _:
            return str(field.default)


def example() -> str:
    """A file `.env` with every setting at its default, all of them commented out."""
    parts = [
        f"# {described(field)[1]}\n# {PREFIX}{name.upper()}={value(field)}\n"
        for name, field in Settings.model_fields.items()
    ]
    return "# Every setting, at its default. Copy this file to .env and uncomment what you set.\n\n" + "\n".join(parts)


def codes() -> str:
    """The fault codes with the first paragraph of their pages."""
    folder = ROOT / "docs" / "faults"
    pages = sorted(page for page in folder.glob("*.md") if page.stem != "README")
    return table(
        ["code", "meaning"], [[f"[{page.stem}]({page.name})", page.read_text().split("\n\n")[1]] for page in pages]
    )


DOCUMENTS: dict[str, dict[str, Callable[[], str]]] = {
    "README.md": {"roles": roles, "settings": settings},
    "docs/faults/README.md": {"codes": codes},
    ".env.example": {"": example},
}
"""Which parts of which documents are made; the part "" is the whole document."""
