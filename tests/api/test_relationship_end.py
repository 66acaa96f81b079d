"""Ending a relationship, restoring it, taking admin privileges away (relationships.md 4.1 and 5)."""

from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import update

from clientela.demo.organisations import organisation
from models import ProductSubscription
from models.product_subscription import ProductSubscriptionStatus
from tests.access.logbook import difference
from tests.api.buying import OFFICE, attest, bought
from tests.api.customers import audited, read, some_customer
from tests.api.partnerships import codes
from tests.api.relationship_requests import accept, connected, form, invited
from tests.api.relationships import END, REVOKE, end, revoke
from tests.api.test_indirect_model import partner_id, served_with
from tests.clients import Api

ADMIN = "global-admin@contoso"
AGENT = "admin-agent@adatum"
CUSTOMER = "customer-admin@wingtiptoys"
NODE = "query ($id: ID!) { node(id: $id) { ... on Relationship { status endReason customer { id } } } }"
SEARCH = 'query ($id: ID!) { customers(filter: {search: "wingtiptoys"}) { nodes { id } } customer(id: $id) { id } }'


@pytest_asyncio.fixture
async def fresh_api(fresh_api: Api) -> Api:
    """A server of one's own on which nothing that was bought is active; test_relationship_end_obstacles.py has that."""
    over = update(ProductSubscription).values(status=ProductSubscriptionStatus.DELETED)
    async with fresh_api.database.execution_options(writes=True).begin() as connection:
        await connection.execute(over)
    return fresh_api


async def stored(api: Api, table: str, partner: str, *, others: bool = False) -> list[str]:
    """A partner's rows of a table to the byte, or everybody else's."""
    key = organisation(partner).id
    own = key.hex if api.database.dialect.name == "sqlite" else key
    sign = "<>" if others else "="
    return sorted(map(repr, await api.rows(f"select * from {table} where partner_id {sign} :own", own=own)))


async def test_an_ended_relationship_leaves_the_list_and_keeps_its_history(fresh_api: Api):
    """R5.1, R5.4, R5.5, I9; permissions.md 8.15: one row changes, one line is written, admin privileges are gone."""
    customer = await some_customer(fresh_api, ADMIN, "wingtiptoys")
    before, others = await fresh_api.counts(), await stored(fresh_api, "relationship", "contoso", others=True)
    answer = await fresh_api.ask(ADMIN, END, input={"customerId": customer["id"], "reason": " Moved away. "})
    ended = answer.ok()["relationshipEnd"]["relationship"]
    assert (ended["status"], ended["relationshipToPartner"], ended["delegatedAdmin"]) == ("ENDED", "NONE", False)
    assert (ended["endReason"], ended["customer"]) == ("Moved away.", None)
    assert ended["endedAt"] is not None
    assert difference(before, await fresh_api.counts()) == {"activity_record": 1}
    (line,) = await audited(fresh_api, answer)
    assert (line.operation, line.resource_type, line.customer_name) == (
        *("remove_partner_customer_relationship", "partner_customer_relationship"),
        customer["companyName"],
    )
    assert await stored(fresh_api, "relationship", "contoso", others=True) == others
    found = (await fresh_api.ask(ADMIN, SEARCH, id=customer["id"])).ok()
    assert found == {"customers": {"nodes": []}, "customer": None}
    history = (await fresh_api.ask(ADMIN, NODE, id=ended["id"])).ok()["node"]
    assert history == {"status": "ENDED", "endReason": "Moved away.", "customer": None}
    log = f'{{ activityLog(filter: {{customerId: "{customer["id"]}"}}) {{ nodes {{ operation }} }} }}'
    lines = (await fresh_api.ask(ADMIN, log)).ok()["activityLog"]["nodes"]
    assert lines[0]["operation"] == "remove_partner_customer_relationship"
    served = "{ viewer { relationships { totalCount } } }"
    assert (await fresh_api.ask(CUSTOMER, served)).ok()["viewer"]["relationships"]["totalCount"] == 0


