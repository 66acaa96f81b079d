"""No answer depends on a value that its reader may not read: the value is changed, the bytes stay (I3)."""

from itertools import count
from typing import Any
from uuid import UUID

import pytest
import pytest_asyncio

from clientela.demo.organisations import organisation
from tests.access.bodies import body_of
from tests.access.hidden_values import AGREEMENT, ALL, BILLING, LEGAL, LISTED, SOLD, TAX, change_hidden
from tests.access.mutations import CONTACT
from tests.access.planting import ATTEST, acceptance
from tests.clients import Api

CUSTOMER = """
  id companyName domain domains country createdAt relationship { role } associatedReseller { name }
  companyProfile { companyName organizationRegistrationNumber }
  contact { firstName email phoneNumber } address { addressLine1 city lastName }
  billingProfile { companyName culture etag email address { postalCode } }
  agreements { contact { email lastName } } subscriptions { nodes { friendlyName etag } } resellers { nodes { name } }
  activity { totalCount nodes { operation customerName changes { field oldValue newValue redacted } } }
  can: viewerCan(permission: CUSTOMER_TAX_READ)"""
AS_PARTNER = f"""query ($id: ID!) {{
  customer(id: $id) {{ {CUSTOMER} }}
  node(id: $id) {{ ... on Customer {{ {CUSTOMER} }} }}
  found: customers(filter: {{country: ["US"]}}, first: 5) {{ totalCount edges {{ cursor node {{ {CUSTOMER} }} }} }}
  activityLog(first: 60) {{
    totalCount pageInfo {{ endCursor }}
    edges {{
      cursor node {{ id actor customerName customer {{ companyName }} changes {{ field oldValue newValue redacted }} }}
    }}
  }}
}}"""
AS_CUSTOMER = f"{{ viewer {{ customer {{ {CUSTOMER} }} relationships {{ nodes {{ id partner {{ name }} }} }} }} }}"
FILTERED = """query ($filter: ActivityFilter) { activityLog(filter: $filter) { totalCount } }"""

_fresh = count(1)


@pytest_asyncio.fixture(scope="module")
async def shared(api: Api) -> str:
    """The customer that contoso and adatum share, with an acceptance and a line in the log of contoso's."""
    found = '{ customers(filter: {search: "adventureworks"}) { nodes { id billingProfile { etag } } } }'
    who = "sales-agent@contoso"
    (node,) = (await api.ask(who, found)).ok()["customers"]["nodes"]
    form: dict[str, Any] = {"customerId": node["id"], "agreement": acceptance("closure@example.com")}
    assert (await api.ask(who, ATTEST, input=form)).ok()["customerAttestAgreement"]["userErrors"] == []
    form = {"customerId": node["id"], "etag": node["billingProfile"]["etag"], "contact": {"firstName": "Closed"}}
    assert (await api.ask(who, CONTACT, input=form)).ok()["customerUpdateContact"]["userErrors"] == []
    return str(node["id"])


async def _change(api: Api, customer: str, *kinds: str) -> None:
    tenant_id = UUID(customer.removeprefix("customer_"))
    await change_hidden(api, tenant_id, organisation("contoso").id, kinds, f"changed {next(_fresh)}")


@pytest.mark.parametrize(
    ("who", "hidden"),
    [
        ("global-admin@contoso", (AGREEMENT,)),
        ("app@contoso", (AGREEMENT,)),
        ("helpdesk-agent@contoso", (TAX, AGREEMENT)),
        ("user-management-admin@contoso", (TAX, BILLING, AGREEMENT, SOLD)),
        ("billing-admin@contoso", ALL),
        ("default-user@contoso", ALL),
        ("account-admin@contoso", ALL),
        ("admin-agent@adatum", (BILLING, AGREEMENT, SOLD, LISTED)),
        ("admin-agent@litware", ALL),
        ("customer-admin@adventureworks", (TAX, BILLING, AGREEMENT, SOLD, LISTED)),
        ("customer-user@adventureworks", (TAX, BILLING, AGREEMENT, SOLD, LISTED)),
    ],
)
async def test_changing_what_a_reader_may_not_read_leaves_its_answers_equal_to_the_byte(
    who: str, hidden: tuple[str, ...], api: Api, shared: str
):
    document = AS_CUSTOMER if who.startswith("customer-") else AS_PARTNER
    variables = {} if document is AS_CUSTOMER else {"id": shared}
    before = await body_of(api, who, document, **variables)
    await _change(api, shared, *hidden)
    assert await body_of(api, who, document, **variables) == before


@pytest.mark.parametrize("kind", [TAX, BILLING, AGREEMENT, SOLD, LISTED, LEGAL])
async def test_the_same_change_shows_in_the_answers_of_an_agent_who_may_read_all_of_it(
    kind: str, api: Api, shared: str
):
    """Without this the test above could not fail."""
    before = await body_of(api, "admin-agent@contoso", AS_PARTNER, id=shared)
    await _change(api, shared, kind)
    after = await body_of(api, "admin-agent@contoso", AS_PARTNER, id=shared)
    assert before != after
    assert b"changed" in after


@pytest.mark.parametrize(
    ("who", "permission"), [("billing-admin@contoso", "CUSTOMER_READ"), ("default-user@contoso", "AUDIT_READ")]
)
async def test_whoever_may_not_read_customers_may_not_ask_the_log_about_one(
    who: str, permission: str, api: Api, shared: str
):
    """Field behaviour of permissions.md 0: else the filter would tell what the field hides."""
    before = await api.counts()
    for narrowing in (
        {"customerId": shared},
        {"customerId": "nothing"},
        {"customerNameContains": "adventure"},
        {"customerNameContains": "zzz"},
        {"customerId": shared, "since": "2001-01-01T00:00:00Z"},
    ):
        answer = await api.ask(who, FILTERED, filter=narrowing)
        assert answer.body["data"] == {"activityLog": None}
        (error,) = answer.errors
        assert (error["path"], error["extensions"]["code"]) == (["activityLog"], "FORBIDDEN")
        assert error["extensions"]["permission"] == permission
    assert await api.counts() == before


async def test_whoever_reads_customers_asks_the_log_about_them(api: Api, shared: str):
    await _change(api, shared, LISTED)
    for narrowing in ({"customerId": shared}, {"customerNameContains": "CHANGED"}):
        answer = await api.ask("user-management-admin@contoso", FILTERED, filter=narrowing)
        assert answer.ok()["activityLog"]["totalCount"] >= 2
    answer = await api.ask("billing-admin@contoso", FILTERED, filter={"resourceType": ["customer"]})
    assert answer.ok()["activityLog"]["totalCount"] > 0


async def test_the_other_partner_of_a_shared_customer_finds_nothing_under_names_that_are_not_its_own(
    api: Api, shared: str
):
    """permissions.md 5.1: a rename affects only the list of the partner that renamed."""
    await _change(api, shared, LISTED)
    document = "query ($search: String) { customers(filter: {search: $search}) { totalCount } }"
    seen = {
        who: (await api.ask(who, document, search="changed")).ok()["customers"]["totalCount"]
        for who in ("sales-agent@contoso", "sales-agent@adatum")
    }
    assert seen == {"sales-agent@contoso": 1, "sales-agent@adatum": 0}
