"""What a partner lets a customer buy for itself (permissions.md 4; 8.16-8.21)."""

from typing import Any

import pytest
from sqlalchemy import insert, update
from sqlmodel import col

from clientela.demo.organisations import find_person, organisation
from models import Partner, RoleAssignment
from policy.vocabulary import Cloud, ProgramStatus, Role
from tests.api.buying import AZURE, OFFICE, RESERVATION, Json, bought, customer_that_may_buy, held, set_status
from tests.api.customers import USER_ERRORS, audited, created, faults, form
from tests.clients import Answer, Api

AGENT = "admin-agent@contoso"
SET = f"""mutation ($input: CustomerSetPurchasePermissionInput!) {{
  customerSetPurchasePermission(input: $input) {{
    changed
    purchasePermission {{ resource action enabled changedAt changedBy etag warnings }}
    customer {{ id purchasePermissions {{ enabled }} }}
    {USER_ERRORS}
  }}
}}"""
READ = """query ($id: ID!) { customer(id: $id) {
  purchasePermissions { resource action enabled changedAt changedBy etag warnings }
} }"""
OWN = f"""mutation ($input: SubscriptionOwnerInput!) {{
  done: subscriptionOwnerAssign(input: $input) {{ subscription {{ id }} {USER_ERRORS} }}
}}"""
DISOWN = OWN.replace("OwnerAssign", "OwnerRemove")
BUY = f"""mutation ($input: ReservationPurchaseInput!) {{
  reservationPurchase(input: $input) {{ subscription {{ id kind offerName quantity status isAzure }} {USER_ERRORS} }}
}}"""
OWNED = """{ viewer { ownedSubscriptions {
  subscription { id offerName status } mayPurchase reason offers(first: 10) { totalCount nodes { id name kind } }
} } }"""


async def turn(api: Api, customer: Json, enabled: bool, person: str = AGENT, **more: Any) -> Answer:
    return await api.ask(person, SET, input={"customerId": customer["id"], "enabled": enabled, **more})


async def turned(api: Api, customer: Json, enabled: bool, person: str = AGENT, **more: Any) -> Json:
    return (await turn(api, customer, enabled, person, **more)).ok()["customerSetPurchasePermission"]


async def read(api: Api, customer: Json, person: str = AGENT) -> Json:
    (found,) = (await api.ask(person, READ, id=customer["id"])).ok()["customer"]["purchasePermissions"]
    return found


async def with_azure(api: Api, person: str = AGENT) -> tuple[Json, Json]:
    """A customer and its Azure plan."""
    customer = await customer_that_may_buy(api, person)
    return customer, await bought(api, person, customer["id"], AZURE)


def people_of(customer: Json) -> tuple[str, str, str]:
    """The customer's admin and plain user, and the latter's sign-in name."""
    return f"customer-admin@{customer['domain']}", f"customer-user@{customer['domain']}", f"user@{customer['domain']}"


async def make_owner(api: Api, customer: Json, azure: Json, document: str = OWN) -> Json:
    admin, user, name = people_of(customer)
    await api.token(user)
    given = {"subscriptionId": azure["id"], "userPrincipalName": name.upper()}
    return (await api.ask(admin, document, input=given)).ok()["done"]


async def purchase(api: Api, person: str, azure: Json, **changes: Any) -> Json:
    (offer,) = await api.rows(f"select id from offer where cloud = 'global' and name = '{RESERVATION}'")
    wanted = {"subscriptionId": azure["id"], "offerId": f"offer_{str(offer.id).replace('-', '')}", "quantity": 2}
    return (await api.ask(person, BUY, input=wanted | changes)).ok()["reservationPurchase"]


