"""Attesting agreements, reading them back, and the texts to accept (customers.md 3.3, 9.15, 9.16)."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.api.customers import Json, audited, faults, some_customer
from tests.clients import Answer, Api

AGENT = "sales-agent@litware"
CUSTOMER_TEXT = "117a77b0-9360-443b-8795-c6dedc750cf9"
CLOUD_TEXT = "998b88de-aa99-4388-a42c-1b3517d49490"
ATTEST = """mutation ($input: CustomerAttestAgreementInput!) {
  customerAttestAgreement(input: $input) {
    customer { id }
    agreement { id type method templateId agreedOn recordedBy contact { firstName lastName email phoneNumber } }
    userErrors { code message field vendorCode }
  }
}"""
HELD = """query ($id: ID!, $type: AgreementType) { customer(id: $id) {
  latest: agreements { id type } chosen: agreements(type: $type) { id type agreedOn }
} }"""
TEMPLATES = """query ($country: CountryCode!, $type: AgreementType) {
  agreementTemplates(country: $country, type: $type) { templateId type country url versionRank }
}"""
TANIA: Json = {"firstName": "Tania", "lastName": "Carr", "email": "tania.carr@trey.example"}


def agreement(contact: Json, **changes: object) -> Json:
    return {"templateId": CUSTOMER_TEXT, "agreedOn": "2024-05-01T12:00:00+02:00", "contact": contact, **changes}


async def attest(api: Api, customer_id: str, form: Json, person: str = AGENT) -> Answer:
    return await api.ask(person, ATTEST, input={"customerId": customer_id, "agreement": form})


async def test_an_attestation_is_recorded_and_not_twice(api: Api):
    """customers.md 9.16: repeated identically 600061, with another mail it is added; invariant 14."""
    customer = await some_customer(api, AGENT, "Trey Research")
    answer = await attest(api, customer["id"], agreement(TANIA))
    payload = answer.ok()["customerAttestAgreement"]
    assert payload["userErrors"] == []
    assert payload["customer"] == {"id": customer["id"]}
    assert {name: value for name, value in payload["agreement"].items() if name != "id"} == {
        "type": "MICROSOFT_CUSTOMER_AGREEMENT",
        "method": "PARTNER_ATTESTATION",
        "templateId": CUSTOMER_TEXT,
        "agreedOn": "2024-05-01T10:00:00Z",
        "recordedBy": "sales-agent@litware.onmicrosoft.com",
        "contact": {**TANIA, "phoneNumber": None},
    }
    (line,) = await audited(api, answer)
    assert (line.operation, line.resource_type, line.status) == ("create_agreement", "agreement", "succeeded")
    before = await api.counts()
    shouted = {name: value.upper() for name, value in TANIA.items()}
    for same in (TANIA, shouted):
        payload = (await attest(api, customer["id"], agreement(same))).ok()["customerAttestAgreement"]
        assert faults(payload) == {("AGREEMENT_EXISTS", "agreement.contact", 600061)}
        assert (payload["customer"], payload["agreement"]) == (None, None)
    assert await api.counts() == before
    for other in ({"email": "t@trey.example"}, {"phoneNumber": "+49 30 123456"}, {"lastName": "Karr"}):
        payload = (await attest(api, customer["id"], agreement({**TANIA, **other}))).ok()["customerAttestAgreement"]
        assert payload["userErrors"] == []


async def test_agreements_are_a_history_by_type_newest_first(api: Api):
    """customers.md 3.3 [D]: the customer agreement by default, null for all."""
    customer = await some_customer(api, AGENT, "Fourth Coffee")
    old = agreement(TANIA, agreedOn="2016-01-01T00:00:00Z", type="MICROSOFT_CLOUD_AGREEMENT", templateId=CLOUD_TEXT)
    first = (await attest(api, customer["id"], old)).ok()["customerAttestAgreement"]["agreement"]
    second = (await attest(api, customer["id"], agreement(TANIA))).ok()["customerAttestAgreement"]["agreement"]
    every = (await api.ask(AGENT, HELD, id=customer["id"], type=None)).ok()["customer"]
    assert second["id"] in [row["id"] for row in every["latest"]]
    assert {row["type"] for row in every["latest"]} == {"MICROSOFT_CUSTOMER_AGREEMENT"}
    assert {first["id"], second["id"]} <= {row["id"] for row in every["chosen"]}
    assert every["chosen"] == sorted(every["chosen"], key=lambda row: row["agreedOn"], reverse=True)
    cloud = (await api.ask(AGENT, HELD, id=customer["id"], type="MICROSOFT_CLOUD_AGREEMENT")).ok()["customer"]
    assert [row["id"] for row in cloud["chosen"]] == [first["id"]]


async def test_the_date_lies_in_the_past_and_the_contact_is_whole(api: Api):
    """customers.md 9.15, invariant 14: tomorrow is refused, yesterday is not; every fault at once."""
    customer = await some_customer(api, AGENT, "Lucerne Publishing")
    now = datetime.now(UTC)
    api.clock.fixed = now
    try:
        bad = agreement({"phoneNumber": "x"}, agreedOn=str(now + timedelta(days=1)), templateId=CLOUD_TEXT)
        payload = (await attest(api, customer["id"], bad)).ok()["customerAttestAgreement"]
        assert faults(payload) == {
            ("INVALID", "agreement.templateId", 3000),
            ("INVALID", "agreement.agreedOn", 3000),
            ("REQUIRED", "agreement.contact.firstName", 3000),
            ("REQUIRED", "agreement.contact.lastName", 3000),
            ("REQUIRED", "agreement.contact.email", 3000),
            ("INVALID", "agreement.contact.phoneNumber", 3000),
        }
        late = agreement(TANIA, agreedOn=str(now + timedelta(microseconds=1)))
        payload = (await attest(api, customer["id"], late)).ok()["customerAttestAgreement"]
        assert faults(payload) == {("INVALID", "agreement.agreedOn", 3000)}
        payload = (await attest(api, customer["id"], agreement(TANIA, agreedOn=str(now)))).ok()
        assert payload["customerAttestAgreement"]["userErrors"] == []
    finally:
        api.clock.fixed = None


async def test_another_partner_sees_no_attestation_of_ours(api: Api):
    """R1.17 and settled "whose agreement counts": an attestation is its partner's; a foreign customer is not found."""
    customer = await some_customer(api, "sales-agent@contoso", "Adventure Works")
    contact: Json = {"firstName": "Ann", "lastName": "Beebe", "email": "ann@adventureworks.example"}
    ours = (await attest(api, customer["id"], agreement(contact), "sales-agent@contoso")).ok()
    held = (await api.ask("sales-agent@adatum", HELD, id=customer["id"], type=None)).ok()["customer"]["chosen"]
    assert ours["customerAttestAgreement"]["agreement"]["id"] not in [row["id"] for row in held]
    theirs = (await attest(api, customer["id"], agreement(contact), "sales-agent@adatum")).ok()
    assert theirs["customerAttestAgreement"]["userErrors"] == []
    lost = (await attest(api, customer["id"], agreement(contact), AGENT)).ok()["customerAttestAgreement"]
    assert faults(lost) == {("NOT_FOUND", "customerId", 1000)}


