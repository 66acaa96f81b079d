"""Roles and what they grant, for a client that explains itself."""

import strawberry

from policy.rules import policy
from policy.vocabulary import Permission, Role, RoleKind
from schema.access import PUBLIC, field


@strawberry.type(description="A permission that a role grants.")
class RoleGrant:
    """One cell of the matrix."""

    permission: Permission = field(PUBLIC, "What may be done.")
    condition: str | None = field(PUBLIC, "Null, or what must also hold, e.g. 'only requests that you created'.")


@strawberry.type(description="A role and everything that it grants.")
class RoleDefinition:
    """One column of the matrix."""

    role: Role = field(PUBLIC, "The role.")
    kind: RoleKind = field(
        PUBLIC, "DIRECTORY roles manage the tenant, PROGRAM roles the reseller business, BUSINESS roles neither."
    )
    description: str = field(PUBLIC, "What the role is for.")
    grants: list[RoleGrant] = field(PUBLIC, "What it grants, in the order of the permissions.")


def role_definitions() -> list[RoleDefinition]:
    """All roles, as the policy has them."""
    rules = policy()
    return [
        RoleDefinition(
            role=role,
            kind=rule.kind,
            description=rule.description,
            grants=[
                RoleGrant(permission=name, condition=_words(permission.grants[role]))
                for name, permission in rules.permissions.items()
                if role in permission.grants
            ],
        )
        for role, rule in rules.roles.items()
    ]


def _words(condition: str | None) -> str | None:
    return None if condition is None else policy().conditions[condition]