async def test_it_is_off_by_default_and_says_what_would_be_missing(api: Api):
    customer = await customer_that_may_buy(api, AGENT)
    off = await read(api, customer, "helpdesk-agent@contoso")
    assert off == {
        "resource": "AZURE_RESERVED_INSTANCES",
        "action": "PURCHASE",
        "enabled": False,
        "changedAt": None,
        "changedBy": None,
        "etag": None,
        "warnings": ["The customer has no active Azure subscription through you, so it can buy nothing under one."],
    }
    azure = await bought(api, AGENT, customer["id"], AZURE)
    assert "no user of the customer owns" in (await read(api, customer))["warnings"][0].lower()
    await make_owner(api, customer, azure)
    assert (await read(api, customer))["warnings"] == []


async def test_without_an_azure_subscription_it_stays_off(api: Api):
    """permissions.md 8.18: licences do not count, nor a suspended plan."""
    customer = await customer_that_may_buy(api, AGENT)
    await bought(api, AGENT, customer["id"], OFFICE)
    before = await api.counts()
    refused = await turned(api, customer, True)
    assert faults(refused) == {("NO_ELIGIBLE_AZURE_SUBSCRIPTION", "customerId", None)}
    assert (refused["changed"], await api.counts()) == (False, before)
    azure = await bought(api, AGENT, customer["id"], AZURE)
    await set_status(api, AGENT, "Suspend", azure)
    assert faults(await turned(api, customer, True)) == {("NO_ELIGIBLE_AZURE_SUBSCRIPTION", "customerId", None)}
    assert (await read(api, customer))["enabled"] is False


async def test_turning_it_on_and_off_is_logged_under_the_vendors_names_and_only_when_it_changes(api: Api):
    """permissions.md 8.19, I10: idempotent; one audit row."""
    customer, _ = await with_azure(api)
    seen = []
    etags = []
    for enabled, changed, operation in (
        (False, False, None),
        (True, True, "create_self_serve_policy"),
        (True, False, None),
        (False, True, "delete_self_serve_policy"),
        (False, False, None),
        (True, True, "create_self_serve_policy"),
    ):
        answer = await turn(api, customer, enabled)
        payload = answer.ok()["customerSetPurchasePermission"]
        assert (payload["changed"], payload["userErrors"]) == (changed, [])
        assert payload["purchasePermission"]["enabled"] is enabled
        assert payload["customer"]["purchasePermissions"] == [{"enabled": enabled}]
        seen.append([(line.operation, line.resource_type) for line in await audited(api, answer)])
        assert seen[-1] == ([(operation, "self_serve_policy")] if operation else [])
        etags.append(payload["purchasePermission"]["etag"])
    assert etags[0] is None
    assert len(set(etags)) == 4
    assert (await read(api, customer))["changedBy"] == "admin-agent@contoso.onmicrosoft.com"


async def test_a_dry_run_shows_it_on_and_leaves_it_off(api: Api):
    customer, _ = await with_azure(api)
    before = await api.counts()
    shown = await turned(api, customer, True, dryRun=True)
    assert (shown["changed"], shown["purchasePermission"]["enabled"]) == (True, True)
    assert await api.counts() == before
    assert (await read(api, customer))["enabled"] is False


@pytest.mark.parametrize("who", ["global-admin", "sales-agent", "helpdesk-agent"])
async def test_others_read_it_and_only_an_admin_agent_turns_it(api: Api, who: str):
    """permissions.md 8.16, 8.17, K1."""
    customer, _ = await with_azure(api)
    assert (await read(api, customer, f"{who}@contoso"))["enabled"] is False
    answer = await turn(api, customer, True, f"{who}@contoso")
    assert answer.codes == ["FORBIDDEN"]
    assert (await read(api, customer))["enabled"] is False


