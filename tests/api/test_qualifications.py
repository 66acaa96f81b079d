"""What a customer is recognised as: requested by its partner, vetted by the operator (customers.md 4.2)."""

from typing import Any

import pytest

from clientela.cli.failures import NotReadyError
from clientela.cli.operator import decide_account, decide_education, file_validation_code
from tests.api.buying import OFFICE, buy, customer_that_may_buy
from tests.api.customers import USER_ERRORS, audited, created, faults, form
from tests.clients import Api

AGENT = "sales-agent@contoso"
REQUEST = f"""mutation ($input: CustomerRequestQualificationInput!) {{
  customerRequestQualification(input: $input) {{
    qualification {{ kind vettingStatus vettingReason createdAt }}
    customer {{ id qualifications {{ kind vettingStatus }} }}
    {USER_ERRORS}
  }}
}}"""
HELD = "query ($id: ID!) { customer(id: $id) { qualifications { kind vettingStatus vettingReason } } }"
SCHOOL = {"kind": "EDUCATION", "educationSegment": "K12", "website": "https://www.fineartschool.example"}


async def request(api: Api, customer: dict[str, Any], person: str = AGENT, **wanted: Any) -> dict[str, Any]:
    answer = await api.ask(person, REQUEST, input={"customerId": customer["id"], **wanted})
    return answer.ok()["customerRequestQualification"]


async def held(api: Api, customer: dict[str, Any], person: str = AGENT) -> list[dict[str, Any]]:
    return (await api.ask(person, HELD, id=customer["id"])).ok()["customer"]["qualifications"]


async def test_education_is_reviewed_denied_requested_again_and_approved(api: Api):
    """customers.md 9.18: InReview, denied with its reason, resubmitted, approved; a state-owned entity goes with it."""
    customer = await created(api, AGENT, form())
    asked = await request(api, customer, **SCHOOL)
    assert asked["userErrors"] == []
    assert (asked["qualification"]["kind"], asked["qualification"]["vettingStatus"]) == ("EDUCATION", "IN_REVIEW")
    assert faults(await request(api, customer, **SCHOOL)) == {("INVALID_STATE", "kind", 3000)}
    await decide_education(api.settings, customer["domain"], "not-academic-domain")
    denied = {"kind": "EDUCATION", "vettingStatus": "DENIED", "vettingReason": "Not an academic domain"}
    assert await held(api, customer) == [denied]
    assert (await request(api, customer, **SCHOOL))["qualification"]["vettingStatus"] == "IN_REVIEW"
    await decide_education(api.settings, customer["domain"].upper(), None)
    assert await held(api, customer) == [{"kind": "EDUCATION", "vettingStatus": "APPROVED", "vettingReason": None}]
    refused = await request(api, customer, kind="GOVERNMENT_COMMUNITY_CLOUD", validationCode="x")
    assert faults(refused) == {("QUALIFICATION_CONFLICT", "kind", 3000)}
    owned = await request(api, customer, kind="STATE_OWNED_ENTITY")
    assert owned["qualification"]["vettingStatus"] is None
    assert [found["kind"] for found in owned["customer"]["qualifications"]] == ["EDUCATION", "STATE_OWNED_ENTITY"]
    with pytest.raises(NotReadyError, match="no EDUCATION in review"):
        await decide_education(api.settings, customer["domain"], None)


