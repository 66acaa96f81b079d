"""The policy file as typed tables. Changing who may do what means changing a line of `policy.json`, never this code."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from policy.vocabulary import Cloud, PartnerKind, Permission, Role, RoleKind


@dataclass(frozen=True, slots=True)
class PermissionRule:
    """What one permission covers and who holds it.

    Attributes:
        permission: The permission.
        scope: Its name in tokens, e.g. `customer:read`.
        covers: What it allows, in words.
        app_only: Whether an application without a user may hold it.
        capability: The cloud capability it needs; None where every cloud has it.
        partner_kinds: Kinds of partner that may use it; empty for all.
        new_business: Whether a suspended or restricted partner is refused (permissions.md 5.1).
        grants: The condition's tag by role that grants it; None where no condition applies.
    """

    permission: Permission
    scope: str
    covers: str
    app_only: bool
    capability: str | None
    partner_kinds: frozenset[PartnerKind]
    new_business: bool
    grants: Mapping[Role, str | None]


@dataclass(frozen=True, slots=True)
class RoleRule:
    """What one role is."""

    role: Role
    kind: RoleKind
    description: str


@dataclass(frozen=True, slots=True)
class Policy:
    """The whole policy file."""

    roles: Mapping[Role, RoleRule]
    conditions: Mapping[str, str]
    capabilities: Mapping[str, frozenset[Cloud]]
    permissions: Mapping[Permission, PermissionRule]


@cache
def policy() -> Policy:
    """The policy, read once at first use.

    Raises:
        KeyError: The file names a role, permission, cloud or kind that does not exist.
    """
    data = json.loads((files("policy") / "policy.json").read_text("utf-8"))
    return Policy(
        roles={
            Role[name]: RoleRule(Role[name], RoleKind[entry["kind"]], entry["description"])
            for name, entry in data["roles"].items()
        },
        conditions=data["conditions"],
        capabilities={
            name: frozenset(Cloud[cloud] for cloud in clouds) for name, clouds in data["capabilities"].items()
        },
        permissions={
            Permission[name]: PermissionRule(
                permission=Permission[name],
                scope=entry["scope"],
                covers=entry["covers"],
                app_only=entry["app_only"],
                capability=entry.get("capability"),
                partner_kinds=frozenset(PartnerKind[kind] for kind in entry.get("partner_kinds", ())),
                new_business=entry.get("new_business", False),
                grants={Role[role]: condition for role, condition in entry["grants"].items()},
            )
            for name, entry in data["permissions"].items()
        },
    )


def permissions_in(scopes: Iterable[str]) -> frozenset[Permission]:
    """The permissions that a token's scopes name; scopes of other services are passed over.

    Args:
        scopes: Names, e.g. `["customer:read", "openid"]`.
    """
    by_scope = {rule.scope: rule.permission for rule in policy().permissions.values()}
    return frozenset(by_scope[scope] for scope in scopes if scope in by_scope)
