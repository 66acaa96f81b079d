"""Suspending, reactivating, cancelling (customers.md 6.1), and lists of what a customer has."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import update
from sqlmodel import col

from clientela.clock import utc_now
from models import ProductSubscription
from tests.api.buying import (
    AZURE,
    BUSINESS_PREMIUM,
    CONFERENCING,
    OFFICE,
    RESERVATION,
    SOFTWARE,
    bought,
    customer_that_may_buy,
    held,
    set_status,
)
from tests.api.customers import faults
from tests.clients import Api

AGENT = "admin-agent@contoso"
LINES = """query ($id: ID!) { customer(id: $id) { activity(first: 1) {
  nodes { operation changes { field oldValue newValue } }
} } }"""


async def test_add_ons_go_with_their_base_and_do_not_come_back_with_it(api: Api):
    """customers.md 9.24, settled: enabling the add-on first gives 27009, the base first works."""
    customer = await customer_that_may_buy(api, AGENT)
    base = await bought(api, AGENT, customer["id"], OFFICE, 10)
    add_on = await bought(api, AGENT, customer["id"], CONFERENCING, 10, parentId=base["id"])
    suspended = await set_status(api, AGENT, "Suspend", base)
    assert suspended["subscription"]["status"] == "SUSPENDED"
    base, add_on_now = await held(api, AGENT, customer["id"])
    assert (base["status"], add_on_now["status"]) == ("SUSPENDED", "SUSPENDED")
    assert add_on_now["etag"] != add_on["etag"]
    refused = await set_status(api, AGENT, "Reactivate", add_on_now)
    assert faults(refused) == {("INVALID_STATE", "subscriptionId", 27009)}
    assert refused["userErrors"][0]["relatedIds"] == [base["id"]]
    assert (await set_status(api, AGENT, "Reactivate", base))["subscription"]["status"] == "ACTIVE"
    assert [found["status"] for found in await held(api, AGENT, customer["id"])] == ["ACTIVE", "SUSPENDED"]
    assert (await set_status(api, AGENT, "Reactivate", add_on_now))["subscription"]["status"] == "ACTIVE"


async def test_a_change_is_one_line_that_names_the_add_ons_too(api: Api):
    customer = await customer_that_may_buy(api, AGENT)
    base = await bought(api, AGENT, customer["id"], OFFICE)
    add_on = await bought(api, AGENT, customer["id"], CONFERENCING, parentId=base["id"])
    before = await api.counts()
    await set_status(api, AGENT, "Suspend", base)
    after = await api.counts()
    assert {name for name in after if after[name] != before[name]} == {"activity_record"}
    (line,) = (await api.ask(AGENT, LINES, id=customer["id"])).ok()["customer"]["activity"]["nodes"]
    assert line["operation"] == "update_subscription"
    assert [(entry["field"], entry["oldValue"], entry["newValue"]) for entry in line["changes"]] == [
        ("subscription.id", None, base["id"]),
        ("subscription.status", "ACTIVE", "SUSPENDED"),
        ("subscription.id", None, add_on["id"]),
        ("subscription.status", "ACTIVE", "SUSPENDED"),
    ]


@pytest.mark.parametrize("name", [RESERVATION, SOFTWARE])
async def test_reservations_and_software_are_cancelled_for_good(api: Api, name: str):
    """Settled: cancelled, never suspended; deleted is final (2011)."""
    customer = await customer_that_may_buy(api, AGENT)
    found = await bought(api, AGENT, customer["id"], name)
    assert faults(await set_status(api, AGENT, "Suspend", found)) == {("INVALID_STATE", "subscriptionId", 800040)}
    gone = (await set_status(api, AGENT, "Cancel", found))["subscription"]
    assert gone["status"] == "DELETED"
    for verb in ("Cancel", "Suspend", "Reactivate"):
        assert faults(await set_status(api, AGENT, verb, gone)) == {("INVALID_STATE", "subscriptionId", 2011)}


@pytest.mark.parametrize("name", [BUSINESS_PREMIUM, AZURE])
async def test_licences_and_usage_are_suspended_instead(api: Api, name: str):
    """Settled: cancelling them is INVALID_STATE, 800063."""
    customer = await customer_that_may_buy(api, AGENT)
    found = await bought(api, AGENT, customer["id"], name)
    assert faults(await set_status(api, AGENT, "Cancel", found)) == {("INVALID_STATE", "subscriptionId", 800063)}
    assert faults(await set_status(api, AGENT, "Reactivate", found)) == {("INVALID_STATE", "subscriptionId", 800040)}
    suspended = (await set_status(api, AGENT, "Suspend", found))["subscription"]
    assert faults(await set_status(api, AGENT, "Suspend", suspended)) == {("INVALID_STATE", "subscriptionId", 800040)}


async def test_the_etag_must_be_the_present_one(api: Api):
    """customers.md 1.9: 2055, nothing written."""
    customer = await customer_that_may_buy(api, AGENT)
    found = await bought(api, AGENT, customer["id"], OFFICE)
    assert faults(await set_status(api, AGENT, "Suspend", found, etag="")) == {("ETAG_REQUIRED", "etag", 2055)}
    before = await api.counts()
    assert faults(await set_status(api, AGENT, "Suspend", found, etag="stale")) == {("ETAG_MISMATCH", "etag", 2055)}
    assert await api.counts() == before
    suspended = (await set_status(api, AGENT, "Suspend", found))["subscription"]
    assert suspended["etag"] != found["etag"]
    assert faults(await set_status(api, AGENT, "Reactivate", found)) == {("ETAG_MISMATCH", "etag", 2055)}


async def test_what_was_suspended_comes_back_for_90_days(api: Api):
    """customers.md 6.1: after the retention window it is gone (2011)."""
    customer = await customer_that_may_buy(api, AGENT)
    found = await bought(api, AGENT, customer["id"], OFFICE)
    suspended = (await set_status(api, AGENT, "Suspend", found))["subscription"]
    whose = col(ProductSubscription.id) == UUID(found["id"].partition("_")[2])
    for days, codes in ((91, {("INVALID_STATE", "subscriptionId", 2011)}), (89, set())):
        since = utc_now() - timedelta(days=days)
        async with api.database.execution_options(writes=True).begin() as connection:
            await connection.execute(update(ProductSubscription).where(whose).values(status_changed_at=since))
        assert faults(await set_status(api, AGENT, "Reactivate", suspended)) == codes


async def test_another_partner_of_the_customer_neither_sees_nor_changes_it(api: Api):
    """permissions.md 8.26: NOT_FOUND, as for an id that names nothing; what is the tenant's own it may read."""
    document = '{ customers(filter: {search: "adventureworks"}) { nodes { id subscriptions { nodes { id etag } } } } }'
    (theirs,) = (await api.ask("admin-agent@contoso", document)).ok()["customers"]["nodes"]
    (ours,) = (await api.ask("admin-agent@adatum", document)).ok()["customers"]["nodes"]
    assert theirs["id"] == ours["id"]
    assert theirs["subscriptions"]["nodes"]
    assert ours["subscriptions"]["nodes"] == []
    subscription = theirs["subscriptions"]["nodes"][0]
    for verb in ("Suspend", "Reactivate", "Cancel"):
        refused = await set_status(api, "admin-agent@adatum", verb, subscription)
        nobody = await set_status(api, "admin-agent@adatum", verb, {"id": "x", "etag": "x"})
        assert refused == nobody
        assert faults(refused) == {("NOT_FOUND", "subscriptionId", 20003)}
    node = "query ($id: ID!) { node(id: $id) { id } }"
    assert (await api.ask("admin-agent@adatum", node, id=subscription["id"])).ok() == {"node": None}
    assert (await api.ask("admin-agent@contoso", node, id=subscription["id"])).ok()["node"] is not None
    can = "query ($id: ID!) { customer(id: $id) { viewerCan(permission: CUSTOMER_USER_READ) } }"
    assert (await api.ask("admin-agent@adatum", can, id=ours["id"])).ok() == {"customer": {"viewerCan": True}}


async def test_the_list_is_filtered_and_paged(api: Api):
    customer = await customer_that_may_buy(api, AGENT)
    everything = [
        await bought(api, AGENT, customer["id"], name, quantity)
        for name, quantity in ((OFFICE, 2), (AZURE, 1), (SOFTWARE, 1), (RESERVATION, 4), (BUSINESS_PREMIUM, 1))
    ]
    gone = (await set_status(api, AGENT, "Cancel", everything[2]))["subscription"]
    everything[2] = gone
    assert await held(api, AGENT, customer["id"]) == everything
    for narrowing, wanted in (
        ({"kind": ["LICENSE"]}, [0, 4]),
        ({"status": ["DELETED"]}, [2]),
        ({"status": ["ACTIVE"], "kind": ["USAGE", "RESERVATION"]}, [1, 3]),
        ({"status": ["PENDING"]}, []),
        ({"status": [], "kind": None}, [0, 1, 2, 3, 4]),
    ):
        found = await held(api, AGENT, customer["id"], filter=narrowing)
        assert found == [everything[place] for place in wanted]
    first = await held(api, AGENT, customer["id"], first=2)
    assert first == everything[:2]