async def test_a_second_end_and_a_strangers(fresh_api: Api):
    """Settled and K19: RELATIONSHIP_REQUIRED without a second line; NOT_FOUND for whoever never had one."""
    customer = await some_customer(fresh_api, ADMIN, "wingtiptoys")
    assert codes(await end(fresh_api, ADMIN, customer["id"])) == []
    before = await fresh_api.counts()
    (fault,) = (await end(fresh_api, ADMIN, customer["id"]))["userErrors"]
    assert (fault["code"], fault["vendorCode"], fault["field"]) == (
        *("RELATIONSHIP_REQUIRED", 20002),
        ["input", "customerId"],
    )
    stranger = await end(fresh_api, "global-admin@litware", customer["id"])
    assert stranger == await end(fresh_api, "global-admin@litware", "customer_" + "0" * 32)
    assert codes(stranger) == ["NOT_FOUND"]
    assert codes(await end(fresh_api, ADMIN, customer["id"], reason="x" * 501)) == ["RELATIONSHIP_REQUIRED"]
    assert await fresh_api.counts() == before


async def test_a_rehearsal_shows_the_end_and_leaves_nothing(fresh_api: Api):
    customer = await some_customer(fresh_api, ADMIN, "wingtiptoys")
    before = await fresh_api.counts(), await stored(fresh_api, "relationship", "contoso")
    payload = await end(fresh_api, ADMIN, customer["id"], dryRun=True)
    assert payload["relationship"]["status"] == "ENDED"
    assert (await fresh_api.counts(), await stored(fresh_api, "relationship", "contoso")) == before
    assert codes(await end(fresh_api, ADMIN, customer["id"], dryRun=True, reason="x" * 501)) == ["TOO_LONG"]


async def test_only_a_global_admin_ends(api: Api):
    """permissions.md 8.15, R5.6 as decided; an application never (permissions.md 8.13)."""
    customer = await some_customer(api, ADMIN, "cohowinery")
    for person, code in (
        ("admin-agent@contoso", "FORBIDDEN"),
        ("sales-agent@contoso", "FORBIDDEN"),
        ("app@contoso", "APP_ONLY_NOT_SUPPORTED"),
        ("customer-admin@cohowinery", "FORBIDDEN"),
    ):
        answer = await api.ask(person, END, input={"customerId": customer["id"]})
        assert (answer.body["data"], answer.codes) == ({"relationshipEnd": None}, [code])


@pytest.mark.parametrize("admin", [True, False])
async def test_a_new_acceptance_restores_the_relationship_and_none_of_its_grants(fresh_api: Api, admin: bool):
    """R5.10, I11, relationships.md 11.17; permissions.md I11: the same id and data, privileges as newly invited."""
    customer = await some_customer(fresh_api, ADMIN, "wingtiptoys")
    before = await read(fresh_api, ADMIN, customer["id"])
    identity = "query ($id: ID!) { customer(id: $id) { relationship { id since } } }"
    old = (await fresh_api.ask(ADMIN, identity, id=customer["id"])).ok()["customer"]["relationship"]
    await end(fresh_api, ADMIN, customer["id"])
    restored = await connected(fresh_api, ADMIN, "wingtiptoys", form(admin=admin))
    assert (restored["id"], restored["delegatedAdmin"], restored["endedAt"], restored["endReason"]) == (
        *(old["id"], admin),
        *(None, None),
    )
    assert restored["since"] > old["since"]
    after = await read(fresh_api, ADMIN, customer["id"])
    assert after == before | {"relationship": before["relationship"] | {"delegatedAdmin": admin}}
    assert after["relationship"]["origin"] == "CREATED"


async def test_pending_invitations_stay_good(fresh_api: Api):
    """R5.8: an invitation on its way when the relationship ends restores it."""
    customer = await some_customer(fresh_api, ADMIN, "wingtiptoys")
    _, token = await invited(fresh_api, ADMIN)
    await end(fresh_api, ADMIN, customer["id"])
    assert codes(await accept(fresh_api, CUSTOMER, token)) == []