async def test_a_global_admin_that_becomes_an_admin_agent_turns_it(fresh_api: Api):
    """permissions.md 8.16, K1. Roles are given outside this API; its next request has what they grant."""
    customer, _ = await with_azure(fresh_api)
    person = find_person("global-admin@contoso")
    assert person is not None
    assert (await turn(fresh_api, customer, True, "global-admin@contoso")).codes == ["FORBIDDEN"]
    given = RoleAssignment(cloud=Cloud.GLOBAL, partner_id=person.tenant_id, user_id=person.id, role=Role.ADMIN_AGENT)
    async with fresh_api.database.execution_options(writes=True).begin() as connection:
        await connection.execute(insert(RoleAssignment).values(**given.model_dump()))
    assert (await turned(fresh_api, customer, True, "global-admin@contoso"))["changed"] is True


async def test_a_suspended_partner_turns_nothing_on(api: Api):
    """permissions.md 5.1: it keeps reading, and creates no permission."""
    customer, _ = await with_azure(api, "admin-agent@adatum")
    adatum = update(Partner).where(col(Partner.id) == organisation("adatum").id)
    for status, expected in ((ProgramStatus.SUSPENDED, "PARTNER_SUSPENDED"), (ProgramStatus.QUALIFIED, None)):
        async with api.database.execution_options(writes=True).begin() as connection:
            await connection.execute(adatum.values(program_status=status))
        answer = await turn(api, customer, True, "admin-agent@adatum")
        if expected:
            assert answer.codes == [expected]
        else:
            assert faults(answer.ok()["customerSetPurchasePermission"]) == {("PROGRAM_NOT_ACTIVE", None, 800039)}
        assert (await read(api, customer, "admin-agent@adatum"))["enabled"] is False
    async with api.database.execution_options(writes=True).begin() as connection:
        await connection.execute(adatum.values(program_status=ProgramStatus.ACTIVE))


async def test_a_reseller_is_never_a_grantor(api: Api):
    """permissions.md 8.25: PARTNER_TYPE_NOT_ALLOWED; its provider is billed and decides."""
    tailspin = f"partner_{organisation('tailspin').id.hex}"
    customer = await created(api, "admin-agent@fabrikam", form(associatedResellerId=tailspin))
    assert (await turn(api, customer, True, "admin-agent@tailspin")).codes == ["PARTNER_TYPE_NOT_ALLOWED"]


async def test_a_customer_of_somebody_else_is_not_found(api: Api):
    theirs, _ = await with_azure(api, "admin-agent@adatum")
    for unknown in (theirs["id"], f"customer_{'0' * 32}", "x"):
        payload = await turned(api, {"id": unknown}, True)
        assert faults(payload) == {("NOT_FOUND", "customerId", 1000)}


async def test_buying_needs_the_permission_and_the_role_owner(api: Api):
    """permissions.md 8.20: off, then on but no Owner, then both."""
    customer, azure = await with_azure(api)
    _, user, _ = people_of(customer)
    await api.token(user)
    assert faults(await purchase(api, user, azure)) == {
        ("PURCHASE_NOT_PERMITTED", "subscriptionId", None),
        ("OWNER_ROLE_REQUIRED", "subscriptionId", None),
    }
    await make_owner(api, customer, azure)
    assert faults(await purchase(api, user, azure)) == {("PURCHASE_NOT_PERMITTED", "subscriptionId", None)}
    await turned(api, customer, True)
    await make_owner(api, customer, azure, DISOWN)
    before = await api.counts()
    assert faults(await purchase(api, user, azure)) == {("OWNER_ROLE_REQUIRED", "subscriptionId", None)}
    assert await api.counts() == before
    await make_owner(api, customer, azure)
    got = await purchase(api, user, azure)
    assert got["userErrors"] == []
    assert got["subscription"] | {"id": None} == {
        "id": None,
        "kind": "RESERVATION",
        "offerName": RESERVATION,
        "quantity": 2,
        "status": "ACTIVE",
        "isAzure": True,
    }
    assert got["subscription"]["id"] in [found["id"] for found in await held(api, AGENT, customer["id"])]


