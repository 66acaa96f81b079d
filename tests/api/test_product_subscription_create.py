"""Buying for a customer: the gates of customers.md 6.2, and what a purchase leaves."""

from uuid import UUID

import pytest
from sqlalchemy import update
from sqlmodel import SQLModel, col

from clientela.demo.organisations import organisation
from models import Customer, Partner, Relationship
from models.customer import AccountVerification
from models.relationship import RelationshipRole, RelationshipStatus, RelationshipToPartner
from policy.vocabulary import ProgramStatus
from tests.api.buying import (
    AZURE,
    BUSINESS_PREMIUM,
    BUY,
    CONFERENCING,
    OFFICE,
    RESERVATION,
    SOFTWARE,
    Json,
    attest,
    bought,
    buy,
    customer_that_may_buy,
    held,
    offer_id,
    set_status,
)
from tests.api.customers import UPDATE_CONTACT, audited, created, faults, form, read
from tests.clients import Api

AGENT = "sales-agent@contoso"


def key(customer: Json) -> UUID:
    return UUID(customer["tenantId"])


async def change(api: Api, model: type[SQLModel], *where: object, **values: object) -> None:
    """What no call of this version changes."""
    async with api.database.execution_options(writes=True).begin() as connection:
        done = await connection.execute(update(model).where(*where).values(**values))  # type: ignore[arg-type]
        assert done.rowcount == 1


@pytest.mark.parametrize(
    ("name", "kind", "quantity"),
    [
        (BUSINESS_PREMIUM, "LICENSE", 25),
        (AZURE, "USAGE", 1),
        (RESERVATION, "RESERVATION", 3),
        (SOFTWARE, "SOFTWARE", 2),
    ],
)
async def test_a_purchase_is_active_at_once(api: Api, name: str, kind: str, quantity: int):
    customer = await customer_that_may_buy(api, AGENT)
    found = await bought(api, AGENT, customer["id"], name, quantity, friendlyName="  Head office ")
    assert (found["kind"], found["offerName"], found["quantity"]) == (kind, name, quantity)
    assert (found["status"], found["friendlyName"], found["parent"]) == ("ACTIVE", "Head office", None)
    assert await held(api, "helpdesk-agent@contoso", customer["id"]) == [found]


async def test_a_purchase_is_one_line_in_the_log(api: Api):
    """Settled: bought is `create_order`."""
    customer = await customer_that_may_buy(api, AGENT)
    wanted = {"customerId": customer["id"], "offerId": await offer_id(api, AGENT, OFFICE), "quantity": 7}
    answer = await api.ask(AGENT, BUY, input=wanted)
    (line,) = await audited(api, answer)
    assert line == ("create_order", "order", "succeeded", "sales-agent@contoso.onmicrosoft.com", "Wingtip Toys")
    log = '{ activityLog(first: 1, filter: {operation: ["create_order"]}) { nodes { changes { field newValue } } } }'
    (seen,) = (await api.ask(AGENT, log)).ok()["activityLog"]["nodes"]
    subscription = answer.ok()["productSubscriptionCreate"]["subscription"]
    assert {entry["field"]: entry["newValue"] for entry in seen["changes"]} == {
        "subscription.id": subscription["id"],
        "subscription.offerName": OFFICE,
        "subscription.quantity": 7,
    }
    (blind,) = (await api.ask("billing-admin@contoso", log)).ok()["activityLog"]["nodes"]
    assert {entry["newValue"] for entry in blind["changes"]} == {None}


async def test_a_dry_run_shows_the_purchase_and_buys_nothing(api: Api):
    customer = await customer_that_may_buy(api, AGENT)
    before = await api.counts()
    shown = await bought(api, AGENT, customer["id"], OFFICE, 3, dryRun=True)
    assert (shown["status"], shown["quantity"]) == ("ACTIVE", 3)
    assert await api.counts() == before