async def test_a_validation_code_is_good_for_so_many_customers(api: Api):
    """customers.md 9.19: with one use left one customer is approved, the next refused."""
    await file_validation_code(api.settings, "contoso.onmicrosoft.com", "GCC-1", "City of Seattle", 1)
    first, second = [await created(api, AGENT, form()) for _ in range(2)]
    code = {"kind": "GOVERNMENT_COMMUNITY_CLOUD", "validationCode": " GCC-1 "}
    assert (await request(api, first, **code))["qualification"]["vettingStatus"] == "APPROVED"
    before = await api.counts()
    assert faults(await request(api, second, **code)) == {("VALIDATION_CODE_EXHAUSTED", "validationCode", 3000)}
    assert await api.counts() == before
    assert faults(await request(api, first, **SCHOOL)) == {("QUALIFICATION_CONFLICT", "kind", 3000)}
    unknown = {"kind": "GOVERNMENT_COMMUNITY_CLOUD", "validationCode": "GCC-2"}
    assert faults(await request(api, second, **unknown)) == {("INVALID", "validationCode", 3000)}
    theirs = await created(api, "sales-agent@adatum", form())
    foreign = await request(api, theirs, "sales-agent@adatum", **code)
    assert faults(foreign) == {("INVALID", "validationCode", 3000)}
    with pytest.raises(NotReadyError, match="already"):
        await file_validation_code(api.settings, "contoso.onmicrosoft.com", "GCC-1", "City of Seattle", 5)


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ({"kind": "NONPROFIT"}, {("NOT_SUPPORTED", "kind", 3000)}),
        ({"kind": "EDUCATION"}, {("REQUIRED", "educationSegment", 3000)}),
        (
            {"kind": "EDUCATION", "educationSegment": "Kindergarten", "website": "no address"},
            {("INVALID", "educationSegment", 3000), ("INVALID", "website", 3000)},
        ),
        ({"kind": "EDUCATION", "educationSegment": "K12", "website": "http://[::1"}, {("INVALID", "website", 3000)}),
        (
            {"kind": "STATE_OWNED_ENTITY", "educationSegment": "K12", "website": "x", "validationCode": "x"},
            {
                ("NOT_SUPPORTED", "educationSegment", 3000),
                ("NOT_SUPPORTED", "website", 3000),
                ("NOT_SUPPORTED", "validationCode", 3000),
            },
        ),
        ({"kind": "GOVERNMENT_COMMUNITY_CLOUD"}, {("REQUIRED", "validationCode", 3000)}),
    ],
)
async def test_a_request_comes_back_with_all_its_faults(
    api: Api, wanted: dict[str, Any], expected: set[tuple[str, str, int]]
):
    (customer,) = (await api.ask(AGENT, "{ customers(first: 1) { nodes { id } } }")).ok()["customers"]["nodes"]
    before = await api.counts()
    assert faults(await request(api, customer, **wanted)) == expected
    assert await api.counts() == before


async def test_the_government_community_cloud_is_for_us_organisations(api: Api):
    """customers.md 4.2."""
    found = '{ customers(first: 1, filter: {country: ["IT"]}) { nodes { id } } }'
    (italian,) = (await api.ask("sales-agent@litware", found)).ok()["customers"]["nodes"]
    code = {"kind": "GOVERNMENT_COMMUNITY_CLOUD", "validationCode": "x"}
    assert faults(await request(api, italian, "sales-agent@litware", **code)) == {("NOT_SUPPORTED", "kind", 3000)}
    (reselled,) = (await api.ask("admin-agent@tailspin", "{ customers(first: 1) { nodes { id } } }")).ok()["customers"][
        "nodes"
    ]
    assert faults(await request(api, reselled, "admin-agent@tailspin", **code)) == {("NOT_SUPPORTED", "kind", 3000)}


async def test_a_request_is_one_line_in_the_log(api: Api):
    customer = await created(api, AGENT, form())
    answer = await api.ask(AGENT, REQUEST, input={"customerId": customer["id"], **SCHOOL})
    (line,) = await audited(api, answer)
    assert line[:3] == ("update_customer_qualification", "customer", "succeeded")


async def test_another_partner_of_the_customer_sees_it(api: Api):
    """A qualification is the tenant's, whoever asked for it."""
    found = '{ customers(filter: {search: "adventureworks"}) { nodes { id } } }'
    (shared,) = (await api.ask(AGENT, found)).ok()["customers"]["nodes"]
    await request(api, shared, kind="STATE_OWNED_ENTITY")
    assert [one["kind"] for one in await held(api, shared, "helpdesk-agent@adatum")] == ["STATE_OWNED_ENTITY"]


async def test_the_operator_opens_and_holds_purchases(api: Api):
    """customers.md 4.3: account verification is a gate."""
    customer = await customer_that_may_buy(api, AGENT)
    await decide_account(api.settings, customer["domain"], "in-review")
    assert faults(await buy(api, AGENT, customer["id"], OFFICE)) == {("VERIFICATION_PENDING", "customerId", 800073)}
    await decide_account(api.settings, customer["domain"], "approved")
    assert (await buy(api, AGENT, customer["id"], OFFICE))["userErrors"] == []