async def test_a_purchase_is_billed_to_the_partner_and_in_its_log(api: Api):
    """permissions.md 4: listed next to the partner's own orders; the actor is the customer's user."""
    customer, azure = await with_azure(api)
    _, user, name = people_of(customer)
    await make_owner(api, customer, azure)
    await turned(api, customer, True)
    await purchase(api, user, azure)
    document = (
        """query ($id: ID!) { customer(id: $id) { activity(first: 1) { nodes { operation actor actorRoles } } } }"""
    )
    (line,) = (await api.ask(AGENT, document, id=customer["id"])).ok()["customer"]["activity"]["nodes"]
    assert line == {"operation": "create_order", "actor": name, "actorRoles": []}
    (row,) = await api.rows(
        "select partner_id, bought_under_id from product_subscription where bought_under_id is not null "
        "order by created_at desc limit 1"
    )
    assert str(row.partner_id).replace("-", "") == organisation("contoso").id.hex
    assert str(row.bought_under_id).replace("-", "") == azure["id"].partition("_")[2]


async def test_an_owner_cannot_cancel_what_it_bought_and_the_partner_can(api: Api):
    """permissions.md 8.21: never by exchange or cancellation."""
    customer, azure = await with_azure(api)
    _, user, _ = people_of(customer)
    await make_owner(api, customer, azure)
    await turned(api, customer, True)
    reservation = (await purchase(api, user, azure))["subscription"]
    (seen,) = [found for found in await held(api, AGENT, customer["id"]) if found["id"] == reservation["id"]]
    cancel = """mutation ($input: ProductSubscriptionSetStatusInput!) {
      productSubscriptionCancel(input: $input) { subscription { id } userErrors { code } }
    }"""
    answer = await api.ask(user, cancel, input={"subscriptionId": seen["id"], "etag": seen["etag"]})
    assert answer.codes == ["FORBIDDEN"]
    assert (await set_status(api, AGENT, "Cancel", seen))["subscription"]["status"] == "DELETED"


async def test_turning_it_off_stops_new_purchases_and_touches_no_earlier_one(api: Api):
    customer, azure = await with_azure(api)
    _, user, _ = people_of(customer)
    await make_owner(api, customer, azure)
    await turned(api, customer, True)
    reservation = (await purchase(api, user, azure))["subscription"]
    await turned(api, customer, False)
    assert faults(await purchase(api, user, azure)) == {("PURCHASE_NOT_PERMITTED", "subscriptionId", None)}
    (still,) = [found for found in await held(api, AGENT, customer["id"]) if found["id"] == reservation["id"]]
    assert still["status"] == "ACTIVE"


async def test_a_purchase_comes_back_with_what_is_wrong_with_it(api: Api):
    customer, azure = await with_azure(api)
    _, user, _ = people_of(customer)
    await make_owner(api, customer, azure)
    await turned(api, customer, True)
    (software,) = await api.rows("select id from offer where cloud = 'global' and kind = 'software'")
    before = await api.counts()
    for changes, expected in (
        ({"quantity": 101}, {("INVALID", "quantity", 2002)}),
        ({"offerId": "x"}, {("NOT_FOUND", "offerId", 1000)}),
        ({"offerId": f"offer_{str(software.id).replace('-', '')}"}, {("NOT_SUPPORTED", "offerId", 3000)}),
        ({"subscriptionId": "x"}, {("NOT_FOUND", "subscriptionId", 20003)}),
        ({"dryRun": True}, set()),
    ):
        assert faults(await purchase(api, user, azure, **changes)) == expected
    assert await api.counts() == before
    await set_status(api, AGENT, "Suspend", azure)
    assert faults(await purchase(api, user, azure)) == {("INVALID_STATE", "subscriptionId", 800040)}


