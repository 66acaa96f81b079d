"""Replacing a billing profile: whole, by its etag, renaming in the list only (customers.md 1.9, 2.4, 9.12, 9.13)."""

from tests.api.customers import (
    READ,
    UPDATE_PROFILE,
    Json,
    audited,
    faults,
    profile,
    read,
    some_customer,
)
from tests.clients import Answer, Api

AGENT = "sales-agent@contoso"
COLLEAGUE = "admin-agent@contoso"
LISTED = """query ($search: String) {
  customers(first: 500, filter: {search: $search}) { nodes { id companyName companyProfile { companyName } } }
}"""
LOG = """query ($id: ID!) { customer(id: $id) { activity(first: 1) {
  nodes { operation customerName correlationId changes { field oldValue newValue redacted } }
} } }"""


async def update(api: Api, person: str, customer: Json, etag: str, to: Json, *, dry_run: bool = False) -> Answer:
    form = {"customerId": customer["id"], "etag": etag, "billingProfile": to, "dryRun": dry_run}
    return await api.ask(person, UPDATE_PROFILE, input=form)


def as_input(customer: Json) -> Json:
    """The profile as it is, ready to be sent back."""
    return {name: value for name, value in customer["billingProfile"].items() if name not in ("id", "etag")}


async def test_of_two_agents_with_one_etag_the_second_is_told(api: Api):
    """customers.md 9.12: 2055 for the second, re-reading shows the first's data."""
    customer = await some_customer(api, AGENT, "Graphic Design Institute")
    etag = customer["billingProfile"]["etag"]
    answer = await update(api, AGENT, customer, etag, {**as_input(customer), "email": "first@gdi.example"})
    first = answer.ok()["customerUpdateBillingProfile"]
    assert first["userErrors"] == []
    assert first["billingProfile"]["etag"] not in ("", etag)
    assert first["customer"]["contact"]["email"] == first["billingProfile"]["email"] == "first@gdi.example"
    (line,) = await audited(api, answer)
    assert (line.operation, line.status) == ("update_customer_billing_profile", "succeeded")
    before = await api.counts()
    answer = await update(api, COLLEAGUE, customer, etag, {**as_input(customer), "email": "second@gdi.example"})
    second = answer.ok()["customerUpdateBillingProfile"]
    assert faults(second) == {("ETAG_MISMATCH", "etag", 2055)}
    assert (second["customer"], second["billingProfile"]) == (None, None)
    assert await api.counts() == before
    assert await read(api, COLLEAGUE, customer["id"]) == first["customer"]


async def test_a_rename_is_seen_in_the_list_and_nowhere_else(api: Api):
    """customers.md 9.13, invariant 6: list and search follow, the company profile keeps the legal name."""
    customer = await some_customer(api, AGENT, "Adventure Works")
    at_adatum = await read(api, "sales-agent@adatum", customer["id"])
    renamed = {**as_input(customer), "companyName": "Ædelstein Cycles"}
    answer = await update(api, AGENT, customer, customer["billingProfile"]["etag"], renamed)
    payload = answer.ok()["customerUpdateBillingProfile"]
    assert payload["customer"]["companyName"] == payload["billingProfile"]["companyName"] == "Ædelstein Cycles"
    (node,) = (await api.ask(AGENT, LISTED, search="ædelSTEIN c")).ok()["customers"]["nodes"]
    assert node == {
        "id": customer["id"],
        "companyName": "Ædelstein Cycles",
        "companyProfile": {"companyName": "Adventure Works"},
    }
    by_old_name = (await api.ask(AGENT, LISTED, search="Adventure Works")).ok()["customers"]["nodes"]
    assert customer["id"] not in [found["id"] for found in by_old_name]
    (line,) = (await api.ask(AGENT, LOG, id=customer["id"])).ok()["customer"]["activity"]["nodes"]
    assert line["customerName"] == "Ædelstein Cycles"
    assert line["correlationId"] == answer.headers["X-Correlation-Id"]
    assert line["changes"] == [
        {
            "field": "billingProfile.companyName",
            "oldValue": "Adventure Works",
            "newValue": "Ædelstein Cycles",
            "redacted": False,
        }
    ]
    assert await read(api, "sales-agent@adatum", customer["id"]) == at_adatum


async def test_the_whole_profile_is_replaced(api: Api):
    """customers.md 1.3: full replacement; what is left out becomes empty."""
    customer = await some_customer(api, AGENT, "Coho Winery")
    answer = await update(api, AGENT, customer, customer["billingProfile"]["etag"], profile())
    after = answer.ok()["customerUpdateBillingProfile"]["customer"]
    sent = profile()
    empty = {"firstName": None, "lastName": None}
    assert {name: after["billingProfile"][name] for name in sent if name != "address"} | empty == {
        **{name: value for name, value in sent.items() if name != "address"},
        **empty,
    }
    optional = {"addressLine2": None, "region": None, "middleName": None, "phoneNumber": None}
    assert after["address"] == after["billingProfile"]["address"] == sent["address"] | optional
    assert (after["contact"]["firstName"], after["contact"]["lastName"]) == ("Tania", "Carr")


