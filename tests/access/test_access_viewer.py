"""Who one is and what one may, as the API tells it: `viewer`, `explain`, `roles`, `viewerCan`."""

from typing import Any

import pytest

from policy.vocabulary import Permission
from tests.access.reference import CALLERS, ROLES, Caller, denial, for_apps, grants
from tests.clients import Api

VIEWER = """{ viewer {
  kind name cloud roles permissions
  partner { name kinds programStatus country region cloud mpnId isSandbox partnerAgreementSigned }
  customer { domain } relationships { nodes { partner { name } delegatedAdmin } }
} }"""
# permissions.md 5.2 for what has no guarded field yet; here it shows in `permissions` only.
CLOUDLESS = {
    "US_GOV": {"QUALIFICATION", "PARTNERSHIP", "REFERRAL", "BUSINESSPROFILE", "AGREEMENT_ATTEST", "PARTNER_USER_WRITE"},
    "GERMANY": {"CUSTOMER_CREATE", "AGREEMENT_ATTEST", "QUALIFICATION", "REFERRAL", "CUSTOMER_USER_RESET_PASSWORD"},
}
PEOPLE = [caller for caller in CALLERS if caller.kind == "user" and caller.mfa]


async def _viewer(api: Api, name: str) -> dict[str, Any]:
    viewer: dict[str, Any] = (await api.ask(name, VIEWER)).ok()["viewer"]
    return viewer


@pytest.mark.parametrize("caller", [one for one in PEOPLE if one.partner == "contoso"], ids=lambda one: one.name)
async def test_a_viewer_is_told_its_roles_and_what_they_grant_taken_together(caller: Caller, api: Api):
    viewer = await _viewer(api, str(caller.name))
    assert (viewer["kind"], viewer["cloud"], set(viewer["roles"])) == ("PARTNER_USER", "GLOBAL", caller.roles)
    assert viewer["name"] == f"{caller.name}.onmicrosoft.com"
    wanted = [name for name, roles in grants().items() if caller.roles & roles.keys()]
    assert viewer["permissions"] == wanted
    assert (viewer["customer"], viewer["relationships"]) == (None, None)
    assert viewer["partner"] == {
        "name": "Contoso, Ltd.",
        "kinds": ["DIRECT_BILL"],
        "programStatus": "ACTIVE",
        "country": "US",
        "region": "United States",
        "cloud": "GLOBAL",
        "mpnId": "6100102",
        "isSandbox": False,
        "partnerAgreementSigned": True,
    }


async def test_an_application_has_no_roles_and_what_applications_can_hold(api: Api):
    viewer = await _viewer(api, "app@contoso")
    assert (viewer["kind"], viewer["roles"], viewer["partner"]["name"]) == ("PARTNER_APP", [], "Contoso, Ltd.")
    assert set(viewer["permissions"]) == for_apps()


@pytest.mark.parametrize(("who", "partners"), [("customer-admin", 2), ("customer-user", None)])
async def test_a_customers_user_sees_its_company_and_only_the_global_admin_its_partners(
    who: str, partners: int | None, api: Api
):
    viewer = await _viewer(api, f"{who}@adventureworks")
    assert (viewer["kind"], viewer["roles"], viewer["permissions"]) == ("CUSTOMER_USER", [], [])
    assert (viewer["partner"], viewer["customer"]["domain"]) == (None, "adventureworks.onmicrosoft.com")
    if partners is None:
        assert viewer["relationships"] is None
        return
    served = {node["partner"]["name"]: node["delegatedAdmin"] for node in viewer["relationships"]["nodes"]}
    assert served == {"Contoso, Ltd.": True, "A. Datum Corporation": False}


@pytest.mark.parametrize(("who", "cloud"), [("admin-agent@woodgrove", "US_GOV"), ("admin-agent@tailwind", "GERMANY")])
async def test_permissions_leave_out_what_the_cloud_does_not_have(who: str, cloud: str, api: Api):
    viewer = await _viewer(api, who)
    assert viewer["cloud"] == cloud
    assert not any(name.startswith(tuple(CLOUDLESS[cloud])) for name in viewer["permissions"])
    assert {"CUSTOMER_READ", "CUSTOMER_EXPORT", "AUDIT_READ"} <= set(viewer["permissions"])


