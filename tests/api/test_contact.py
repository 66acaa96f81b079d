"""Changing the contact, a view on the billing profile that shares its etag (settled: contact and billing profile)."""

from tests.api.customers import UPDATE_CONTACT, Json, audited, faults, read, some_customer
from tests.clients import Answer, Api

AGENT = "sales-agent@litware"
SEARCH = "Blue Yonder Airlines"


async def update(api: Api, customer: Json, contact: Json, **more: object) -> Answer:
    base = {"customerId": customer["id"], "etag": customer["billingProfile"]["etag"], "contact": contact}
    return await api.ask(AGENT, UPDATE_CONTACT, input={**base, **more})


async def changed(api: Api, contact: Json) -> tuple[Json, Json, Answer]:
    """The customer before and after a change of its contact."""
    before = await some_customer(api, AGENT, SEARCH)
    answer = await update(api, before, contact)
    payload = answer.data["customerUpdateContact"]
    assert payload["userErrors"] == []
    return before, payload["customer"], answer


async def test_a_field_left_out_keeps_its_value_and_null_clears_it(api: Api):
    """The contract's words on ContactInput; null for a name falls back to the address's person."""
    before, after, answer = await changed(api, {"firstName": "Zoë", "lastName": None})
    assert after["contact"] == {
        "firstName": "Zoë",
        "lastName": before["address"]["lastName"],
        "email": before["contact"]["email"],
        "phoneNumber": before["contact"]["phoneNumber"],
    }
    assert (after["billingProfile"]["firstName"], after["billingProfile"]["lastName"]) == ("Zoë", None)
    assert after["billingProfile"]["etag"] != before["billingProfile"]["etag"]
    (line,) = await audited(api, answer)
    assert line.operation == "update_customer_billing_profile"


async def test_the_phone_is_the_addresss(api: Api):
    """customers.md 1.3: the contact's phone is the address's; null clears it where the country does not ask for one."""
    _, after, _ = await changed(api, {"phoneNumber": "+33 1 23 45 67 89"})
    assert after["contact"]["phoneNumber"] == after["address"]["phoneNumber"] == "+33 1 23 45 67 89"
    _, after, _ = await changed(api, {"phoneNumber": None})
    assert (after["contact"]["phoneNumber"], after["address"]["phoneNumber"]) == (None, None)


async def test_the_same_contact_again_changes_nothing(api: Api):
    """customers.md, invariant 5: the etag stays, no line is written; an empty contact likewise."""
    customer = await some_customer(api, AGENT, SEARCH)
    before = await api.counts()
    for same in ({"email": customer["contact"]["email"]}, {}):
        payload = (await update(api, customer, same)).data["customerUpdateContact"]
        assert payload["userErrors"] == []
        assert payload["customer"]["billingProfile"]["etag"] == customer["billingProfile"]["etag"]
    assert await api.counts() == before


async def test_a_dry_run_leaves_nothing(api: Api):
    """conventions: the payload shows the outcome; row counts and the customer are as before."""
    customer = await some_customer(api, AGENT, SEARCH)
    before = await api.counts()
    payload = (await update(api, customer, {"firstName": "Dry"}, dryRun=True)).data["customerUpdateContact"]
    assert payload["customer"]["contact"]["firstName"] == "Dry"
    assert await read(api, AGENT, customer["id"]) == customer
    assert await api.counts() == before


async def test_faults_name_the_contacts_fields(api: Api):
    """All at once, with paths into the contact; what was not sent is not held against the person."""
    customer = await some_customer(api, AGENT, SEARCH)
    bad: Json = {"firstName": "x" * 51, "email": None, "phoneNumber": "no"}
    before = await api.counts()
    payload = (await update(api, customer, bad)).data["customerUpdateContact"]
    assert faults(payload) == {
        ("TOO_LONG", "contact.firstName", 3000),
        ("REQUIRED", "contact.email", 3000),
        ("INVALID", "contact.phoneNumber", 3000),
    }
    stale = (await update(api, customer, {"firstName": "A"}, etag="stale")).data["customerUpdateContact"]
    assert faults(stale) == {("ETAG_MISMATCH", "etag", 2055)}
    empty = (await update(api, customer, {"firstName": "A"}, etag="")).data["customerUpdateContact"]
    assert faults(empty) == {("ETAG_REQUIRED", "etag", 2055)}
    lost = (await update(api, customer, bad, customerId="customer_0")).data["customerUpdateContact"]
    assert faults(lost) == {("NOT_FOUND", "customerId", 1000)}
    assert await api.counts() == before


async def test_a_country_that_asks_for_a_phone_keeps_it(api: Api):
    """customers.md 1.7, invariant 10: clearing the phone in Poland is 600051."""
    customer = await some_customer(api, AGENT, "VanArsdel")
    payload = (await update(api, customer, {"phoneNumber": None})).data["customerUpdateContact"]
    assert faults(payload) == {("REQUIRED", "contact.phoneNumber", 600051)}


async def test_a_helpdesk_agent_may_change_a_contact(api: Api):
    """customers.md 1.10: the contact is the helpdesk's to edit, the billing profile as a whole is not."""
    customer = await some_customer(api, AGENT, "Margie's Travel")
    document = """mutation ($id: ID!, $etag: String!) { customerUpdateContact(
      input: {customerId: $id, etag: $etag, contact: {lastName: "Harp"}}
    ) { customer { contact { lastName } } userErrors { code } } }"""
    variables = {"id": customer["id"], "etag": customer["billingProfile"]["etag"]}
    answer = await api.ask("helpdesk-agent@litware", document, **variables)
    assert answer.ok()["customerUpdateContact"] == {"customer": {"contact": {"lastName": "Harp"}}, "userErrors": []}
