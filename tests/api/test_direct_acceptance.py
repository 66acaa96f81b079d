"""A customer accepts its agreement by itself, which counts for all its partners (customers.md 3.3, settled)."""

from uuid import UUID, uuid4

from clientela.demo.organisations import organisation
from policy.principal import Principal, Standing
from policy.vocabulary import Cloud, PrincipalKind
from resolvers.direct_acceptance import AcceptanceForm, accept_directly, check_acceptance
from tests.api.buying import OFFICE, buy
from tests.api.customers import Json, created, faults, form
from tests.calling import call_by
from tests.clients import Api

AGENT = "sales-agent@contoso"
TEMPLATE = UUID("117a77b0-9360-443b-8795-c6dedc750cf9")
AGREEMENTS = "query ($id: ID!) { customer(id: $id) { agreements { method recordedBy contact { firstName email } } } }"


async def accept(api: Api, customer: Json, *logged_by_caller: UUID) -> int:
    """The customer's administrator accepts, as a command that accepts an invitation has it do; says what changed."""
    (user,) = await api.rows("select id from customer_user where sign_in_name = :n", n=f"admin@{customer['domain']}")
    principal = Principal(
        standing=Standing(PrincipalKind.CUSTOMER_USER, Cloud.GLOBAL, is_customer_admin=True),
        tenant_id=UUID(customer["tenantId"]),
        actor_id=UUID(str(user.id)),
        name=f"admin@{customer['domain']}",
        mfa=True,
    )
    async with api.database.execution_options(writes=True).begin() as connection:
        call = call_by(principal, connection)
        return len(await accept_directly(call, logged_by_caller=logged_by_caller))


async def test_a_direct_acceptance_opens_purchases(api: Api):
    """customers.md 9.17: without an attestation the purchase works."""
    customer = await created(api, AGENT, form())
    assert faults(await buy(api, AGENT, customer["id"], OFFICE)) == {("AGREEMENT_REQUIRED", "customerId", 13605)}
    assert await accept(api, customer) > 0
    assert (await buy(api, AGENT, customer["id"], OFFICE))["userErrors"] == []
    (held,) = (await api.ask(AGENT, AGREEMENTS, id=customer["id"])).ok()["customer"]["agreements"]
    assert held == {
        "method": "DIRECT_ACCEPTANCE",
        "recordedBy": f"admin@{customer['domain']}",
        "contact": {"firstName": "Administrator", "email": f"admin@{customer['domain']}"},
    }


async def test_it_counts_for_every_partner_and_an_attestation_for_the_one_that_gave_it(api: Api):
    """Settled: whose agreement counts."""
    found = '{ customers(filter: {search: "adventureworks"}) { nodes { id tenantId domain } } }'
    (shared,) = (await api.ask(AGENT, found)).ok()["customers"]["nodes"]
    other = "sales-agent@adatum"
    assert (await buy(api, AGENT, shared["id"], OFFICE, dryRun=True))["userErrors"] == []
    refused = await buy(api, other, shared["id"], OFFICE, dryRun=True)
    assert faults(refused) == {("AGREEMENT_REQUIRED", "customerId", 13605)}
    before = await api.counts()
    assert await accept(api, shared, organisation("adatum").id) > 0
    after = await api.counts()
    # One line for contoso; adatum's is the caller's own affair.
    assert (after["activity_record"], after["agreement"]) == (before["activity_record"] + 1, before["agreement"] + 1)
    assert (await buy(api, other, shared["id"], OFFICE, dryRun=True))["userErrors"] == []
    assert await accept(api, shared) == 0
    assert await api.counts() == after


def test_another_text_or_a_no_is_no_acceptance():
    for said, due, code in (
        (AcceptanceForm(True, TEMPLATE), True, None),
        (AcceptanceForm(False, TEMPLATE), True, "AGREEMENT_REQUIRED"),
        (AcceptanceForm(False, TEMPLATE), False, None),
        (AcceptanceForm(True, uuid4()), False, "INVALID"),
        (None, True, "AGREEMENT_REQUIRED"),
        (None, False, None),
    ):
        fault = check_acceptance(said, due=due, supported=True)
        assert (fault.code if fault else None) == code