async def test_a_reseller_may_keep_its_privileges_and_the_customer_takes_them_away(fresh_api: Api):
    """R5.6, R5.7, I4, I14: the provider's row stays to the byte; what is left is the customer's to see and revoke."""
    provider, reseller = "global-admin@fabrikam", "global-admin@tailspin"
    theirs = (await fresh_api.ask(reseller, "{ customers(first: 1) { nodes { id domain } } }")).ok()
    (customer,) = theirs["customers"]["nodes"]
    untouched = await stored(fresh_api, "relationship", "fabrikam")
    kept = (await end(fresh_api, reseller, customer["id"], revokeDelegatedAdmin=False))["relationship"]
    assert (kept["status"], kept["delegatedAdmin"]) == ("ENDED", True)
    assert await stored(fresh_api, "relationship", "fabrikam") == untouched
    tailspin = await partner_id(fresh_api, reseller)
    assert customer["id"] not in await served_with(fresh_api, provider, tailspin)
    admin = f"customer-admin@{customer['domain']}"
    holders = "{ viewer { relationships { nodes { status delegatedAdmin partner { name } } } } }"
    seen = (await fresh_api.ask(admin, holders)).ok()["viewer"]["relationships"]["nodes"]
    assert {"status": "ENDED", "delegatedAdmin": True, "partner": {"name": "Tailspin Toys"}} in seen
    assert codes(await revoke(fresh_api, admin, tailspin)) == []
    assert codes(await revoke(fresh_api, admin, tailspin)) == ["NOT_FOUND"]
    # A provider never keeps them, and its reseller's row is its reseller's.
    (other,) = (await fresh_api.ask(reseller, "{ customers(first: 1) { nodes { id } } }")).ok()["customers"]["nodes"]
    untouched = await stored(fresh_api, "relationship", "tailspin")
    gone = (await end(fresh_api, provider, other["id"], revokeDelegatedAdmin=False))["relationship"]
    assert gone["delegatedAdmin"] is False
    assert await stored(fresh_api, "relationship", "tailspin") == untouched


async def test_the_customers_global_admin_takes_privileges_away(fresh_api: Api):
    """R4.3, relationships.md 11.18, permissions.md 8.23: the relationship stays; one line in the partner's log."""
    customer = await some_customer(fresh_api, ADMIN, "wingtiptoys")
    contoso = await partner_id(fresh_api, ADMIN)
    can = "query ($id: ID!) { customer(id: $id) { viewerCan(permission: CUSTOMER_USER_RESET_PASSWORD) } }"
    asked: dict[str, Any] = {"id": customer["id"]}
    assert (await fresh_api.ask("admin-agent@contoso", can, **asked)).ok()["customer"]["viewerCan"] is True
    answer = await fresh_api.ask(CUSTOMER, REVOKE, input={"partnerId": contoso})
    relationship = answer.ok()["delegatedAdminRevoke"]["relationship"]
    assert (relationship["status"], relationship["delegatedAdmin"]) == ("ACTIVE", False)
    (line,) = await audited(fresh_api, answer)
    assert (line.operation, line.resource_type) == ("dap_admin_relationship_terminated", "partner_customer_dap")
    assert (await fresh_api.ask("admin-agent@contoso", can, **asked)).ok()["customer"]["viewerCan"] is False
    await attest(fresh_api, "admin-agent@contoso", customer["id"])
    assert await bought(fresh_api, "admin-agent@contoso", customer["id"], OFFICE)
    before = await fresh_api.counts()
    again = await revoke(fresh_api, CUSTOMER, contoso)
    assert again["relationship"] == relationship
    assert codes(await revoke(fresh_api, CUSTOMER, await partner_id(fresh_api, AGENT))) == ["NOT_FOUND"]
    assert codes(await revoke(fresh_api, CUSTOMER, "partner_x")) == ["NOT_FOUND"]
    assert await fresh_api.counts() == before


async def test_nobody_else_takes_privileges_away(api: Api):
    """permissions.md 3: not the customer's users, not a partner."""
    contoso = await partner_id(api, ADMIN)
    for person in ("customer-user@cohowinery", ADMIN, "app@contoso"):
        answer = await api.ask(person, REVOKE, input={"partnerId": contoso})
        assert (answer.body["data"], answer.codes) == ({"delegatedAdminRevoke": None}, ["FORBIDDEN"])


async def test_of_two_partners_one_ends(fresh_api: Api):
    """R1.13, I9: the other keeps serving, its rows to the byte."""
    shared = await some_customer(fresh_api, "global-admin@adatum", "adventureworks")
    tables = ("relationship", "relationship_domain", "billing_profile", "agreement", "activity_record")
    before = [await stored(fresh_api, table, "contoso") for table in tables]
    assert codes(await end(fresh_api, "global-admin@adatum", shared["id"])) == []
    assert [await stored(fresh_api, table, "contoso") for table in tables] == before
    assert (await read(fresh_api, ADMIN, shared["id"]))["relationship"]["status"] == "ACTIVE"
