"""What each national cloud has: the table of permissions.md 5.2, in all four, through the API."""

from typing import Any

import pytest

from tests.access.reference import grants
from tests.api.relationship_requests import CREATE
from tests.clients import Api

PARTNERS = {"GLOBAL": "contoso", "US_GOV": "woodgrove", "GERMANY": "tailwind", "CHINA": "relecloud"}
ALL = frozenset(PARTNERS)
GLOBAL = frozenset({"GLOBAL"})
# By permission, the clouds in which it means something; those that are not listed do everywhere.
HAVING = {
    "CUSTOMER_CREATE": ALL - {"GERMANY"},
    "QUALIFICATION_READ": GLOBAL,
    "QUALIFICATION_WRITE": GLOBAL,
    "PARTNERSHIP_READ": ALL - {"US_GOV"},
    "PARTNERSHIP_REQUEST": ALL - {"US_GOV"},
    "PARTNERSHIP_APPROVE": ALL - {"US_GOV"},
    "PARTNERSHIP_REMOVE": ALL - {"US_GOV"},
    "SELFSERVE_READ": ALL - {"CHINA"},
    "SELFSERVE_WRITE": ALL - {"CHINA"},
    "CUSTOMER_USER_WRITE": frozenset({"GLOBAL", "CHINA"}),
    "CUSTOMER_ROLE_WRITE": frozenset({"GLOBAL", "CHINA"}),
    "CUSTOMER_USER_RESET_PASSWORD": GLOBAL,
    "LICENSE_ASSIGN": GLOBAL,
    "AGREEMENT_ATTEST": GLOBAL,
    "SERVICEREQUEST_READ": ALL - {"CHINA"},
    "SERVICEREQUEST_WRITE": ALL - {"CHINA"},
    "REFERRAL_READ": GLOBAL,
    "REFERRAL_WRITE": GLOBAL,
    "BUSINESSPROFILE_WRITE": GLOBAL,
    "PARTNER_USER_WRITE": frozenset({"GLOBAL", "CHINA"}),
    "PARTNER_ROLE_ASSIGN": frozenset({"GLOBAL", "CHINA"}),
}
EXPLAIN = """query ($permission: Permission!) {
  viewer { cloud explain(permission: $permission) { granted message } }
}"""
# By mutation, its form without a sound id and the clouds that have it: a denial comes before anything is looked up.
MUTATIONS: dict[str, tuple[dict[str, Any], frozenset[str]]] = {
    "productSubscriptionCreate": ({"customerId": "x", "offerId": "x", "quantity": 1}, ALL - {"GERMANY"}),
    "productSubscriptionSuspend": ({"subscriptionId": "x", "etag": "x"}, ALL),
    "productSubscriptionReactivate": ({"subscriptionId": "x", "etag": "x"}, ALL),
    "productSubscriptionCancel": ({"subscriptionId": "x", "etag": "x"}, ALL),
    "productSubscriptionExport": ({"customerId": "x"}, ALL),
    "customerRequestQualification": ({"customerId": "x", "kind": "EDUCATION"}, GLOBAL),
    "customerSetPurchasePermission": ({"customerId": "x", "enabled": True}, ALL - {"CHINA"}),
}
# By kind of relationship request, the clouds that have it.
REQUESTS = {
    "DIRECT": ALL,
    "PROVIDER": ALL - {"US_GOV"},
    "RESELLER_ONLY": frozenset({"GLOBAL", "GERMANY"}),
    "RESELLER_WITH_PROVIDER": GLOBAL,
}
INPUTS = {
    "productSubscriptionSuspend": "ProductSubscriptionSetStatusInput",
    "productSubscriptionReactivate": "ProductSubscriptionSetStatusInput",
    "productSubscriptionCancel": "ProductSubscriptionSetStatusInput",
    "productSubscriptionExport": "SubscriptionExportInput",
}


