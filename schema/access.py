"""One declaration a field: who may select it. It guards, it writes the description's last line and the directive."""

from collections.abc import Callable
from enum import Enum
from functools import cache
from typing import Any, TypeVar

import strawberry
from strawberry.permission import BasePermission
from strawberry.schema_directive import Location

import schema.enums  # noqa: F401 - marks our enums before the first type uses one
from execution.links import LINK, Link, resolver_of
from policy.decisions import Denied, decide, require_customer, require_customer_admin, words
from policy.rules import policy
from policy.vocabulary import Permission

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
def requires(permission: Permission) -> type[BasePermission]:
    """The permission class of a permission, made once.

    Args:
        permission: What the principal must hold.
    """

    class Guard(BasePermission):
        """Denies what the policy denies; whether an object is the viewer's is the visibility SELECT's affair."""

        def has_permission(self, source: Any, info: strawberry.Info[Any, Any], **_: Any) -> bool:  # noqa: ANN401 - Strawberry's signature
            """Lets the principal through, or raises the denial that says why not."""
            decision = decide(info.context.principal.standing, permission)
            if not decision.granted:
                raise Denied(decision)
            return True

    Guard.__name__ = f"Requires{permission.name}"
    return Guard


@cache
def customers_affair(access: Access) -> type[BasePermission]:
    """The permission class of a field that is a customer's affair.

    Args:
        access: CUSTOMERS or CUSTOMER_ADMINS.
    """
    require, _ = _CUSTOMERS_AFFAIRS[access]

    class Guard(BasePermission):
        """Denies partners' principals, and customers' people where it takes an admin."""

        def has_permission(self, source: Any, info: strawberry.Info[Any, Any], **_: Any) -> bool:  # noqa: ANN401 - Strawberry's signature
            """Lets the principal through, or raises the denial that says why not."""
            require(info.context.principal)
            return True

    Guard.__name__ = f"For_{access.value}"
    return Guard


def field(
    access: Permission | Access,
    description: str,
    *,
    name: str | None = None,
    link: Link | None = None,
    resolver: Any = None,  # noqa: ANN401 - whatever Strawberry takes for a resolver
) -> Any:  # noqa: ANN401 - as strawberry.field: it stands for a value of the field's type
    """A field with its guard. Without link or resolver its value is the object's attribute of the same name.

    Args:
        access: The permission it needs, or PUBLIC, or whose affair of a customer it is.
        description: For a front-end developer; the needed permission is added.
        name: The name in GraphQL where it is not the attribute's.
        link: Leads to rows.
        resolver: Gives the value by itself; see `computed`.
    """
    declared: dict[Any, Any] = {ACCESS: access, LINK: link}
    if link is not None:
        resolver = resolver_of(link)
    if access is PUBLIC:
        return strawberry.field(resolver=resolver, name=name, description=description, metadata=declared)
    if isinstance(access, Access):
        return strawberry.field(
            resolver=resolver,
            name=name,
            description=f"{description}\n\n{_CUSTOMERS_AFFAIRS[access][1]}",
            permission_classes=[customers_affair(access)],
            metadata=declared,
        )
    roles = words(tuple(role.name for role in policy().permissions[access].grants))
    return strawberry.field(
        resolver=resolver,
        name=name,
        description=f"{description}\n\nRequires `{access.name}`: {roles}.",
        permission_classes=[requires(access)],
        directives=[Requires(permission=access)],
        metadata=declared,
    )


def computed(access: Permission | Access, description: str) -> Callable[[ResolverT], ResolverT]:
    """A field with its guard, whose value the decorated function computes without reading anything."""
    decorate: Callable[[ResolverT], ResolverT] = field(access, description)
    return decorate
