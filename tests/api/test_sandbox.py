"""The integration sandbox: its quota, and deleting customers (customers.md 3.2, 4.1, 9.10, 9.14)."""

from tests.api.customers import audited, create, created, faults, form, prefix, read, some_customer
from tests.api.portfolio import fill_up
from tests.clients import Answer, Api

TESTER = "admin-agent@proseware"
DELETE = """mutation ($id: ID!) {
  customerDelete(input: {customerId: $id}) { deletedCustomerId userErrors { code message field vendorCode } }
}"""


async def delete(api: Api, person: str, customer_id: str) -> Answer:
    return await api.ask(person, DELETE, id=customer_id)


async def test_a_sandbox_holds_75_customers(fresh_api: Api):
    """customers.md 9.10, invariant 12: the 76th gets 800018, after one delete it works."""
    held = (await fresh_api.ask(TESTER, "{ customers { totalCount } }")).ok()["customers"]["totalCount"]
    await fill_up(fresh_api, "proseware", 74 - held)
    last = await created(fresh_api, TESTER, form())
    before = await fresh_api.counts()
    payload = await create(fresh_api, TESTER, form(address={"state": "ZZ"}))
    assert faults(payload) == {
        ("LIMIT_REACHED", None, 800018),
        ("INVALID", "billingProfile.address.state", 3000),
    }
    assert await fresh_api.counts() == before
    (await delete(fresh_api, TESTER, last["id"])).ok()
    again = await created(fresh_api, TESTER, form(domain=last["domain"]))
    assert again["id"] != last["id"]


async def test_deleting_leaves_nothing_but_the_log(api: Api):
    """customers.md 4.1, 1.5: everything under the customer goes, its domain is free, its lines in the log stay."""
    customer = await created(api, TESTER, form(domain=f"{prefix()}.ccsctp.net"))
    before = await api.counts()
    answer = await delete(api, TESTER, customer["id"])
    assert answer.ok()["customerDelete"] == {"deletedCustomerId": customer["id"], "userErrors": []}
    assert await read(api, TESTER, customer["id"]) is None
    after = await api.counts()
    gone = {table: before[table] - after[table] for table in before if before[table] != after[table]}
    assert gone == {
        "customer": 1,
        "customer_domain": 1,
        "customer_user": 1,
        "relationship": 1,
        "relationship_domain": 1,
        "billing_profile": 1,
        "activity_record": -1,
    }
    (line,) = await audited(api, answer)
    assert (line.operation, line.status, line.customer_name) == ("delete_customer", "succeeded", "Wingtip Toys")
    kept = await api.rows(
        "select operation from activity_record where customer_name = 'Wingtip Toys' and operation = 'add_customer'"
    )
    assert kept
    again = await delete(api, TESTER, customer["id"])
    assert faults(again.ok()["customerDelete"]) == {("NOT_FOUND", "customerId", 1000)}


async def test_nobody_deletes_in_production(api: Api):
    """customers.md 9.14: 900127, whatever the id; nothing written."""
    customer = await some_customer(api, "admin-agent@contoso", "Wingtip Toys")
    before = await api.counts()
    for customer_id in (customer["id"], "customer_0", ""):
        payload = (await delete(api, "admin-agent@contoso", customer_id)).ok()["customerDelete"]
        assert faults(payload) == {("NOT_SANDBOX", None, 900127)}
        assert payload["deletedCustomerId"] is None
    assert await api.counts() == before


async def test_a_sandbox_deletes_its_own_customers_only(api: Api):
    """conventions: another's customer, an unknown and a malformed id are answered alike."""
    theirs = await some_customer(api, "admin-agent@contoso", "Wingtip Toys")
    before = await api.counts()
    answers = [
        (await delete(api, TESTER, nobody)).body
        for nobody in (theirs["id"], f"customer_{'0' * 32}", "customer_x", theirs["relationship"]["role"])
    ]
    assert faults(answers[0]["data"]["customerDelete"]) == {("NOT_FOUND", "customerId", 1000)}
    assert all(answer == answers[0] for answer in answers)
    assert await api.counts() == before