async def test_the_same_content_again_changes_nothing(api: Api):
    """customers.md, invariant 5: the etag stays and no line is written."""
    customer = await some_customer(api, AGENT, "School of Fine Art")
    same = as_input(customer)
    same["companyName"] = f" {same['companyName']} "
    before = await api.counts()
    answer = await update(api, AGENT, customer, customer["billingProfile"]["etag"], same)
    assert answer.ok()["customerUpdateBillingProfile"]["customer"] == customer
    assert await api.counts() == before
    assert await audited(api, answer) == []


async def test_a_dry_run_shows_the_outcome_and_leaves_nothing(api: Api):
    """conventions: every check and the whole write, rolled back: no change, no line in the log."""
    customer = await some_customer(api, AGENT, "School of Fine Art")
    etag = customer["billingProfile"]["etag"]
    before = await api.counts()
    answer = await update(api, AGENT, customer, etag, profile(companyName="School of Dry Art"), dry_run=True)
    payload = answer.ok()["customerUpdateBillingProfile"]
    assert payload["customer"]["companyName"] == payload["billingProfile"]["companyName"] == "School of Dry Art"
    assert payload["billingProfile"]["etag"] != etag
    assert await read(api, AGENT, customer["id"]) == customer
    assert await api.counts() == before
    stale = await update(api, AGENT, customer, "stale", profile(), dry_run=True)
    assert faults(stale.ok()["customerUpdateBillingProfile"]) == {("ETAG_MISMATCH", "etag", 2055)}


async def test_two_changes_in_one_request_are_two_transactions(api: Api):
    """conventions: one mutation field is one transaction; a dry run beside it keeps nothing of its own."""
    customer = await some_customer(api, AGENT, "Wingtip Toys")
    document = """mutation ($dry: CustomerUpdateBillingProfileInput!, $real: CustomerUpdateBillingProfileInput!) {
      dry: customerUpdateBillingProfile(input: $dry) { billingProfile { email } userErrors { code } }
      real: customerUpdateBillingProfile(input: $real) { billingProfile { email city: address { city } } }
      stale: customerUpdateBillingProfile(input: $real) { userErrors { code } }
    }"""
    base = {"customerId": customer["id"], "etag": customer["billingProfile"]["etag"]}
    dry = {**base, "dryRun": True, "billingProfile": profile(email="dry@wingtiptoys.example")}
    real = {**base, "billingProfile": profile(email="real@wingtiptoys.example")}
    answer = await api.ask(AGENT, document, dry=dry, real=real)
    data = answer.ok()
    assert data["dry"] == {"billingProfile": {"email": "dry@wingtiptoys.example"}, "userErrors": []}
    assert data["real"]["billingProfile"]["email"] == "real@wingtiptoys.example"
    assert data["stale"] == {"userErrors": [{"code": "ETAG_MISMATCH"}]}
    assert len(await audited(api, answer)) == 1
    assert (await read(api, AGENT, customer["id"]))["contact"]["email"] == "real@wingtiptoys.example"


async def test_all_faults_at_once_and_an_empty_etag_among_them(api: Api):
    """Settled: an empty etag is ETAG_REQUIRED; R1.9: the customer stays in the partner's region."""
    customer = await some_customer(api, AGENT, "School of Fine Art")
    bad = profile("IT", address={"postalCode": "1"}, email="nobody")
    payload = (await update(api, AGENT, customer, "", bad)).ok()["customerUpdateBillingProfile"]
    assert faults(payload) == {
        ("ETAG_REQUIRED", "etag", 2055),
        ("INVALID", "billingProfile.email", 3000),
        ("INVALID", "billingProfile.address.postalCode", 3000),
        ("REGION_MISMATCH", "billingProfile.address.country", 2030),
    }


async def test_another_partners_customer_is_not_found_like_none(api: Api):
    """conventions: absent or not the viewer's to see: one answer, before any look at the form."""
    theirs = (await api.ask("sales-agent@litware", "{ customers(first: 1) { nodes { id } } }")).ok()
    (foreign,) = theirs["customers"]["nodes"]
    bodies = []
    for customer_id in (foreign["id"], f"customer_{'0' * 32}", "customer_x", ""):
        answer = await update(api, AGENT, {"id": customer_id}, "any", profile(email="nobody"))
        bodies.append(answer.body)
    assert faults(bodies[0]["data"]["customerUpdateBillingProfile"]) == {("NOT_FOUND", "customerId", 1000)}
    assert all(body == bodies[0] for body in bodies)
    assert (await api.ask(AGENT, READ, id=foreign["id"])).ok() == {"customer": None}
