"""What the domain files say about who may do what, made without the product's own policy: the expectation.

`tests/domain/permissions.json` is the domain's own table; clouds and kinds are permissions.md 2 (C4), 5.1 and 5.2.
"""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from policy.vocabulary import Role

ROLES = {
    "GA": "GLOBAL_ADMIN",
    "UMA": "USER_MANAGEMENT_ADMIN",
    "BA": "BILLING_ADMIN",
    "AA": "ADMIN_AGENT",
    "SA": "SALES_AGENT",
    "HD": "HELPDESK_AGENT",
    "MPN": "MPN_PARTNER_ADMIN",
    "ACC": "ACCOUNT_ADMIN",
    "RFA": "REFERRALS_ADMIN",
    "RFU": "REFERRALS_USER",
    "BPA": "BUSINESS_PROFILE_ADMIN",
    "DEF": "DEFAULT_USER",
}
EVERYWHERE = {"GLOBAL", "US_GOV", "GERMANY", "CHINA"}
CLOUDS = {  # permissions.md 5.2, as far as this release has guarded fields
    "CUSTOMER_CREATE": {"GLOBAL", "US_GOV", "CHINA"},
    "AGREEMENT_ATTEST": {"GLOBAL"},
    "QUALIFICATION_READ": {"GLOBAL"},
    "QUALIFICATION_WRITE": {"GLOBAL"},
    "SELFSERVE_READ": {"GLOBAL", "US_GOV", "GERMANY"},
    "SELFSERVE_WRITE": {"GLOBAL", "US_GOV", "GERMANY"},
    "PARTNERSHIP_READ": {"GLOBAL", "GERMANY", "CHINA"},
    "PARTNERSHIP_REQUEST": {"GLOBAL", "GERMANY", "CHINA"},
    "PARTNERSHIP_APPROVE": {"GLOBAL", "GERMANY", "CHINA"},
    "PARTNERSHIP_REMOVE": {"GLOBAL", "GERMANY", "CHINA"},
}
CLOSED = {  # permissions.md 5.2: mutations that a cloud lacks although the permission means something there
    "productSubscriptionCreate": {"GERMANY"},
}
NOT_FOR_RESELLERS = {"CUSTOMER_CREATE", "AGREEMENT_ATTEST", "SELFSERVE_WRITE"}
VENDOR_CODES = {"CLOUD_FEATURE_UNAVAILABLE": 900127, "FORBIDDEN": 900150, "FIELD_FORBIDDEN": 900150}


@cache
def grants() -> dict[str, dict[str, str | None]]:
    """By permission the roles that hold it, with the tag of the condition; all under the API's names."""
    return {
        _name(name): {ROLES[code]: tag for code, tag in entry["grants"].items()} for name, entry in _table().items()
    }


@cache
def for_apps() -> frozenset[str]:
    """The permissions that an application without a user can hold."""
    return frozenset(_name(name) for name, entry in _table().items() if entry["app_only"])


@cache
def _table() -> dict[str, dict[str, Any]]:
    data = json.loads((Path(__file__).parents[1] / "domain" / "permissions.json").read_text("utf-8"))
    table: dict[str, dict[str, Any]] = data["permissions"]
    return table


def _name(scope: str) -> str:
    return scope.replace(".", "_").replace(":", "_").upper()


@dataclass(frozen=True)
class Caller:
    """Somebody that knocks at the API.

    Attributes:
        name: In the demo world; None without a token, `customer-…@` is completed with a domain.
        roles: Names of the roles.
        kind: user, app, customer or nobody.
        mfa: Whether the sign-in used it.
        cloud: Of the tenant.
        partner: Short name of the partner whose customer it asks for.
        reseller: Whether the partner is an indirect reseller.
    """

    name: str | None
    roles: frozenset[str] = frozenset()
    kind: str = "user"
    mfa: bool = True
    cloud: str = "GLOBAL"
    partner: str = "contoso"
    reseller: bool = False

    @property
    def side(self) -> str:
        """What its partner is in the indirect model."""
        return "reseller" if self.reseller else "provider" if self.partner == "fabrikam" else "neither"

    @property
    def has_log(self) -> bool:
        """Whether a denial of a mutation is written to a log (settled: audit rows)."""
        return self.kind == "app" or (self.kind == "user" and self.mfa)


def _user(name: str, cloud: str = "GLOBAL") -> Caller:
    role, _, partner = name.partition("@")
    return Caller(
        name,
        frozenset({role.replace("-", "_").upper()}),
        cloud=cloud,
        partner=partner,
        reseller=partner in ("tailspin", "northwind"),
    )


CALLERS = (
    *(_user(f"{role.value.replace('_', '-')}@contoso") for role in Role),
    _user("helpdesk-agent@litware"),
    _user("sales-agent@adatum"),
    _user("admin-agent@fabrikam"),
    _user("global-admin@tailspin"),
    _user("admin-agent@tailspin"),
    _user("global-admin@woodgrove", "US_GOV"),
    _user("admin-agent@woodgrove", "US_GOV"),
    _user("helpdesk-agent@woodgrove", "US_GOV"),
    _user("global-admin@tailwind", "GERMANY"),
    _user("admin-agent@tailwind", "GERMANY"),
    _user("sales-agent@tailwind", "GERMANY"),
    _user("helpdesk-agent@tailwind", "GERMANY"),
    _user("global-admin@relecloud", "CHINA"),
    _user("admin-agent@relecloud", "CHINA"),
    _user("admin-agent@proseware"),
    _user("sales-agent@proseware"),
    Caller("app@contoso", kind="app"),
    Caller("no-mfa@contoso", frozenset({"GLOBAL_ADMIN", "ADMIN_AGENT"}), mfa=False),
    Caller("customer-admin", kind="customer"),
    Caller("customer-user", kind="customer"),
    Caller(None, kind="nobody"),
)


def denial(caller: Caller, permission: str, field: str = "", *, on_field: bool = False) -> str | None:
    """The code that a signed-in caller gets for a field, None where it may; permissions.md 0, steps 2, 4, 5."""
    if caller.kind == "app" and permission not in for_apps():
        return "APP_ONLY_NOT_SUPPORTED"
    if caller.kind == "customer":
        return "FIELD_FORBIDDEN" if on_field else "FORBIDDEN"
    if caller.cloud not in CLOUDS.get(permission, EVERYWHERE) or caller.cloud in CLOSED.get(field, ()):
        return "CLOUD_FEATURE_UNAVAILABLE"
    if caller.reseller and permission in NOT_FOR_RESELLERS:
        return "PARTNER_TYPE_NOT_ALLOWED"
    if caller.kind == "app" or caller.roles & grants()[permission].keys():
        return None
    return "FIELD_FORBIDDEN" if on_field else "FORBIDDEN"
