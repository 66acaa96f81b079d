"""Creating a customer abroad, in another region, with an agreement, by an application (customers.md 9.5, 9.6, R1.9)."""

from typing import Any

import pytest
from sqlalchemy import text

from tests.api.customers import CREATE, Json, audited, create, created, faults, form
from tests.clients import Api

ITALIAN = "sales-agent@litware"
AMERICAN = "sales-agent@contoso"
CUSTOMER_AGREEMENT = "117a77b0-9360-443b-8795-c6dedc750cf9"
AGREEMENT: Json = {
    "templateId": CUSTOMER_AGREEMENT,
    "agreedOn": "2024-05-01T10:00:00Z",
    "contact": {"firstName": "Tania", "lastName": "Carr", "email": "tania.carr@wingtiptoys.example"},
}


async def test_a_country_that_asks_for_number_and_phone_says_so_with_its_codes(api: Api):
    """customers.md 9.5, for a country of litware's own region: 600049 and 600051; with both it succeeds."""
    payload = await create(api, ITALIAN, form("PL", address={"phoneNumber": None}))
    assert faults(payload) == {
        ("REQUIRED", "organizationRegistrationNumber", 600049),
        ("REQUIRED", "billingProfile.address.phoneNumber", 600051),
    }
    wrong = await create(api, ITALIAN, form("PL", organizationRegistrationNumber="8567346216"))
    assert faults(wrong) == {("INVALID", "organizationRegistrationNumber", 600050)}
    customer = await created(api, ITALIAN, form("PL", organizationRegistrationNumber="8567346215"))
    assert customer["companyProfile"]["organizationRegistrationNumber"] == "8567346215"


async def test_brazil_is_another_selling_region_and_asks_for_number_and_phone(api: Api):
    """customers.md 9.5 and R1.9: every fault at once, REGION_MISMATCH (2030) among them."""
    payload = await create(api, AMERICAN, form("BR"))
    assert faults(payload) == {
        ("REGION_MISMATCH", "billingProfile.address.country", 2030),
        ("REQUIRED", "organizationRegistrationNumber", 600049),
        ("REQUIRED", "billingProfile.address.phoneNumber", 600051),
    }
    whole = form("BR", address={"phoneNumber": "+55 11 2345-6789"}, organizationRegistrationNumber="16.727.230/0001-97")
    assert faults(await create(api, AMERICAN, whole)) == {("REGION_MISMATCH", "billingProfile.address.country", 2030)}


async def test_the_united_states_take_no_registration_number(api: Api):
    """customers.md 9.6."""
    payload = await create(api, AMERICAN, form(organizationRegistrationNumber="123456789"))
    assert faults(payload) == {("NOT_SUPPORTED", "organizationRegistrationNumber", 600002)}


async def test_an_unknown_country_is_one_fault(api: Api):
    """Settled: a country is typed into a form, so it is checked with the form."""
    payload = await create(api, AMERICAN, form(address={"country": "ZZ"}))
    assert faults(payload) == {("INVALID", "billingProfile.address.country", 1000)}


async def test_input_is_stored_in_normal_form(api: Api):
    """customers.md 1.3, 1.4: blanks trimmed, culture in its usual case, state as its code; an empty text is none."""
    changes: Json = {"companyName": "  Wingtip Toys ", "culture": "EN-us", "language": "EN", "firstName": " "}
    filled = form(address={"state": "washington", "addressLine2": "", "country": "us"}, changes=changes)
    customer = await created(api, AMERICAN, filled)
    billing = customer["billingProfile"]
    assert (customer["companyName"], billing["culture"], billing["language"]) == ("Wingtip Toys", "en-US", "en")
    assert (billing["firstName"], billing["address"]["addressLine2"]) == (None, None)
    assert (billing["address"]["state"], billing["address"]["country"], customer["country"]) == ("WA", "US", "US")


async def test_an_agreement_is_recorded_with_the_customer(api: Api):
    """customers.md 3.3: an acceptance within the creation, in one transaction and one line of the log."""
    document = CREATE.replace("associatedReseller", "agreements { method contact { email } } associatedReseller")
    answer = await api.ask(ITALIAN, document, input=form("IT", agreement=AGREEMENT))
    payload = answer.ok()["customerCreate"]
    assert payload["userErrors"] == []
    assert payload["customer"]["agreements"] == [
        {"method": "PARTNER_ATTESTATION", "contact": {"email": "tania.carr@wingtiptoys.example"}}
    ]
    assert [line.operation for line in await audited(api, answer)] == ["add_customer"]


async def test_a_faulty_agreement_stops_the_customer(api: Api):
    """Atomic: an acceptance of tomorrow with a wrong contact leaves no customer behind (customers.md 9.15)."""
    tomorrow: Json = {**AGREEMENT, "agreedOn": "2999-01-01T00:00:00Z", "contact": {"firstName": "Tania"}}
    before = await api.counts()
    payload = await create(api, ITALIAN, form("IT", agreement=tomorrow))
    assert faults(payload) == {
        ("INVALID", "agreement.agreedOn", 3000),
        ("REQUIRED", "agreement.contact.lastName", 3000),
        ("REQUIRED", "agreement.contact.email", 3000),
    }
    assert await api.counts() == before


async def test_an_agreement_needs_its_own_permission(api: Api):
    """A global admin may create and may not attest: the whole mutation is denied, with one line that says so."""
    answer = await api.ask("global-admin@litware", CREATE, input=form("IT", agreement=AGREEMENT))
    assert (answer.data["customerCreate"], answer.codes) == (None, ["FORBIDDEN"])
    assert answer.errors[0]["extensions"]["permission"] == "AGREEMENT_ATTEST"
    assert [line.operation for line in await audited(api, answer)] == ["access_denied"]


async def test_a_cloud_without_attestation_says_so_on_the_part(api: Api):
    """Settled: not there in a cloud: `userErrors` NOT_SUPPORTED, vendorCode 900127."""
    payload = await create(api, "sales-agent@woodgrove", form(agreement=AGREEMENT))
    assert ("NOT_SUPPORTED", "agreement", 900127) in faults(payload)


async def test_an_application_creates_customers_but_none_for_a_reseller(api: Api):
    """customers.md 1.10: app-only allowed for create, not for an indirect reseller."""
    answer = await api.ask("app@contoso", CREATE, input=form(associatedResellerId="partner_0"))
    assert (answer.data["customerCreate"], answer.codes) == (None, ["APP_ONLY_NOT_SUPPORTED"])
    answer = await api.ask("app@contoso", CREATE, input=form())
    assert answer.data["customerCreate"]["userErrors"] == []


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("pending", ("userErrors", ("PROGRAM_NOT_ACTIVE", None, 800039))),
        ("rejected", ("userErrors", ("PROGRAM_NOT_ACTIVE", None, 800039))),
        ("suspended", ("errors", "PARTNER_SUSPENDED")),
    ],
)
async def test_a_program_that_is_not_active_sells_nothing_new(fresh_api: Api, status: str, expected: Any):
    """customers.md 3.1 step 1 (800039); permissions.md 5.1 for a suspended partner."""
    async with fresh_api.database.begin() as connection:
        await connection.execute(text("update partner set program_status = :status"), {"status": status})
    answer = await fresh_api.ask(AMERICAN, CREATE, input=form())
    payload = answer.data["customerCreate"]
    found = ("userErrors", *faults(payload)) if payload else ("errors", *answer.codes)
    assert found == expected
