"""The one function that answers "may this principal?" with its reason."""

from dataclasses import dataclass, replace
from functools import lru_cache

from policy.principal import Principal, Standing
from policy.rules import PermissionRule, policy
from policy.vocabulary import Cloud, DenialCode, PartnerKind, Permission, PrincipalKind, ProgramStatus, Role

NO_NEW_BUSINESS = frozenset({ProgramStatus.SUSPENDED, ProgramStatus.RESTRICTED})
VENDOR_CODES = {
    DenialCode.CLOUD_FEATURE_UNAVAILABLE: 900127,
    DenialCode.PARTNER_SUSPENDED: 800039,
    DenialCode.FORBIDDEN: 900150,
    DenialCode.FIELD_FORBIDDEN: 900150,
}


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether a permission is held, and why.

    Attributes:
        permission: What was asked for; None for what no permission gives, a customer's affairs.
        granted: Whether it is held; a condition may still apply.
        code: Why not; None when granted.
        condition: Tag of the condition under which it is held, e.g. `C2`; None without one.
        held_through: The caller's roles that grant it, in policy order.
        granted_by: All roles that would grant it, in policy order.
        message: One sentence for a person.
    """

    permission: Permission | None
    granted: bool
    code: DenialCode | None
    condition: str | None
    held_through: tuple[Role, ...]
    granted_by: tuple[Role, ...]
    message: str


class Denied(Exception):  # noqa: N818 - the field's word for it; an error is what the client gets
    """The caller may not. Carries the decision that says why."""

    def __init__(self, decision: Decision) -> None:
        super().__init__(decision.message)
        self.decision = decision


@lru_cache(maxsize=65536)
def decide(standing: Standing, permission: Permission, capability: str | None = None) -> Decision:
    """Whether callers of this standing hold the permission (permissions.md 0, steps 2, 4 and 5).

    Args:
        standing: The caller's roles, cloud and partner.
        permission: What is to be done.
        capability: What the cloud must also have for this use of the permission; None for nothing more.

    Returns:
        The decision. Conditions on the object (step 7) are named, not evaluated.
    """
    rule = policy().permissions[permission]
    granted_by = tuple(rule.grants)
    held_through = tuple(role for role in granted_by if role in standing.roles)
    absent = _absent(standing.cloud, rule.capability, capability)
    code = _denial(standing, rule, held_through, absent)
    conditions = [rule.grants[role] for role in held_through]
    # Of several roles the mildest condition holds: of two that can meet, the one with the lower number.
    met = [tag for tag in conditions if tag is not None]
    # What an application's scopes give it, no role's condition narrows.
    unconditional = None in conditions or _holds_by_scopes(standing)
    condition = None if unconditional or code else min(met, default=None)
    return Decision(
        permission=permission,
        granted=code is None,
        code=code,
        condition=condition,
        held_through=held_through,
        granted_by=granted_by,
        message=_message(standing, rule, code, condition, held_through, absent),
    )


def require_customer(principal: Principal) -> None:
    """Refuses partners' principals what customers decide, whatever privileges they hold (permissions.md 3).

    Raises:
        Denied: FORBIDDEN.
    """
    if principal.kind is not PrincipalKind.CUSTOMER_USER:
        raise Denied(_customers_affair("Only the customer decides this; a partner cannot in its place."))


def require_customer_admin(principal: Principal) -> None:
    """Refuses everybody but a customer's global admin (permissions.md 3).

    Raises:
        Denied: FORBIDDEN.
    """
    require_customer(principal)
    if not principal.is_customer_admin:
        raise Denied(_customers_affair("Only a global admin of your company decides this; ask one."))


def has_capability(cloud: Cloud, capability: str) -> bool:
    """Whether a cloud has something (permissions.md 5.2).

    Args:
        cloud: The cloud.
        capability: Its name among `capabilities` of the policy file.
    """
    return cloud in policy().capabilities[capability]


def require_capability(principal: Principal, capability: str) -> None:
    """Refuses in clouds that lack something (permissions.md 5.2).

    Raises:
        Denied: CLOUD_FEATURE_UNAVAILABLE.
    """
    if not has_capability(principal.cloud, capability):
        message = f"This does not exist in the cloud {principal.cloud.name}; it exists in {_clouds(capability)}."
        raise Denied(_customers_affair(message, DenialCode.CLOUD_FEATURE_UNAVAILABLE))


def _customers_affair(message: str, code: DenialCode = DenialCode.FORBIDDEN) -> Decision:
    return Decision(
        permission=None,
        granted=False,
        code=code,
        condition=None,
        held_through=(),
        granted_by=(),
        message=message,
    )


def require_kind(standing: Standing, permission: Permission, kinds: frozenset[PartnerKind]) -> None:
    """Refuses partners of other kinds what a permission means for some kinds only, e.g. R3.8.

    Args:
        standing: The caller's; holds the permission.
        permission: What it would use.
        kinds: The kinds that can; one of them is enough.

    Raises:
        Denied: PARTNER_TYPE_NOT_ALLOWED.
    """
    if standing.partner_kinds & kinds:
        return
    allowed = words(tuple(sorted(kind.name for kind in kinds)))
    raise Denied(
        replace(
            decide(standing, permission),
            granted=False,
            code=DenialCode.PARTNER_TYPE_NOT_ALLOWED,
            message=f"This is only for partners of the kind {allowed}.",
        )
    )


def effective_permissions(standing: Standing) -> tuple[Permission, ...]:
    """Every permission that callers of this standing hold, in policy order."""
    return tuple(p for p in Permission if decide(standing, p).granted)


def _absent(cloud: Cloud, *capabilities: str | None) -> str | None:
    missing = (name for name in capabilities if name is not None and not has_capability(cloud, name))
    return next(missing, None)


def _denial(
    standing: Standing, rule: PermissionRule, held_through: tuple[Role, ...], absent: str | None
) -> DenialCode | None:
    app = standing.kind is PrincipalKind.PARTNER_APP
    if standing.kind is PrincipalKind.CUSTOMER_USER:
        return DenialCode.FORBIDDEN
    if app and not rule.app_only:
        return DenialCode.APP_ONLY_NOT_SUPPORTED
    if absent is not None:
        return DenialCode.CLOUD_FEATURE_UNAVAILABLE
    if rule.partner_kinds and not rule.partner_kinds & standing.partner_kinds:
        return DenialCode.PARTNER_TYPE_NOT_ALLOWED
    if rule.new_business and standing.program_status in NO_NEW_BUSINESS:
        return DenialCode.PARTNER_SUSPENDED
    in_scope = standing.scopes is None or rule.permission in standing.scopes
    held = in_scope and (bool(held_through) or _holds_by_scopes(standing))
    return None if held else DenialCode.FORBIDDEN


def _holds_by_scopes(standing: Standing) -> bool:
    return standing.kind is PrincipalKind.PARTNER_APP and standing.scopes is not None


def words(names: tuple[str, ...]) -> str:
    """Names as a person lists them, e.g. `global admin, admin agent or sales agent`."""
    return _listed([name.lower().replace("_", " ") for name in names])


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"


def _message(
    standing: Standing,
    rule: PermissionRule,
    code: DenialCode | None,
    condition: str | None,
    held_through: tuple[Role, ...],
    absent: str | None,
) -> str:
    name = rule.permission.name
    roles = words(tuple(role.name for role in rule.grants))
    match code:
        case None if condition:
            return f"You hold {name} as {words(held_through)}, {policy().conditions[condition]}."
        case None:
            through = f"as {words(held_through)}" if held_through else "through your application's scopes"
            return f"You hold {name} {through}."
        case DenialCode.APP_ONLY_NOT_SUPPORTED:
            return f"{name} needs a signed-in user; an application alone cannot hold it. Sign in as {roles}."
        case DenialCode.CLOUD_FEATURE_UNAVAILABLE:
            what = name if absent == rule.capability else f"This use of {name}"
            return f"{what} does not exist in the cloud {standing.cloud.name}; it exists in {_clouds(absent)}."
        case DenialCode.PARTNER_TYPE_NOT_ALLOWED:
            kinds = words(tuple(sorted(kind.name for kind in rule.partner_kinds)))
            return f"{name} is only for partners of the kind {kinds}."
        case DenialCode.PARTNER_SUSPENDED:
            return f"{name} is closed to a suspended or restricted partner until its program status is ACTIVE again."
        case _ if standing.kind is PrincipalKind.CUSTOMER_USER:
            return f"{name} belongs to partners; a customer's user cannot hold it."
        case _ if held_through:
            return f"Your role grants {name}, but your token's scopes leave it out: ask for the scope {rule.scope}."
        case _:
            return f"{name} is missing: ask your global admin for one of the roles {roles}."


def _clouds(capability: str | None) -> str:
    clouds = policy().capabilities[capability or ""]
    return _listed([cloud.name for cloud in Cloud if cloud in clouds])
