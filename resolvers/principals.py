"""From the claims of a verified token to the principal, by what the database knows now."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, and_, bindparam, select
from sqlmodel import col

from models import CustomerUser, Partner, PartnerApp, PartnerUser, RoleAssignment
from models.base import stored
from policy.principal import Principal, Standing
from policy.vocabulary import Cloud, PartnerKind, Permission, PrincipalKind, ProgramStatus, Role
from resolvers.visibility import Rows

Read = Callable[[Rows, Mapping[str, Any]], Awaitable[Sequence[Any]]]

cloud = bindparam("cloud", type_=stored(Cloud, "cloud"))
tenant = bindparam("tenant", type_=Uuid())
actor = bindparam("actor", type_=Uuid())


@dataclass(frozen=True, slots=True)
class Identity:
    """What a verified token says.

    Attributes:
        cloud: The cloud of its issuer.
        tenant_id: The tenant that signed in.
        actor_id: The user, or the application where it acts alone.
        app_only: Whether there is no user.
        mfa: Whether the sign-in used multi-factor authentication.
        scopes: The permissions that it names; None where it names none and narrows nothing.
        client_id: The application that it was issued to; None where it does not say.
    """

    cloud: Cloud
    tenant_id: UUID
    actor_id: UUID
    app_only: bool
    mfa: bool
    scopes: frozenset[Permission] | None
    client_id: str | None = None
    _hash: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Works the hash out once: every request looks its principal up by it."""
        object.__setattr__(self, "_hash", hash((self.cloud, self.tenant_id, self.actor_id, self.mfa, self.scopes)))

    def __hash__(self) -> int:
        """The hash that was worked out."""
        return self._hash


async def find_principal(read: Read, identity: Identity) -> Principal | None:
    """The principal; None where tenant, user or application is unknown or disabled.

    Args:
        read: Runs a statement; its rows have their columns as attributes.
        identity: What the token says.
    """
    if identity.app_only:
        return await _partner_app(read, identity)
    return await _partner_user(read, identity) or await _customer_user(read, identity)


def _asked(identity: Identity) -> dict[str, Any]:
    return {"cloud": identity.cloud, "tenant": identity.tenant_id, "actor": identity.actor_id}


@cache
def _partner_users() -> Rows:
    return (
        _partners()
        .add_columns(col(PartnerUser.sign_in_name), col(RoleAssignment.role))
        .join(
            PartnerUser,
            and_(col(PartnerUser.cloud) == col(Partner.cloud), col(PartnerUser.partner_id) == col(Partner.id)),
        )
        .outerjoin(
            RoleAssignment,
            and_(
                col(RoleAssignment.cloud) == col(PartnerUser.cloud),
                col(RoleAssignment.partner_id) == col(PartnerUser.partner_id),
                col(RoleAssignment.user_id) == col(PartnerUser.id),
            ),
        )
        .where(col(PartnerUser.id) == actor, col(PartnerUser.is_enabled).is_(True))
    )


async def _partner_user(read: Read, identity: Identity) -> Principal | None:
    rows = await read(_partner_users(), _asked(identity))
    if not rows:
        return None
    roles = frozenset(row.role for row in rows if row.role is not None)
    return _of_partner(rows[0], identity, PrincipalKind.PARTNER_USER, rows[0].sign_in_name, roles, identity.scopes)


@cache
def _partner_apps() -> Rows:
    return (
        _partners()
        .add_columns(col(PartnerApp.name))
        .join(
            PartnerApp,
            and_(col(PartnerApp.cloud) == col(Partner.cloud), col(PartnerApp.partner_id) == col(Partner.id)),
        )
        .where(col(PartnerApp.id) == actor, col(PartnerApp.is_enabled).is_(True))
    )


async def _partner_app(read: Read, identity: Identity) -> Principal | None:
    row = next(iter(await read(_partner_apps(), _asked(identity))), None)
    if row is None:
        return None
    scopes = identity.scopes or frozenset()
    return _of_partner(row, identity, PrincipalKind.PARTNER_APP, row.name, frozenset(), scopes)


@cache
def _customer_users() -> Rows:
    return select(col(CustomerUser.sign_in_name), col(CustomerUser.is_global_admin)).where(
        col(CustomerUser.cloud) == cloud,
        col(CustomerUser.customer_id) == tenant,
        col(CustomerUser.id) == actor,
        col(CustomerUser.is_enabled).is_(True),
    )


async def _customer_user(read: Read, identity: Identity) -> Principal | None:
    row = next(iter(await read(_customer_users(), _asked(identity))), None)
    if row is None:
        return None
    return Principal(
        standing=Standing(PrincipalKind.CUSTOMER_USER, identity.cloud, is_customer_admin=bool(row.is_global_admin)),
        tenant_id=identity.tenant_id,
        actor_id=identity.actor_id,
        name=row.sign_in_name,
        mfa=identity.mfa,
        client_id=identity.client_id,
    )


def _partners() -> Rows:
    return (
        select(
            col(Partner.kinds),
            col(Partner.program_status),
            col(Partner.country),
            col(Partner.is_sandbox),
        )
        .select_from(Partner)
        .where(col(Partner.cloud) == cloud, col(Partner.id) == tenant)
    )


def _of_partner(
    row: Any,  # noqa: ANN401 - a row of `_partners`
    identity: Identity,
    kind: PrincipalKind,
    name: str,
    roles: frozenset[Role],
    scopes: frozenset[Permission] | None,
) -> Principal:
    standing = Standing(
        kind=kind,
        cloud=identity.cloud,
        roles=roles,
        scopes=scopes,
        partner_kinds=frozenset(PartnerKind(value) for value in row.kinds),
        program_status=ProgramStatus(row.program_status),
    )
    return Principal(
        standing=standing,
        tenant_id=identity.tenant_id,
        actor_id=identity.actor_id,
        name=name,
        mfa=identity.mfa and kind is PrincipalKind.PARTNER_USER,
        country=row.country,
        is_sandbox=row.is_sandbox,
        client_id=identity.client_id,
    )