async def test_without_an_agreement_nothing_is_sold(api: Api):
    """customers.md 9.15: 13605; after an attestation the same purchase succeeds."""
    customer = await created(api, AGENT, form())
    before = await api.counts()
    refused = await buy(api, AGENT, customer["id"], OFFICE)
    assert faults(refused) == {("AGREEMENT_REQUIRED", "customerId", 13605)}
    assert await api.counts() == before
    await attest(api, AGENT, customer["id"])
    await bought(api, AGENT, customer["id"], OFFICE)


@pytest.mark.parametrize(
    ("status", "fault"),
    [
        (AccountVerification.IN_REVIEW, ("VERIFICATION_PENDING", "customerId", 800073)),
        (AccountVerification.NOT_STARTED, ("VERIFICATION_PENDING", "customerId", 800074)),
        (AccountVerification.DENIED, ("VERIFICATION_DENIED", "customerId", 800075)),
    ],
)
async def test_an_account_that_is_not_approved_buys_nothing(
    api: Api, status: AccountVerification, fault: tuple[str, str, int]
):
    """customers.md 4.3, 9.25: purchases wait, reading and editing go on."""
    customer = await customer_that_may_buy(api, AGENT)
    await change(api, Customer, col(Customer.id) == key(customer), account_verification=status)
    assert faults(await buy(api, AGENT, customer["id"], OFFICE)) == {fault}
    seen = await read(api, AGENT, customer["id"])
    assert seen["accountVerification"] == status.name
    edited = {"customerId": customer["id"], "etag": seen["billingProfile"]["etag"], "contact": {"lastName": "Carr"}}
    assert (await api.ask(AGENT, UPDATE_CONTACT, input=edited)).ok()["customerUpdateContact"]["userErrors"] == []


async def test_all_gates_that_are_shut_are_named_in_the_vendors_order(api: Api):
    """customers.md 6.2: verification, agreement, partner agreement, program, country, limits."""
    customer = await created(api, AGENT, form())
    await change(api, Customer, col(Customer.id) == key(customer), account_verification="in_review", country="BR")
    contoso = col(Partner.id) == organisation("contoso").id
    closed = {"partner_agreement_signed": False, "program_status": ProgramStatus.QUALIFIED}
    await change(api, Partner, contoso, **closed)
    try:
        refused = await buy(api, AGENT, customer["id"], BUSINESS_PREMIUM, 301)
    finally:
        await change(api, Partner, contoso, partner_agreement_signed=True, program_status=ProgramStatus.ACTIVE)
    assert [(fault["code"], fault["vendorCode"]) for fault in refused["userErrors"]] == [
        ("VERIFICATION_PENDING", 800073),
        ("AGREEMENT_REQUIRED", 13605),
        ("PARTNER_AGREEMENT_REQUIRED", 900124),
        ("PROGRAM_NOT_ACTIVE", 800039),
        ("REGION_MISMATCH", 2030),
        ("INVALID", 2002),
    ]


async def test_a_partner_that_may_not_order_is_told_so_before_anything_else(api: Api):
    """R1.15, R5.12, K19: managing, advising and ended relationships do not order; 20002."""
    customer = await created(api, AGENT, form())
    link = col(Relationship.customer_id) == key(customer)
    for values in (
        {"role": RelationshipRole.MANAGING},
        {"role": RelationshipRole.TRANSACTING, "relationship_to_partner": RelationshipToPartner.ADVISOR},
        {
            "relationship_to_partner": RelationshipToPartner.NONE,
            "status": RelationshipStatus.ENDED,
            "ended_at": api.clock(),
            "delegated_admin": False,
        },
    ):
        await change(api, Relationship, link, **values)
        assert faults(await buy(api, AGENT, customer["id"], OFFICE)) == {("RELATIONSHIP_REQUIRED", "customerId", 20002)}


async def test_a_customer_of_somebody_else_is_not_found(api: Api):
    """I6: as an id that names nothing."""
    theirs = await customer_that_may_buy(api, "sales-agent@adatum")
    answers = [
        (await buy(api, AGENT, unknown, OFFICE))["userErrors"]
        for unknown in (theirs["id"], f"customer_{'0' * 32}", "x")
    ]
    assert answers[0] == answers[1] == answers[2]
    assert answers[0][0]["code"] == "NOT_FOUND"


