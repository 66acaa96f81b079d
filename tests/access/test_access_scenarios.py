"""Acceptance scenarios of permissions.md 8 that are about access alone; tests/test_scenarios.py says where each is."""

import csv
import io
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.access.logbook import content_of, denied_line, difference, newest_lines
from tests.access.mutations import CONTACT, CREATE, EXPORT, etag_of, new_customer
from tests.access.planting import ATTEST, UPDATE, Planted, acceptance
from tests.access.reference import Caller
from tests.api.customers import created, form
from tests.api.partnerships import accept, requested, token_of
from tests.api.relationship_requests import CREATE as REQUEST
from tests.api.relationships import END
from tests.clients import Api

OWN = "{ viewer { partner { id } } }"
CUSTOMERS = "{ customers(first: 1) { nodes { id } } }"
EVERYTHING = """query ($id: ID!) {
  customer(id: $id) {
    id companyName domain contact { email } billingProfile { etag } companyProfile { domain }
    activity { nodes { operation changes { field oldValue newValue } } }
  }
}"""


def _codes(answer: Any, field: str) -> list[str]:
    return [fault["code"] for fault in answer.ok()[field]["userErrors"]]


@pytest.mark.parametrize("who", ["billing-admin@contoso", "default-user@contoso", "referrals-user@contoso"])
async def test_8_2_and_8_3_whoever_sees_no_customers_still_sees_itself(who: str, api: Api):
    answer = await api.ask(who, CUSTOMERS)
    assert (answer.body["data"], answer.codes) == ({"customers": None}, ["FORBIDDEN"])
    log = await api.ask(who, "{ activityLog(first: 1) { totalCount } }")
    assert log.codes == ([] if who == "billing-admin@contoso" else ["FORBIDDEN"])
    assert (await api.ask(who, "{ viewer { name } }")).ok()["viewer"]["name"].startswith(who)


async def test_8_4_credentials_are_shown_to_their_creator_once_and_nowhere_else(api: Api, planted: dict[str, Planted]):
    """R1, I9: in no second answer, in no line of the log."""
    form = await new_customer(api, planted["contoso"], Caller("x"))
    document = CREATE.replace("{ userName }", "{ userName password }")
    made = (await api.ask("sales-agent@contoso", document, input=form)).ok()["customerCreate"]
    password = made["initialCredentials"]["password"]
    assert made["initialCredentials"]["userName"] == f"admin@{form['domain']}.onmicrosoft.com"
    again = await api.ask("sales-agent@contoso", EVERYTHING, id=made["customer"]["id"])
    assert again.ok()["customer"]["activity"]["nodes"][0]["operation"] == "add_customer"
    assert password not in str(again.body)
    assert password not in str(await newest_lines(api, 1))
    for table in ("customer_user", "activity_record"):
        assert password not in str(await api.rows(f"select * from {table}"))


async def test_8_5_a_helpdesk_agent_creates_nothing_and_leaves_a_line_without_values(
    api: Api, planted: dict[str, Planted]
):
    form = await new_customer(api, planted["contoso"], Caller("x"))
    before = await api.counts()
    answer = await api.ask("helpdesk-agent@contoso", CREATE, input=form)
    assert (answer.body["data"], answer.codes) == ({"customerCreate": None}, ["FORBIDDEN"])
    assert difference(before, await api.counts()) == {"activity_record": 1}
    assert await newest_lines(api, 1) == [denied_line("helpdesk-agent@contoso")]


async def test_8_6_a_user_management_admin_creates_and_reads_back_the_identity_only(
    api: Api, planted: dict[str, Planted]
):
    """K3. The field that is denied takes nothing from the customer that was made, and is no denied mutation."""
    form = await new_customer(api, planted["contoso"], Caller("x"))
    document = CREATE.replace("tenantId", "companyName contact { email } billingProfile { etag }")
    before = await api.counts()
    answer = await api.ask("user-management-admin@contoso", document, input=form)
    customer = answer.data["customerCreate"]["customer"]
    assert customer["companyName"] == form["billingProfile"]["companyName"]
    assert (customer["contact"], customer["billingProfile"]) == (None, None)
    denied = {tuple(error["path"]): error["extensions"]["permission"] for error in answer.errors}
    assert denied == {
        ("customerCreate", "customer", "contact"): "CUSTOMER_CONTACT_READ",
        ("customerCreate", "customer", "billingProfile"): "CUSTOMER_BILLING_READ",
    }
    assert set(answer.codes) == {"FIELD_FORBIDDEN"}
    assert difference(before, await api.counts())["activity_record"] == 1
    assert [line.operation for line in await newest_lines(api, 1)] == ["add_customer"]


