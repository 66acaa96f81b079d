"""Old and new values in the activity log need the permission that shows the value in the customer (I3)."""

from typing import Any

import pytest
import pytest_asyncio

from tests.access.mutations import CONTACT, CREATE
from tests.access.planting import ATTEST, PROFILE, UPDATE, acceptance
from tests.access.reference import for_apps, grants
from tests.clients import Api

ITALIANS = f"""{{
  customers(first: 100, filter: {{country: ["IT"]}}) {{
    nodes {{ companyProfile {{ organizationRegistrationNumber }} billingProfile {{ {PROFILE} }} }}
  }}
}}"""
LOG = """query ($operation: [String!]) {
  activityLog(first: 20, filter: {operation: $operation}) {
    nodes { operation actor changes { field oldValue newValue redacted } }
  }
}"""
OPERATIONS = ["add_customer", "update_customer_billing_profile", "create_agreement"]
ACTOR = "admin-agent@litware.onmicrosoft.com"

# Which permissions show a value in a customer, any one of them; permissions.md 7 and the contract's @requires.
CONTACT_DATA = {"CUSTOMER_CONTACT_READ", "CUSTOMER_BILLING_READ"}
SHOWN_WITH = {
    "companyName": {"CUSTOMER_READ"},
    "domain": {"CUSTOMER_READ"},
    "country": {"CUSTOMER_READ"},
    "companyProfile.organizationRegistrationNumber": {"CUSTOMER_TAX_READ"},
    "billingProfile.companyName": {"CUSTOMER_READ", "CUSTOMER_BILLING_READ"},
    "billingProfile.culture": {"CUSTOMER_BILLING_READ"},
    "billingProfile": CONTACT_DATA,
    "agreement": {"AGREEMENT_ATTEST"},
}
READERS = ("global-admin", "admin-agent", "sales-agent", "helpdesk-agent", "user-management-admin", "billing-admin")


@pytest_asyncio.fixture(scope="module")
async def written(api: Api) -> dict[str, str]:
    """What an admin agent wrote in this module: by field, its newest value."""
    who = "admin-agent@litware"
    nodes = (await api.ask(who, ITALIANS)).ok()["customers"]["nodes"]
    node = next(one for one in nodes if one["companyProfile"]["organizationRegistrationNumber"])
    number, profile = node["companyProfile"]["organizationRegistrationNumber"], node["billingProfile"]
    profile |= {"companyName": "Redatta S.p.A.", "email": "redatta-prima@example.it"}
    form = {"domain": "redatta", "billingProfile": profile, "organizationRegistrationNumber": number}
    form["agreement"] = acceptance("redatta-accordo@example.it")
    made = (await api.ask(who, CREATE.replace("tenantId", "tenantId billingProfile { etag }"), input=form)).ok()
    customer = made["customerCreate"]["customer"]
    etag = customer["billingProfile"]["etag"]
    contact = {"email": "redatta-dopo@example.it", "firstName": "Redattina"}
    change: dict[str, Any] = {"customerId": customer["id"], "etag": etag, "contact": contact}
    document = CONTACT.replace("customer { id }", "customer { billingProfile { etag } }")
    changed = (await api.ask(who, document, input=change)).ok()["customerUpdateContact"]
    moved = profile | contact | {"companyName": "Redatta Nuova S.p.A.", "culture": "en-US", "language": "en"}
    moved["address"] = profile["address"] | {"addressLine1": "Via Redatta 1"}
    change = {"customerId": customer["id"], "billingProfile": moved}
    change["etag"] = changed["customer"]["billingProfile"]["etag"]
    assert (await api.ask(who, UPDATE, input=change)).ok()["customerUpdateBillingProfile"]["userErrors"] == []
    form = {"customerId": customer["id"], "agreement": acceptance("redatta-altro@example.it")}
    assert (await api.ask(who, ATTEST, input=form)).ok()["customerAttestAgreement"]["userErrors"] == []
    return {
        "companyName": "Redatta S.p.A.",
        "domain": "redatta.onmicrosoft.com",
        "companyProfile.organizationRegistrationNumber": number,
        "billingProfile.companyName": "Redatta Nuova S.p.A.",
        "billingProfile.firstName": "Redattina",
        "billingProfile.email": "redatta-dopo@example.it",
        "billingProfile.culture": "en-US",
        "billingProfile.address.addressLine1": "Via Redatta 1",
        "agreement.contact.email": "redatta-altro@example.it",
    }


@pytest.mark.parametrize("role", READERS)
async def test_the_log_shows_a_reader_the_values_that_it_could_read_in_the_customer(
    role: str, api: Api, written: dict[str, str]
):
    """permissions.md 8.29 and I3: a billing admin reads no value, a tax number needs CUSTOMER_TAX_READ."""
    held = {permission for permission, roles in grants().items() if role.replace("-", "_").upper() in roles}
    answer = await api.ask(f"{role}@litware", LOG, operation=OPERATIONS)
    lines = [line for line in answer.ok()["activityLog"]["nodes"] if line["actor"] == ACTOR][:4]
    assert sorted({line["operation"] for line in lines}) == sorted(OPERATIONS)
    newest: dict[str, dict[str, Any]] = {}
    for line in lines:
        for entry in line["changes"]:
            newest.setdefault(entry["field"], entry)
            readable = bool(_shown_with(entry["field"]) & held)
            assert entry["redacted"] is not readable, entry
            if entry["redacted"]:
                assert (entry["oldValue"], entry["newValue"]) == (None, None)
    for field, value in written.items():
        readable = bool(_shown_with(field) & held)
        assert newest[field]["newValue"] == (value if readable else None)
        if not readable and field != "billingProfile.culture":
            assert value not in str(answer.body)
    assert ("redatta-prima@example.it" in str(answer.body)) == ("CUSTOMER_CONTACT_READ" in held)


async def test_an_application_reads_in_the_log_what_applications_can_hold(api: Api):
    """Attestations are closed to applications, so what they changed is, too."""
    who = "sales-agent@contoso"
    (node,) = (await api.ask(who, "{ customers(first: 1) { nodes { id billingProfile { etag } } } }")).ok()[
        "customers"
    ]["nodes"]
    form: dict[str, Any] = {"customerId": node["id"], "agreement": acceptance("app-hidden@example.com")}
    assert (await api.ask(who, ATTEST, input=form)).ok()["customerAttestAgreement"]["userErrors"] == []
    form = {"customerId": node["id"], "etag": node["billingProfile"]["etag"], "contact": {"lastName": "Appshown"}}
    assert (await api.ask(who, CONTACT, input=form)).ok()["customerUpdateContact"]["userErrors"] == []
    answer = await api.ask("app@contoso", LOG, operation=OPERATIONS[1:])
    changed, attested = answer.ok()["activityLog"]["nodes"][:2]
    assert "AGREEMENT_ATTEST" not in for_apps()
    assert {entry["redacted"] for entry in attested["changes"]} == {True}
    assert [entry["newValue"] for entry in changed["changes"]] == ["Appshown"]
    assert "app-hidden" not in str(answer.body)


def _shown_with(field: str) -> set[str]:
    return SHOWN_WITH.get(field) or SHOWN_WITH[field.partition(".")[0]]