async def test_the_viewer_says_what_an_owner_may_buy(api: Api):
    """The demo world: permitted at Alpine Ski House, turned off at Fourth Coffee, nothing owned at Wingtip Toys."""
    shown = {
        name: (await api.ask(f"customer-user@{name}", OWNED)).ok()["viewer"]["ownedSubscriptions"]
        for name in ("alpineskihouse", "fourthcoffee", "wingtiptoys")
    }
    (permitted,) = shown["alpineskihouse"]
    assert (permitted["mayPurchase"], permitted["reason"]) == (True, None)
    assert permitted["subscription"]["offerName"] == AZURE
    assert [offer["name"] for offer in permitted["offers"]["nodes"]] == [RESERVATION]
    (refused,) = shown["fourthcoffee"]
    assert refused["mayPurchase"] is False
    assert "does not let" in refused["reason"]
    assert refused["offers"] == {"totalCount": 0, "nodes": []}
    assert shown["wingtiptoys"] == []
    for nobody in ("customer-admin@alpineskihouse", "admin-agent@litware"):
        assert (await api.ask(nobody, OWNED)).ok()["viewer"]["ownedSubscriptions"] == []


async def test_owners_are_assigned_by_the_customers_admin_alone(api: Api):
    """permissions.md 3: its other users and partners' principals get FORBIDDEN, whatever privileges they hold."""
    customer, azure = await with_azure(api)
    admin, user, name = people_of(customer)
    await api.token(user)
    given = {"subscriptionId": azure["id"], "userPrincipalName": name}
    for nobody in (user, AGENT, "global-admin@contoso"):
        answer = await api.ask(nobody, OWN, input=given)
        assert (answer.data, answer.codes) == ({"done": None}, ["FORBIDDEN"])
    first = await api.ask(admin, OWN, input=given)
    assert [line.operation for line in await audited(api, first)] == ["update_subscription"]
    again = await api.ask(admin, OWN, input=given)
    assert (again.ok()["done"]["userErrors"], await audited(api, again)) == ([], [])
    licence = await bought(api, AGENT, customer["id"], OFFICE)
    for changes, expected in (
        ({"subscriptionId": licence["id"]}, {("INVALID", "subscriptionId", 3000)}),
        ({"subscriptionId": "x"}, {("NOT_FOUND", "subscriptionId", 20003)}),
        ({"userPrincipalName": "nobody"}, {("NOT_FOUND", "userPrincipalName", 60002)}),
        ({"userPrincipalName": "\0"}, {("NOT_FOUND", "userPrincipalName", 60002)}),
    ):
        assert faults((await api.ask(admin, OWN, input=given | changes)).ok()["done"]) == expected


async def test_a_customers_admin_reaches_no_other_companys_subscription(api: Api):
    (other,) = await api.rows(
        "select p.id from product_subscription p join customer c on c.id = p.customer_id "
        "join offer o on o.id = p.offer_id and o.cloud = p.cloud "
        "where c.domain = 'fourthcoffee.onmicrosoft.com' and o.kind = 'usage'"
    )
    theirs = f"productsubscription_{str(other.id).replace('-', '')}"
    given = {"subscriptionId": theirs, "userPrincipalName": "user@alpineskihouse.onmicrosoft.com"}
    payload = (await api.ask("customer-admin@alpineskihouse", OWN, input=given)).ok()["done"]
    assert faults(payload) == {("NOT_FOUND", "subscriptionId", 20003)}
    assert faults(await purchase(api, "customer-user@alpineskihouse", {"id": theirs})) == {
        ("NOT_FOUND", "subscriptionId", 20003)
    }


async def test_the_clouds_that_have_it(api: Api):
    """permissions.md 5.2: where there are Azure subscriptions: GLOBAL, US_GOV (K18), GERMANY's present ones."""
    for who, expected in (
        ("admin-agent@woodgrove", []),
        ("admin-agent@tailwind", []),
        ("admin-agent@relecloud", ["CLOUD_FEATURE_UNAVAILABLE"]),
    ):
        answer = await turn(api, {"id": "x"}, True, who)
        assert answer.codes == expected