async def test_8_8_a_helpdesk_agent_changes_the_phone_and_nothing_of_the_bill(api: Api, planted: dict[str, Planted]):
    own, who = planted["contoso"], "helpdesk-agent@contoso"
    form = {"customerId": own.id, "etag": await etag_of(api, own, "contoso"), "contact": {"phoneNumber": "2065550100"}}
    assert _codes(await api.ask(who, CONTACT, input=form), "customerUpdateContact") == []
    before = await content_of(api, own.tenant_id)
    assert "2065550100" in str(before)
    address = own.profile["address"] | {"phoneNumber": "2065550199"}
    profile = own.profile | {"companyName": "Renamed by helpdesk", "address": address}
    both = {"customerId": own.id, "etag": await etag_of(api, own, "contoso"), "billingProfile": profile}
    assert (await api.ask(who, UPDATE, input=both)).codes == ["FORBIDDEN"]
    assert await content_of(api, own.tenant_id) == before


async def test_8_9_an_update_quotes_the_present_etag(api: Api, planted: dict[str, Planted]):
    own, who = planted["contoso"], "admin-agent@contoso"
    etag = await etag_of(api, own, "contoso")
    form = {"customerId": own.id, "billingProfile": own.profile | {"firstName": "Etta"}}
    before = await content_of(api, own.tenant_id)
    for quoted, code in (("", "ETAG_REQUIRED"), ("stale", "ETAG_MISMATCH")):
        answer = await api.ask(who, UPDATE, input=form | {"etag": quoted})
        assert _codes(answer, "customerUpdateBillingProfile") == [code]
    assert await content_of(api, own.tenant_id) == before
    done = (await api.ask(who, UPDATE, input=form | {"etag": etag})).ok()["customerUpdateBillingProfile"]
    assert done["userErrors"] == []
    assert done["billingProfile"]["etag"] not in ("", etag)
    answer = await api.ask(who, UPDATE, input=form | {"etag": etag})
    assert _codes(answer, "customerUpdateBillingProfile") == ["ETAG_MISMATCH"]


async def test_8_10_an_export_has_the_rows_of_the_agents_own_list(api: Api):
    form = {"filter": {"companyNameStartsWith": "a"}}
    assert (await api.ask("sales-agent@contoso", EXPORT, input=form)).codes == ["FORBIDDEN"]
    made = (await api.ask("admin-agent@contoso", EXPORT, input=form)).ok()["customerExport"]
    assert [line.operation for line in await newest_lines(api, 1)] == ["export_customers"]
    file = await api.http.get(made["export"]["url"])
    rows = list(csv.DictReader(io.StringIO(file.text)))
    document = (
        "query ($filter: CustomerFilter) { customers(first: 500, filter: $filter) { nodes { tenantId domain } } }"
    )
    listed = (await api.ask("admin-agent@contoso", document, **form)).ok()["customers"]["nodes"]
    assert len(rows) > 10
    assert [(row["Microsoft ID"], row["Primary domain name"]) for row in rows] == [
        (node["tenantId"], node["domain"]) for node in listed
    ]


@pytest.mark.parametrize(
    ("document", "form"),
    [
        (EXPORT, {"filter": None}),
        (REQUEST, {"kind": "DIRECT", "includesDelegatedAdmin": False}),
        (END, {"customerId": "any"}),
        (ATTEST, {"customerId": "any", "agreement": acceptance("app@example.com")}),
    ],
)
async def test_8_13_an_application_with_every_scope_does_nothing_that_needs_a_user(
    document: str, form: dict[str, Any], api: Api
):
    """permissions.md 8.13: relationships, agreements, exports."""
    assert (await api.ask("app@contoso", document, input=form)).codes == ["APP_ONLY_NOT_SUPPORTED"]


