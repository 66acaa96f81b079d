"""The policy file against the domain's own table, `permissions.json`, cell by cell."""

import json
from pathlib import Path

import pytest

from policy.decisions import decide, effective_permissions
from policy.principal import Standing
from policy.rules import permissions_in, policy
from policy.vocabulary import Cloud, DenialCode, PartnerKind, Permission, PrincipalKind, ProgramStatus, Role

DOMAIN = json.loads(Path(__file__).with_name("permissions.json").read_text("utf-8"))
CODES = {
    "GA": Role.GLOBAL_ADMIN,
    "UMA": Role.USER_MANAGEMENT_ADMIN,
    "BA": Role.BILLING_ADMIN,
    "AA": Role.ADMIN_AGENT,
    "SA": Role.SALES_AGENT,
    "HD": Role.HELPDESK_AGENT,
    "MPN": Role.MPN_PARTNER_ADMIN,
    "ACC": Role.ACCOUNT_ADMIN,
    "RFA": Role.REFERRALS_ADMIN,
    "RFU": Role.REFERRALS_USER,
    "BPA": Role.BUSINESS_PROFILE_ADMIN,
    "DEF": Role.DEFAULT_USER,
}
# permissions.md 5.2: rows of the table of clouds that name a permission, and the clouds that have it.
CLOUDS = {
    "customer:create": "GLOBAL US_GOV CHINA",
    "qualification:read": "GLOBAL",
    "qualification:write": "GLOBAL",
    "partnership:read": "GLOBAL GERMANY CHINA",
    "partnership:request": "GLOBAL GERMANY CHINA",
    "partnership:approve": "GLOBAL GERMANY CHINA",
    "partnership:remove": "GLOBAL GERMANY CHINA",
    "selfserve:read": "GLOBAL US_GOV GERMANY",
    "selfserve:write": "GLOBAL US_GOV GERMANY",
    "customer.user:write": "GLOBAL CHINA",
    "customer.role:write": "GLOBAL CHINA",
    "customer.user:reset_password": "GLOBAL",
    "license:assign": "GLOBAL",
    "agreement:attest": "GLOBAL",
    "servicerequest:read": "GLOBAL US_GOV GERMANY",
    "servicerequest:write": "GLOBAL US_GOV GERMANY",
    "referral:read": "GLOBAL",
    "referral:write": "GLOBAL",
    "businessprofile:write": "GLOBAL",
    "partner.user:write": "GLOBAL CHINA",
    "partner.role:assign": "GLOBAL CHINA",
}
NO_NEW_BUSINESS = {"customer:create", "subscription:commit", "selfserve:write"}
NOT_FOR_RESELLERS = {"customer:create", "agreement:attest", "selfserve:write"}


def standing(*roles: Role, **changed: object) -> Standing:
    """A user of an active direct-bill partner in the global cloud."""
    values = {"kind": PrincipalKind.PARTNER_USER, "cloud": Cloud.GLOBAL, "roles": frozenset(roles)}
    values |= {"partner_kinds": frozenset({PartnerKind.DIRECT_BILL}), "program_status": ProgramStatus.ACTIVE}
    return Standing(**(values | changed))  # type: ignore[arg-type]


def _by_scope() -> dict[str, Permission]:
    return {rule.scope: permission for permission, rule in policy().permissions.items()}


def test_there_are_twelve_roles_and_forty_five_permissions_under_the_domains_names():
    assert (len(Role), len(Permission)) == (12, 45)
    assert set(CODES) == set(DOMAIN["roles"])
    assert _by_scope().keys() == DOMAIN["permissions"].keys()
    for scope, permission in _by_scope().items():
        assert permission.name == scope.replace(".", "_").replace(":", "_").upper()


@pytest.mark.parametrize("scope", DOMAIN["permissions"])
def test_a_permission_is_granted_as_the_domain_grants_it(scope: str):
    """Default deny (I1): the roles of its row, with their conditions, and no other."""
    entry = DOMAIN["permissions"][scope]
    permission = _by_scope()[scope]
    assert dict(policy().permissions[permission].grants) == {CODES[code]: tag for code, tag in entry["grants"].items()}
    for code, role in CODES.items():
        decision = decide(standing(role), permission)
        assert decision.granted is (code in entry["grants"])
        assert decision.condition == entry["grants"].get(code)
    assert not decide(standing(), permission).granted


@pytest.mark.parametrize("scope", DOMAIN["permissions"])
def test_an_application_holds_what_the_domain_lets_it_and_its_token_names(scope: str):
    permission = _by_scope()[scope]
    for scopes, held in ((frozenset(Permission), True), (frozenset(Permission) - {permission}, False)):
        decision = decide(standing(kind=PrincipalKind.PARTNER_APP, scopes=scopes), permission)
        allowed = DOMAIN["permissions"][scope]["app_only"]
        assert decision.granted is (allowed and held)
        assert (decision.code is DenialCode.APP_ONLY_NOT_SUPPORTED) is not allowed


@pytest.mark.parametrize("scope", DOMAIN["permissions"])
def test_a_permission_exists_in_the_clouds_of_the_table(scope: str):
    """permissions.md 5.2: unavailable comes before forbidden, so whatever the role."""
    available = CLOUDS.get(scope, "GLOBAL US_GOV GERMANY CHINA").split()
    for cloud in Cloud:
        for roles in (tuple(Role), ()):
            code = decide(standing(*roles, cloud=cloud), _by_scope()[scope]).code
            assert (code is DenialCode.CLOUD_FEATURE_UNAVAILABLE) is (cloud.name not in available)


@pytest.mark.parametrize("scope", DOMAIN["permissions"])
@pytest.mark.parametrize("status", ProgramStatus)
def test_a_suspended_or_restricted_partner_begins_nothing_new(scope: str, status: ProgramStatus):
    """permissions.md 5.1: no customers, subscriptions or purchase permissions; it goes on reading and servicing."""
    code = decide(standing(*Role, program_status=status), _by_scope()[scope]).code
    closed = scope in NO_NEW_BUSINESS and status in (ProgramStatus.SUSPENDED, ProgramStatus.RESTRICTED)
    assert code is (DenialCode.PARTNER_SUSPENDED if closed else None)


@pytest.mark.parametrize("scope", DOMAIN["permissions"])
def test_an_indirect_reseller_is_no_seller(scope: str):
    """permissions.md C4, 4 and 5.1."""
    code = decide(standing(*Role, partner_kinds=frozenset({PartnerKind.INDIRECT_RESELLER})), _by_scope()[scope]).code
    assert code is (DenialCode.PARTNER_TYPE_NOT_ALLOWED if scope in NOT_FOR_RESELLERS else None)


def test_a_customers_user_holds_nothing():
    assert effective_permissions(Standing(PrincipalKind.CUSTOMER_USER, Cloud.GLOBAL)) == ()


def test_scopes_of_other_services_name_no_permission():
    assert permissions_in(["customer:read", "openid", "CUSTOMER_READ", "customer:*", ""]) == {Permission.CUSTOMER_READ}


def test_every_condition_has_words():
    assert policy().conditions.keys() == DOMAIN["conditions"].keys()
    assert all(policy().conditions.values())