@pytest.mark.parametrize("cloud", PARTNERS)
@pytest.mark.parametrize("role", ["global-admin", "admin-agent", "sales-agent", "helpdesk-agent"])
async def test_a_role_holds_in_a_cloud_what_the_cloud_has(cloud: str, role: str, api: Api):
    """permissions.md 5.2: every line of the table that a permission stands for."""
    name = role.replace("-", "_").upper()
    viewer = (await api.ask(f"{role}@{PARTNERS[cloud]}", "{ viewer { cloud permissions } }")).ok()["viewer"]
    held = {permission for permission, roles in grants().items() if name in roles}
    assert viewer["cloud"] == cloud
    assert set(viewer["permissions"]) == {one for one in held if cloud in HAVING.get(one, ALL)}


@pytest.mark.parametrize("permission", HAVING)
async def test_what_a_cloud_lacks_is_explained_by_the_clouds_that_have_it(permission: str, api: Api):
    for cloud, partner in PARTNERS.items():
        answer = await api.ask(f"global-admin@{partner}", EXPLAIN, permission=permission)
        told = answer.ok()["viewer"]["explain"]
        lacking = cloud not in HAVING[permission]
        assert (f"does not exist in the cloud {cloud}" in told["message"]) is lacking
        if lacking:
            assert told["granted"] is False
            assert all(other in told["message"] for other in HAVING[permission])


@pytest.mark.parametrize("cloud", PARTNERS)
@pytest.mark.parametrize("name", MUTATIONS)
async def test_a_mutation_exists_in_the_clouds_that_have_it(name: str, cloud: str, api: Api):
    """permissions.md 5.2, 8.27: CLOUD_FEATURE_UNAVAILABLE before any lookup; NOT_FOUND where the cloud has it."""
    form, having = MUTATIONS[name]
    kind = INPUTS.get(name, f"{name[0].upper()}{name[1:]}Input")
    document = f"mutation ($input: {kind}!) {{ {name}(input: $input) {{ userErrors {{ code }} }} }}"
    answer = await api.ask(f"admin-agent@{PARTNERS[cloud]}", document, input=form)
    if cloud in having:
        assert "NOT_FOUND" in [error["code"] for error in answer.ok()[name]["userErrors"]]
    else:
        assert (answer.data, answer.codes) == ({name: None}, ["CLOUD_FEATURE_UNAVAILABLE"])
        assert answer.errors[0]["extensions"]["vendorCode"] == 900127


@pytest.mark.parametrize("cloud", ["US_GOV", "GERMANY", "CHINA"])
async def test_nothing_of_another_cloud_is_found_by_its_id(cloud: str, api: Api):
    """permissions.md 8.27: a GLOBAL token that reads an id of another cloud: NOT_FOUND."""
    there = """{
      offers(first: 1) { nodes { id } } customers(first: 500) { nodes { id subscriptions { nodes { id } } } }
    }"""
    found = (await api.ask(f"admin-agent@{PARTNERS[cloud]}", there)).ok()
    ids = [found["offers"]["nodes"][0]["id"], found["customers"]["nodes"][0]["id"]]
    ids.append(next(sold["id"] for one in found["customers"]["nodes"] for sold in one["subscriptions"]["nodes"]))
    document = "query ($ids: [ID!]!) { nodes(ids: $ids) { id } }"
    assert (await api.ask("admin-agent@contoso", document, ids=ids)).ok()["nodes"] == [None] * 3
    here = (await api.ask(f"admin-agent@{PARTNERS[cloud]}", document, ids=ids)).ok()["nodes"]
    assert [one["id"] for one in here] == ids


@pytest.mark.parametrize("admin", [True, False])
@pytest.mark.parametrize("kind", REQUESTS)
@pytest.mark.parametrize("cloud", PARTNERS)
async def test_a_cloud_has_its_kinds_of_requests_and_most_only_with_admin_privileges(
    cloud: str, kind: str, admin: bool, api: Api
):
    """permissions.md 5.2, 5.3, R2.18: what the cloud lacks is told before what the partner is."""
    form = {"kind": kind, "includesDelegatedAdmin": admin}
    payload = (await api.ask(f"admin-agent@{PARTNERS[cloud]}", CREATE, input=form)).ok()["relationshipRequestCreate"]
    found = {fault["code"] for fault in payload["userErrors"]}
    assert ("NOT_SUPPORTED" in found) is (cloud not in REQUESTS[kind])
    assert ("ADMIN_PRIVILEGES_REQUIRED" in found) is (not admin and cloud != "GLOBAL")
    assert (payload["relationshipRequest"] is None) is bool(found)
