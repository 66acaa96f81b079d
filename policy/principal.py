"""Who is asking, as far as decisions need to know."""

from dataclasses import dataclass, field
from uuid import UUID

from policy.vocabulary import Cloud, PartnerKind, Permission, PrincipalKind, ProgramStatus, Role


@dataclass(frozen=True, slots=True)
class Standing:
    """What decides permissions. Hashable: callers of equal standing share one set of decisions.

    Attributes:
        kind: Partner user, partner application or customer user.
        cloud: The cloud of the caller's tenant.
        roles: The caller's roles; empty for applications and customer users.
        scopes: What the token narrows a user to, or gives an application; None where it narrows nothing.
        partner_kinds: Kinds of the caller's partner; empty for customer users.
        program_status: Status of the caller's partner; None for customer users.
        is_customer_admin: Whether a customer user is its company's global admin.
    """

    kind: PrincipalKind
    cloud: Cloud
    roles: frozenset[Role] = frozenset()
    scopes: frozenset[Permission] | None = None
    partner_kinds: frozenset[PartnerKind] = frozenset()
    program_status: ProgramStatus | None = None
    is_customer_admin: bool = False
    _hash: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Works the hash out once: every request looks its plan up by it."""
        roles = (self.roles, self.scopes, self.partner_kinds)
        object.__setattr__(self, "_hash", hash((self.kind, self.cloud, *roles, self.program_status)))

    def __hash__(self) -> int:
        """The hash that was worked out."""
        return self._hash


@dataclass(frozen=True, slots=True)
class Principal:
    """An authenticated caller with exactly one home tenant in one cloud.

    Attributes:
        standing: What decides its permissions.
        tenant_id: The home tenant: a partner's, or a customer's for a customer user.
        actor_id: The user's object id, or the application's client id.
        name: The sign-in name, or the application's name; this is what the activity log shows.
        mfa: Whether the sign-in used multi-factor authentication; False for applications.
        country: The partner's country; None for customer users.
        is_sandbox: Whether the partner's account is an integration sandbox.
        client_id: The application that asks, in a user's name or its own; None where the token does not say.
        kind: Partner user, partner application or customer user.
        cloud: The cloud of the home tenant; nothing the caller does leaves it.
    """

    standing: Standing
    tenant_id: UUID
    actor_id: UUID
    name: str
    mfa: bool = False
    country: str | None = None
    is_sandbox: bool = False
    client_id: str | None = None
    kind: PrincipalKind = field(init=False, repr=False, compare=False)
    cloud: Cloud = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Takes what is asked for most from the standing: properties would be a call of Python's each time."""
        object.__setattr__(self, "kind", self.standing.kind)
        object.__setattr__(self, "cloud", self.standing.cloud)

    @property
    def partner_id(self) -> UUID | None:
        """The home tenant of a partner's principal; None for a customer user."""
        return None if self.kind is PrincipalKind.CUSTOMER_USER else self.tenant_id

    @property
    def customer_id(self) -> UUID | None:
        """The home tenant of a customer user; None for a partner's principal."""
        return self.tenant_id if self.kind is PrincipalKind.CUSTOMER_USER else None

    @property
    def is_customer_admin(self) -> bool:
        """Whether this is a customer's user and its company's global admin."""
        return self.standing.is_customer_admin
