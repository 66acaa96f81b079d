"""What a customer's own people see of what their company bought (permissions.md 3, 4): lists of ids, and `node`."""

from typing import Any

from tests.api.buying import AZURE, OFFICE, bought
from tests.api.partnerships import codes
from tests.api.relationship_requests import connected
from tests.api.test_plans import assert_planned
from tests.api.test_purchase_permissions import (
    AGENT,
    DISOWN,
    OWN,
    OWNED,
    make_owner,
    people_of,
    purchase,
    turned,
    with_azure,
)
from tests.clients import Api

LIST = """query ($filter: ProductSubscriptionFilter, $first: Int, $after: String) { viewer {
  subscriptions(filter: $filter, first: $first, after: $after) {
    totalCount nodes { id kind offerName status isAzure } pageInfo { endCursor hasNextPage }
  }
} }"""
NODE = """query ($id: ID!) { node(id: $id) {
  __typename id ... on ProductSubscription { kind offerName } ... on Offer { name countries }
} }"""


async def listed(api: Api, person: str, **narrowing: Any) -> dict[str, Any] | None:
    found = (await api.ask(person, LIST, **narrowing)).ok()["viewer"]["subscriptions"]
    assert found is None or isinstance(found, dict)
    return found


async def node(api: Api, person: str, key: str) -> dict[str, Any] | None:
    found = (await assert_planned(api, person, NODE, id=key)).ok()["node"]
    assert found is None or found["id"] == key
    return found  # type: ignore[no-any-return]


async def test_the_admin_takes_from_its_list_what_it_makes_its_people_owner_of(fresh_api: Api):
    """permissions.md 3: from the list to an Owner's purchase, by ids that the customer's own people found."""
    customer, azure = await with_azure(fresh_api)
    admin, user, name = people_of(customer)
    await bought(fresh_api, AGENT, customer["id"], OFFICE)
    await fresh_api.token(user)
    found = (await assert_planned(fresh_api, admin, LIST, filter={"kind": ["USAGE"]})).ok()["viewer"]["subscriptions"]
    assert found["totalCount"] == 1
    (plan,) = found["nodes"]
    assert (plan["id"], plan["offerName"], plan["isAzure"]) == (azure["id"], AZURE, True)
    given = {"subscriptionId": plan["id"], "userPrincipalName": name}
    assert (await fresh_api.ask(admin, OWN, input=given)).ok()["done"]["userErrors"] == []
    await turned(fresh_api, customer, True)
    (owned,) = (await fresh_api.ask(user, OWNED)).ok()["viewer"]["ownedSubscriptions"]
    assert owned["subscription"]["id"] == plan["id"]
    payload = await purchase(fresh_api, user, owned["subscription"], offerId=owned["offers"]["nodes"][0]["id"])
    assert payload["userErrors"] == []
    everything = await listed(fresh_api, admin)
    assert everything is not None
    assert [row["kind"] for row in everything["nodes"]] == ["USAGE", "LICENSE", "RESERVATION"]


async def test_it_lists_whatever_partner_sold_it_and_nothing_of_other_companies(fresh_api: Api):
    """permissions.md 5.1: each partner sees its own sales only; the customer all of its own, page by page."""
    customer, azure = await with_azure(fresh_api)
    admin = people_of(customer)[0]
    await connected(fresh_api, "admin-agent@adatum", customer["domain"])
    other = await bought(fresh_api, "admin-agent@adatum", customer["id"], OFFICE)
    seen: list[str] = []
    page: dict[str, Any] = {"pageInfo": {"endCursor": None, "hasNextPage": True}}
    while page["pageInfo"]["hasNextPage"]:
        found = await listed(fresh_api, admin, first=1, after=page["pageInfo"]["endCursor"])
        assert found is not None
        page = found
        seen += [row["id"] for row in page["nodes"]]
    assert seen == [azure["id"], other["id"]]
    for stranger in ("customer-admin@alpineskihouse", "customer-admin@fourthcoffee"):
        theirs = await listed(fresh_api, stranger)
        assert theirs is not None
        assert theirs["totalCount"] > 0
        assert not {row["id"] for row in theirs["nodes"]} & set(seen)


async def test_it_is_the_global_admins_alone(api: Api):
    """permissions.md 3: another user has its own profile; a partner has `Customer.subscriptions`."""
    for nobody in ("customer-user@alpineskihouse", "admin-agent@litware", "app@contoso"):
        assert await listed(api, nobody) is None
    assert await listed(api, "customer-admin@wingtiptoys") is not None


async def test_an_owner_finds_by_id_what_it_owns_what_it_may_buy_and_what_was_bought_under_it(fresh_api: Api):
    """conventions, ids: what `ownedSubscriptions` and a purchase showed, as long as it is an Owner."""
    customer, azure = await with_azure(fresh_api)
    admin, user, name = people_of(customer)
    licence = await bought(fresh_api, AGENT, customer["id"], OFFICE)
    assert await node(fresh_api, user, azure["id"]) is None
    await make_owner(fresh_api, customer, azure)
    await turned(fresh_api, customer, True)
    (owned,) = (await fresh_api.ask(user, OWNED)).ok()["viewer"]["ownedSubscriptions"]
    offer = owned["offers"]["nodes"][0]
    reservation = (await purchase(fresh_api, user, azure))["subscription"]

    found = await node(fresh_api, user, azure["id"])
    assert found == {"__typename": "ProductSubscription", "id": azure["id"], "kind": "USAGE", "offerName": AZURE}
    found = await node(fresh_api, user, reservation["id"])
    assert found is not None
    assert found["kind"] == "RESERVATION"
    found = await node(fresh_api, user, offer["id"])
    assert found is not None
    assert (found["__typename"], found["name"]) == ("Offer", offer["name"])
    (office,) = await fresh_api.rows(f"select id from offer where cloud = 'global' and name = '{OFFICE}'")
    hidden = [licence["id"], f"offer_{str(office.id).replace('-', '')}"]
    for key in hidden:
        assert await node(fresh_api, user, key) is None
        assert await node(fresh_api, admin, key) is not None
    for stranger in ("customer-user@alpineskihouse", "customer-admin@alpineskihouse"):
        for key in (azure["id"], reservation["id"]):
            assert await node(fresh_api, stranger, key) is None

    await turned(fresh_api, customer, False)
    assert await node(fresh_api, user, offer["id"]) is None
    assert await node(fresh_api, user, azure["id"]) is not None
    gone = {"subscriptionId": azure["id"], "userPrincipalName": name}
    assert codes((await fresh_api.ask(admin, DISOWN, input=gone)).ok()["done"]) == []
    for key in (azure["id"], reservation["id"]):
        assert await node(fresh_api, user, key) is None


async def test_a_colleagues_ownership_is_not_ones_own(api: Api):
    """permissions.md 3: the admin owns it, the plain user nothing."""
    customer, azure = await with_azure(api)
    admin, user, _ = people_of(customer)
    given = {"subscriptionId": azure["id"], "userPrincipalName": f"admin@{customer['domain']}"}
    assert codes((await api.ask(admin, OWN, input=given)).ok()["done"]) == []
    (owned,) = (await api.ask(admin, OWNED)).ok()["viewer"]["ownedSubscriptions"]
    assert owned["subscription"]["id"] == azure["id"]
    assert (await api.ask(user, OWNED)).ok()["viewer"]["ownedSubscriptions"] == []
    assert await node(api, user, azure["id"]) is None