async def test_templates_of_a_country(api: Api):
    """customers.md 3.3: id, type, rank; the newest first."""
    found = (await api.ask(AGENT, TEMPLATES, country="IT")).ok()["agreementTemplates"]
    assert [(row["templateId"], row["type"], row["country"]) for row in found] == [
        (CUSTOMER_TEXT, "MICROSOFT_CUSTOMER_AGREEMENT", "IT"),
        (CLOUD_TEXT, "MICROSOFT_CLOUD_AGREEMENT", "IT"),
    ]
    assert found[0]["versionRank"] > found[1]["versionRank"]
    assert all(row["url"].startswith("https://") for row in found)
    one = (await api.ask(AGENT, TEMPLATES, country="IT", type="MICROSOFT_CLOUD_AGREEMENT")).ok()
    assert one["agreementTemplates"] == [found[1]]


@pytest.mark.parametrize("country", ["ZZ", "it", "", "Italy"])
async def test_a_country_that_is_none_is_bad_input(api: Api, country: str):
    """Settled: a country in a query's argument is written by a program."""
    answer = await api.ask(AGENT, TEMPLATES, country=country)
    assert (answer.data, answer.codes) == ({"agreementTemplates": None}, ["BAD_USER_INPUT"])


async def test_other_clouds_have_no_attestation(api: Api):
    """Settled: top-level CLOUD_FEATURE_UNAVAILABLE, vendorCode 900127, before anything is looked up."""
    answer = await attest(api, "customer_0", agreement(TANIA), "sales-agent@woodgrove")
    assert (answer.data["customerAttestAgreement"], answer.codes) == (None, ["CLOUD_FEATURE_UNAVAILABLE"])
    assert answer.errors[0]["extensions"]["vendorCode"] == 900127