async def test_an_offer_is_sold_within_its_limits_and_countries(api: Api):
    customer = await customer_that_may_buy(api, AGENT)
    for quantity in (0, -1, 301):
        refused = await buy(api, AGENT, customer["id"], BUSINESS_PREMIUM, quantity)
        assert faults(refused) == {("INVALID", "quantity", 2002)}
    assert faults(await buy(api, AGENT, customer["id"], AZURE, 1)) == set()
    assert faults(await buy(api, AGENT, customer["id"], AZURE, 1)) == {("LIMIT_REACHED", "offerId", 27006)}
    italian = await customer_that_may_buy(api, "sales-agent@litware", "IT")
    only_us = "Azure SQL Database Reserved vCore, 3 Years"
    refused = await buy(api, "sales-agent@litware", italian["id"], only_us, 2)
    assert faults(refused) == {("NOT_SUPPORTED", "offerId", 800070)}
    unknown = {"customerId": customer["id"], "offerId": "offer_x", "quantity": 1, "friendlyName": "x" * 256}
    payload = (await api.ask(AGENT, BUY, input=unknown)).ok()["productSubscriptionCreate"]
    assert faults(payload) == {("NOT_FOUND", "offerId", 1000), ("TOO_LONG", "friendlyName", 3000)}


async def test_a_sandbox_customer_holds_five_subscriptions_of_25_seats(api: Api):
    """customers.md 3.2, invariant 12."""
    person = "admin-agent@proseware"
    customer = await customer_that_may_buy(api, person)
    assert faults(await buy(api, person, customer["id"], OFFICE, 26)) == {("LIMIT_REACHED", "quantity", 800067)}
    for _ in range(5):
        await bought(api, person, customer["id"], OFFICE, 25)
    assert faults(await buy(api, person, customer["id"], OFFICE, 1)) == {("LIMIT_REACHED", "customerId", 800066)}


async def test_an_add_on_needs_an_active_base_of_the_same_customer(api: Api):
    """Settled: add-ons need a `parentId` of an active base."""
    customer = await customer_that_may_buy(api, AGENT)
    other = await bought(api, AGENT, (await customer_that_may_buy(api, AGENT))["id"], OFFICE)
    premium = await bought(api, AGENT, customer["id"], BUSINESS_PREMIUM)
    base = await bought(api, AGENT, customer["id"], OFFICE, 5)
    for parent, fault in (
        ({}, ("REQUIRED", "parentId", 3000)),
        ({"parentId": other["id"]}, ("NOT_FOUND", "parentId", 20003)),
        ({"parentId": "x"}, ("NOT_FOUND", "parentId", 20003)),
        ({"parentId": premium["id"]}, ("INVALID", "parentId", 3000)),
    ):
        assert faults(await buy(api, AGENT, customer["id"], CONFERENCING, 5, **parent)) == {fault}
    refused = await buy(api, AGENT, customer["id"], BUSINESS_PREMIUM, 5, parentId=base["id"])
    assert faults(refused) == {("INVALID", "parentId", 3000)}
    add_on = await bought(api, AGENT, customer["id"], CONFERENCING, 5, parentId=base["id"])
    assert add_on["parent"] == {"id": base["id"], "status": "ACTIVE"}
    assert (await set_status(api, AGENT, "Suspend", base))["userErrors"] == []
    refused = await buy(api, AGENT, customer["id"], CONFERENCING, 1, parentId=base["id"])
    assert faults(refused) == {("INVALID_STATE", "parentId", 27009)}
    assert refused["userErrors"][0]["relatedIds"] == [base["id"]]


