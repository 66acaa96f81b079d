"""One declaration a field: who may select it. It guards, it writes the description's last line and the directive."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from functools import cache
from typing import Any, TypeVar

import strawberry
from strawberry.permission import BasePermission
from strawberry.schema_directive import Location

import schema.enums  # noqa: F401 - marks our enums before the first type uses one
from execution.ledger import REPLAYED
from execution.links import LINK, Link, resolver_of
from policy.decisions import (
    Denied,
    decide,
    require_capability,
    require_customer,
    require_customer_admin,
    words,
)
from policy.rules import policy
from policy.vocabulary import Permission, PrincipalKind

ACCESS = "access"
ResolverT = TypeVar("ResolverT", bound=Callable[..., Any])


class Access(Enum):
    """The explicit mark of a field that needs no permission of its own."""

    PUBLIC = "public"
    CUSTOMERS = "customers"
    CUSTOMER_ADMINS = "customer_admins"


PUBLIC = Access.PUBLIC
"""Every authenticated principal that reached the object may select the field."""

# What is a customer's to decide no permission gives: permissions are partners' (permissions.md 3).
CUSTOMERS = Access.CUSTOMERS
"""A customer's own people; what more it takes, the command says."""
CUSTOMER_ADMINS = Access.CUSTOMER_ADMINS
"""A customer's global admin."""

_CUSTOMERS_AFFAIRS = {
    CUSTOMERS: (require_customer, "For a customer's own people."),
    CUSTOMER_ADMINS: (require_customer_admin, "For a customer's global admin."),
}


@dataclass(frozen=True, slots=True)
class OfPartners:
    """A permission that a partner's principal needs; a customer's people need none for what is their company's.

    Attributes:
        permission: What a partner's principal must hold.
    """

    permission: Permission


@strawberry.schema_directive(
    locations=[Location.FIELD_DEFINITION],
    name="requires",
    description=(
        "The permission that the principal must hold to select the field or call the mutation. "
        "Also stated in the description, where GraphiQL shows it."
    ),
)
class Requires:
    """The permission that a field needs, for programs that read the SDL."""

    permission: Permission = strawberry.directive_field(name="permission")


@cache
def requires(
    permission: Permission, *, of_partners: bool = False, capability: str | None = None
) -> type[BasePermission]:
    """The permission class of a permission, made once.

    Args:
        permission: What the principal must hold.
        capability: What the cloud must also have; None for nothing more.
        of_partners: Whether customers' people need nothing.
    """

    class Guard(BasePermission):
        """Denies what the policy denies; whether an object is the viewer's is the visibility SELECT's affair."""

        def has_permission(self, source: Any, info: strawberry.Info[Any, Any], **_: Any) -> bool:  # noqa: ANN401 - Strawberry's signature
            """Lets the principal through, or raises the denial that says why not."""
            standing = info.context.principal.standing
            if of_partners and standing.kind is PrincipalKind.CUSTOMER_USER:
                return True
            decision = decide(standing, permission, capability)
            if not decision.granted:
                raise Denied(decision)
            return True

    Guard.__name__ = f"Requires{permission.name}"
    return Guard


@cache
def customers_affair(access: Access, capability: str | None = None) -> type[BasePermission]:
    """The permission class of a field that is a customer's affair.

    Args:
        access: CUSTOMERS or CUSTOMER_ADMINS.
        capability: What the cloud must have; None for nothing.
    """
    require, _ = _CUSTOMERS_AFFAIRS[access]

    class Guard(BasePermission):
        """Denies partners' principals, and customers' people where it takes an admin."""

        def has_permission(self, source: Any, info: strawberry.Info[Any, Any], **_: Any) -> bool:  # noqa: ANN401 - Strawberry's signature
            """Lets the principal through, or raises the denial that says why not."""
            require(info.context.principal)
            if capability is not None:
                require_capability(info.context.principal, capability)
            return True

    Guard.__name__ = f"For_{access.value}"
    return Guard


def field(
    access: Permission | OfPartners | Access,
    description: str,
    *,
    name: str | None = None,
    link: Link | None = None,
    resolver: Any = None,  # noqa: ANN401 - whatever Strawberry takes for a resolver
    capability: str | None = None,
    replayed: Any = strawberry.UNSET,  # noqa: ANN401 - a value of the field's type
) -> Any:  # noqa: ANN401 - as strawberry.field: it stands for a value of the field's type
    """A field with its guard. Without link or resolver its value is the object's attribute of the same name.

    Args:
        access: The permission it needs, of everybody or of partners' principals only; or PUBLIC,
            or whose affair of a customer it is.
        description: For a front-end developer; the needed permission is added.
        name: The name in GraphQL where it is not the attribute's.
        link: Leads to rows.
        resolver: Gives the value by itself; see `computed`.
        capability: What the cloud must have beside what the permission asks for; None for nothing more.
        replayed: Of a payload: the value where the answer is told again under its idempotency key, if another.
    """
    declared: dict[Any, Any] = {ACCESS: access, LINK: link}
    if replayed is not strawberry.UNSET:
        declared[REPLAYED] = replayed
    if link is not None:
        resolver = resolver_of(link)
    if access is PUBLIC:
        return strawberry.field(resolver=resolver, name=name, description=description, metadata=declared)
    if isinstance(access, Access):
        return strawberry.field(
            resolver=resolver,
            name=name,
            description=f"{description}\n\n{_CUSTOMERS_AFFAIRS[access][1]}",
            permission_classes=[customers_affair(access, capability)],
            metadata=declared,
        )
    of_partners = isinstance(access, OfPartners)
    permission = access.permission if isinstance(access, OfPartners) else access
    roles = words(tuple(role.name for role in policy().permissions[permission].grants))
    customers = " A customer's own people need none." if of_partners else ""
    return strawberry.field(
        resolver=resolver,
        name=name,
        description=f"{description}\n\nRequires `{permission.name}`: {roles}.{customers}",
        permission_classes=[requires(permission, of_partners=of_partners, capability=capability)],
        directives=[Requires(permission=permission)],
        metadata=declared,
    )


def computed(
    access: Permission | Access, description: str, *, capability: str | None = None
) -> Callable[[ResolverT], ResolverT]:
    """A field with its guard, whose value the decorated function computes without reading anything."""
    decorate: Callable[[ResolverT], ResolverT] = field(access, description, capability=capability)
    return decorate