@pytest.mark.parametrize("name", ["sales-agent@contoso", "helpdesk-agent@contoso", "admin-agent@tailspin"])
async def test_explain_says_through_which_roles_and_by_which_a_permission_would_be_had(name: str, api: Api):
    caller = next(one for one in PEOPLE if one.name == name)
    document = "query { viewer { " + " ".join(
        f"{one.name}: explain(permission: {one.name}) {{ permission granted condition heldThrough grantedBy message }}"
        for one in Permission
    )
    told = (await api.ask(name, document + " } }")).ok()["viewer"]
    assert told.keys() == grants().keys()
    for permission, explained in told.items():
        roles = grants()[permission]
        held = [role for role in explained["grantedBy"] if role in caller.roles]
        assert explained["permission"] == permission
        assert sorted(explained["grantedBy"]) == sorted(roles)
        assert explained["heldThrough"] == held
        if permission in ("SELFSERVE_WRITE", "AGREEMENT_ATTEST", "CUSTOMER_CREATE") and caller.reseller:
            assert (explained["granted"], explained["condition"]) == (False, None)
            continue
        assert explained["granted"] is (denial(caller, permission) is None)
        conditional = bool(held) and all(roles[role] for role in held)
        assert (explained["condition"] is not None) is conditional
        if not held:
            assert all(role.lower().replace("_", " ") in explained["message"] for role in roles)


async def test_roles_tell_everybody_the_whole_table(api: Api):
    document = "{ roles { role kind description grants { permission condition } } }"
    for who in ("default-user@contoso", "app@contoso", "customer-user@adventureworks"):
        told = (await api.ask(who, document)).ok()["roles"]
        assert {one["role"] for one in told} == set(ROLES.values())
        table = {
            (grant["permission"], one["role"]): grant["condition"] is not None
            for one in told
            for grant in one["grants"]
        }
        assert table == {
            (permission, role): tag is not None for permission, roles in grants().items() for role, tag in roles.items()
        }
        kinds = {one["role"]: one["kind"] for one in told}
        assert kinds["GLOBAL_ADMIN"] == kinds["DEFAULT_USER"] == "DIRECTORY"
        assert kinds["SALES_AGENT"] == "PROGRAM"
        assert kinds["REFERRALS_ADMIN"] == "BUSINESS"


@pytest.mark.parametrize(
    ("who", "wanted"),
    [
        # adatum's relationship with this customer has no delegated admin privileges (C2, C3).
        ("admin-agent@adatum", {"CUSTOMER_READ": True, "CUSTOMER_USER_WRITE": False, "LICENSE_ASSIGN": False}),
        ("helpdesk-agent@adatum", {"CUSTOMER_USER_RESET_PASSWORD": False, "CUSTOMER_TAX_READ": False}),
        ("admin-agent@contoso", {"CUSTOMER_USER_WRITE": True, "GDAP_MANAGE": True, "CUSTOMER_SANDBOX_DELETE": False}),
        ("global-admin@contoso", {"RELATIONSHIP_REMOVE": True, "GDAP_MANAGE": False, "AGREEMENT_ATTEST": False}),
        ("helpdesk-agent@contoso", {"CUSTOMER_USER_RESET_PASSWORD": True, "CUSTOMER_USER_WRITE": False}),
        ("user-management-admin@contoso", {"CUSTOMER_USER_WRITE": True, "CUSTOMER_ROLE_WRITE": False}),
        ("app@contoso", {"CUSTOMER_TAX_READ": True, "AGREEMENT_ATTEST": False, "CUSTOMER_USER_WRITE": False}),
    ],
)
async def test_viewer_can_says_what_is_possible_on_this_customer_now(who: str, wanted: dict[str, bool], api: Api):
    asked = " ".join(f"{name}: viewerCan(permission: {name})" for name in wanted)
    document = f'{{ customers(filter: {{search: "adventureworks"}}) {{ nodes {{ {asked} }} }} }}'
    (told,) = (await api.ask(who, document)).ok()["customers"]["nodes"]
    assert told == wanted


@pytest.mark.parametrize(("partner", "possible"), [("proseware", True), ("contoso", False)])
async def test_a_customer_can_be_deleted_in_a_sandbox_only(partner: str, possible: bool, api: Api):
    document = "{ customers(first: 1) { nodes { viewerCan(permission: CUSTOMER_SANDBOX_DELETE) } } }"
    (told,) = (await api.ask(f"admin-agent@{partner}", document)).ok()["customers"]["nodes"]
    assert told == {"viewerCan": possible}


async def test_a_customers_user_can_nothing_that_is_a_partners(api: Api):
    asked = " ".join(f"{one.name}: viewerCan(permission: {one.name})" for one in Permission)
    viewer = (await api.ask("customer-admin@adventureworks", f"{{ viewer {{ customer {{ {asked} }} }} }}")).ok()[
        "viewer"
    ]
    assert set(viewer["customer"].values()) == {False}