async def test_a_provider_names_a_reseller_of_record_that_it_works_with(api: Api):
    """customers.md 6.2, R1.15: never itself (2072), a live partnership (800016), the agreement signed (900123)."""
    provider = "admin-agent@fabrikam"
    customer = await customer_that_may_buy(api, provider)
    ids = {name: f"partner_{organisation(name).id.hex}" for name in ("fabrikam", "tailspin", "northwind")}
    refused = await buy(api, provider, customer["id"], OFFICE, resellerId=ids["fabrikam"])
    assert faults(refused) == {("INVALID", "resellerId", 2072)}
    for unknown in (ids["northwind"], "x"):
        refused = await buy(api, provider, customer["id"], OFFICE, resellerId=unknown)
        assert faults(refused) == {("PARTNERSHIP_REQUIRED", "resellerId", 800016)}
    tailspin = col(Partner.id) == organisation("tailspin").id
    await change(api, Partner, tailspin, partner_agreement_signed=False)
    refused = await buy(api, provider, customer["id"], OFFICE, resellerId=ids["tailspin"])
    assert faults(refused) == {("PARTNER_AGREEMENT_REQUIRED", "resellerId", 900123)}
    await change(api, Partner, tailspin, partner_agreement_signed=True)
    sold = await bought(api, provider, customer["id"], OFFICE, resellerId=ids["tailspin"])
    assert sold["reseller"] == {"id": ids["tailspin"], "name": "Tailspin Toys"}


async def test_a_reseller_sees_what_it_is_the_reseller_of_and_orders_nothing(api: Api):
    """R3.17, I5: its provider orders; permissions.md 5.1: it sees the subscriptions where it is of record."""
    provider, reseller = "admin-agent@fabrikam", "admin-agent@tailspin"
    tailspin = f"partner_{organisation('tailspin').id.hex}"
    customer = await created(api, provider, form(associatedResellerId=tailspin))
    await attest(api, provider, customer["id"])
    named = await bought(api, provider, customer["id"], OFFICE, resellerId=tailspin)
    other = await bought(api, provider, customer["id"], BUSINESS_PREMIUM)
    assert await held(api, provider, customer["id"]) == [named, other]
    assert await held(api, reseller, customer["id"]) == [named]
    refused = await buy(api, reseller, customer["id"], OFFICE)
    assert faults(refused) == {("RELATIONSHIP_REQUIRED", "customerId", 20002)}
    refused = await set_status(api, reseller, "Suspend", named)
    assert faults(refused) == {("RELATIONSHIP_REQUIRED", "subscriptionId", 20002)}
    refused = await set_status(api, reseller, "Suspend", other)
    assert faults(refused) == {("NOT_FOUND", "subscriptionId", 20003)}


async def test_a_closed_cloud_sells_nothing_new(api: Api):
    """permissions.md 5.2: new services: not in Germany; what customers have goes on."""
    who = "admin-agent@tailwind"
    document = """{ customers(first: 500) { nodes { id subscriptions(filter: {status: [ACTIVE], kind: [LICENSE]}) {
      nodes { id etag status }
    } } } }"""
    customers = (await api.ask(who, document)).ok()["customers"]["nodes"]
    owner = next(customer for customer in customers if customer["subscriptions"]["nodes"])
    offer = await offer_id(api, who, "Office 365 E3 Germany")
    answer = await api.ask(who, BUY, input={"customerId": owner["id"], "offerId": offer, "quantity": 1})
    assert (answer.data, answer.codes) == ({"productSubscriptionCreate": None}, ["CLOUD_FEATURE_UNAVAILABLE"])
    assert answer.errors[0]["extensions"]["vendorCode"] == 900127
    suspended = await set_status(api, who, "Suspend", owner["subscriptions"]["nodes"][0])
    assert suspended["subscription"]["status"] == "SUSPENDED"


async def test_in_the_us_government_cloud_the_agreement_is_part_of_the_contract(api: Api):
    """permissions.md 5.2: no attestation there, so none is asked for."""
    who = "admin-agent@woodgrove"
    customer = await created(api, who, form())
    await bought(api, who, customer["id"], "Office 365 G3", 3)