async def test_8_14_a_person_needs_mfa_and_an_application_has_none(api: Api):
    """permissions.md 8.14; settled question: the whole request, RFC 9470's challenge."""
    before = await api.counts()
    answer = await api.ask("no-mfa@contoso", CUSTOMERS)
    assert (answer.status, answer.codes) == (401, ["MFA_REQUIRED"])
    assert "data" not in answer.body
    assert answer.headers["WWW-Authenticate"].startswith('Bearer error="insufficient_user_authentication"')
    assert len((await api.ask("app@contoso", CUSTOMERS)).ok()["customers"]["nodes"]) == 1
    assert await api.counts() == before


async def test_8_25_a_provider_lists_what_it_serves_with_a_reseller_and_the_reseller_that_and_no_more(fresh_api: Api):
    """permissions.md 8.25: with two resellers, each of which has customers of its own with the provider."""
    api, provider = fresh_api, "admin-agent@fabrikam"
    ids = {
        name: (await api.ask(f"admin-agent@{name}", OWN)).ok()["viewer"]["partner"]["id"]
        for name in ("tailspin", "northwind")
    }
    await accept(api, token_of((await requested(api))["link"]), "global-admin@northwind")
    theirs = await created(api, provider, form(associatedResellerId=ids["northwind"]))
    alone = await created(api, provider, form())
    document = """query ($filter: CustomerFilter) {
      customers(filter: $filter, first: 100) { nodes { id associatedReseller { name } } }
    }"""
    everything = (await api.ask(provider, document)).ok()["customers"]["nodes"]
    by_reseller = {}
    for name, key in ids.items():
        provided = (await api.ask(provider, document, filter={"partnerId": key})).ok()["customers"]["nodes"]
        resold = (await api.ask(f"admin-agent@{name}", document)).ok()["customers"]["nodes"]
        by_reseller[name] = {node["id"] for node in provided}
        assert {node["id"] for node in resold} == by_reseller[name]
        assert len({node["associatedReseller"]["name"] for node in provided}) == 1
    assert by_reseller["northwind"] == {theirs["id"]}
    assert len(by_reseller["tailspin"]) == 8
    assert {theirs["id"], alone["id"]} < {node["id"] for node in everything}


async def test_8_27_what_the_us_government_cloud_lacks_is_denied_as_such(api: Api, planted: dict[str, Planted]):
    """permissions.md 8.27: a guarded field, and what `explain` says of what is not served yet."""
    document = "query ($id: ID!) { customer(id: $id) { id resellers { totalCount } } }"
    answer = await api.ask("global-admin@woodgrove", document, id=planted["woodgrove"].id)
    assert answer.data["customer"] == {"id": planted["woodgrove"].id, "resellers": None}
    assert answer.codes == ["CLOUD_FEATURE_UNAVAILABLE"]
    for permission in ("QUALIFICATION_WRITE", "REFERRAL_READ", "CUSTOMER_USER_WRITE", "AGREEMENT_ATTEST"):
        document = f"{{ viewer {{ explain(permission: {permission}) {{ granted message }} }} }}"
        told = (await api.ask("sales-agent@woodgrove", document)).ok()["viewer"]["explain"]
        assert told["granted"] is False
        assert "US_GOV" in told["message"]


@pytest.mark.parametrize(("days", "codes"), [(90, []), (91, ["AUDIT_RANGE_TOO_OLD"])])
@pytest.mark.parametrize("bound", ["since", "until"])
async def test_8_29_the_log_reaches_back_ninety_days(bound: str, days: int, codes: list[str], api: Api):
    at = (datetime.now(UTC) - timedelta(days=days)).isoformat()
    document = "query ($filter: ActivityFilter) { activityLog(filter: $filter) { totalCount } }"
    answer = await api.ask("billing-admin@contoso", document, filter={bound: at})
    assert answer.codes == codes


async def test_8_30_a_customer_outside_the_sandbox_is_not_deleted(api: Api, planted: dict[str, Planted]):
    own = planted["contoso"]
    before = await api.counts()
    document = "mutation ($input: CustomerDeleteInput!) { customerDelete(input: $input) { userErrors { code } } }"
    answer = await api.ask("admin-agent@contoso", document, input={"customerId": own.id})
    assert _codes(answer, "customerDelete") == ["NOT_SANDBOX"]
    assert await api.counts() == before
