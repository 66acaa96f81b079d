"""What holds of decisions whatever roles somebody has (permissions.md 9)."""

from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from policy.decisions import Decision, decide, effective_permissions
from policy.principal import Standing
from policy.rules import policy
from policy.vocabulary import Cloud, PartnerKind, Permission, PrincipalKind, ProgramStatus, Role

ROLE_SETS = st.frozensets(st.sampled_from(Role))
PERMISSIONS = st.sampled_from(Permission)
SCOPES = st.frozensets(PERMISSIONS)
STANDINGS = st.builds(
    Standing,
    kind=st.sampled_from(PrincipalKind),
    cloud=st.sampled_from(Cloud),
    roles=ROLE_SETS,
    scopes=st.none() | SCOPES,
    partner_kinds=st.frozensets(st.sampled_from(PartnerKind), min_size=1),
    program_status=st.sampled_from(ProgramStatus),
)
LACKING = {
    "GDAP_MANAGE",
    "SELFSERVE_WRITE",
    "AGREEMENT_ATTEST",
    "BUSINESSPROFILE_WRITE",
    "REFERRAL_READ",
    "REFERRAL_WRITE",
}


APPLICATION = Standing(
    PrincipalKind.PARTNER_APP,
    Cloud.GLOBAL,
    scopes=frozenset({Permission.REFERRAL_READ}),
    partner_kinds=frozenset({PartnerKind.DIRECT_BILL}),
    program_status=ProgramStatus.ACTIVE,
)


def _user(*roles: Role) -> Standing:
    kinds = frozenset({PartnerKind.DIRECT_BILL})
    return Standing(PrincipalKind.PARTNER_USER, Cloud.GLOBAL, frozenset(roles), None, kinds, ProgramStatus.ACTIVE)


@given(STANDINGS, st.sampled_from(Role))
@example(APPLICATION, Role.SALES_AGENT)
def test_a_further_role_takes_nothing_away(standing: Standing, role: Role):
    """I2, and the condition of what is held only ever falls away."""
    more = replace(standing, roles=standing.roles | {role})
    assert set(effective_permissions(standing)) <= set(effective_permissions(more))
    for permission in effective_permissions(standing):
        if decide(standing, permission).condition is None:
            assert decide(more, permission).condition is None


@given(ROLE_SETS)
def test_roles_add_up_to_the_union_of_their_rows(roles: frozenset[Role]):
    """I1, D4: a grant without a condition makes those with one unimportant."""
    for permission in Permission:
        grants = policy().permissions[permission].grants
        decision = decide(_user(*roles), permission)
        held = [role for role in grants if role in roles]
        assert decision.granted is bool(held)
        assert list(decision.held_through) == held
        unconditional = any(grants[role] is None for role in held)
        assert (decision.condition is None) is (unconditional or not held)


@given(STANDINGS, SCOPES)
def test_scopes_only_ever_narrow_a_user(standing: Standing, scopes: frozenset[Permission]):
    """permissions.md 6.2: effective rights are the user's, as far as the application's scopes go."""
    user = replace(standing, kind=PrincipalKind.PARTNER_USER, scopes=None)
    narrowed = effective_permissions(replace(user, scopes=scopes))
    assert set(narrowed) == set(effective_permissions(user)) & scopes


@given(STANDINGS, SCOPES)
def test_what_an_application_may_do_a_user_with_all_roles_and_its_scopes_may_do(
    standing: Standing, scopes: frozenset[Permission]
):
    """I7."""
    app = replace(standing, kind=PrincipalKind.PARTNER_APP, roles=frozenset(), scopes=scopes)
    user = replace(app, kind=PrincipalKind.PARTNER_USER, roles=frozenset(Role))
    assert set(effective_permissions(app)) <= set(effective_permissions(user))


@given(STANDINGS, PERMISSIONS)
def test_a_decision_says_why_or_why_not(standing: Standing, permission: Permission):
    decision: Decision = decide(standing, permission)
    assert decision.granted is (decision.code is None)
    assert set(decision.held_through) <= standing.roles
    assert set(decision.held_through) <= set(decision.granted_by) == set(policy().permissions[permission].grants)
    assert decision.granted or decision.condition is None
    assert permission.name in decision.message
    assert decision.message.endswith(".")


@pytest.mark.parametrize("role", Role)
def test_no_role_holds_everything(role: Role):
    """I4."""
    missing = {permission.name for permission in Permission} - {one.name for one in effective_permissions(_user(role))}
    assert missing
    if role is Role.GLOBAL_ADMIN:
        assert missing == LACKING
