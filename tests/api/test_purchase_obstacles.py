"""What stands in the way of ending: what is active, by kind and id (R5.2, customers.md 4.1)."""

from typing import Any
from uuid import UUID

from clientela.demo.organisations import organisation
from policy.principal import Principal, Standing
from policy.vocabulary import Cloud, PrincipalKind
from resolvers.faults import FaultCode
from resolvers.purchase_obstacles import purchase_obstacles
from resolvers.purchase_permission_change import end_purchase_permissions
from tests.api.buying import (
    AZURE,
    BUSINESS_PREMIUM,
    OFFICE,
    RESERVATION,
    SOFTWARE,
    Json,
    bought,
    customer_that_may_buy,
    set_status,
)
from tests.api.customers import USER_ERRORS, faults
from tests.calling import call_by
from tests.clients import Api

AGENT = "admin-agent@contoso"
DELETE = f"""mutation ($input: CustomerDeleteInput!) {{
  customerDelete(input: $input) {{ deletedCustomerId {USER_ERRORS} }}
}}"""


async def within(api: Api, partner: str, work: Any) -> Any:
    """Runs a part of a command as the command that ends a relationship does."""
    home = organisation(partner)
    principal = Principal(Standing(PrincipalKind.PARTNER_USER, Cloud.GLOBAL), home.id, home.people[0].id, "ga")
    async with api.database.execution_options(writes=True).begin() as connection:
        return await work(call_by(principal, connection))


async def obstacles(api: Api, customer: Json) -> dict[FaultCode, tuple[str, ...]]:
    found = await within(
        api,
        "contoso",
        lambda call: purchase_obstacles(
            call, organisation("contoso").id, UUID(customer["tenantId"]), ("input", "customerId")
        ),
    )
    return {fault.code: fault.related_ids for fault in found}


async def test_everything_that_is_active_is_named_by_its_kind(api: Api):
    """R5.2, I10: exactly the offending ids, all kinds at once; what is suspended or cancelled is not in the way."""
    customer = await customer_that_may_buy(api, AGENT)
    assert await obstacles(api, customer) == {}
    held = {
        name: await bought(api, AGENT, customer["id"], name)
        for name in (OFFICE, BUSINESS_PREMIUM, AZURE, RESERVATION, SOFTWARE)
    }
    ids = {name: found["id"] for name, found in held.items()}
    assert await obstacles(api, customer) == {
        FaultCode.ACTIVE_SUBSCRIPTIONS: (ids[OFFICE], ids[BUSINESS_PREMIUM], ids[AZURE]),
        FaultCode.ACTIVE_RESERVATIONS: (ids[RESERVATION],),
        FaultCode.ACTIVE_SOFTWARE: (ids[SOFTWARE],),
    }
    for name in (OFFICE, AZURE):
        await set_status(api, AGENT, "Suspend", held[name])
    await set_status(api, AGENT, "Cancel", held[RESERVATION])
    assert await obstacles(api, customer) == {
        FaultCode.ACTIVE_SUBSCRIPTIONS: (ids[BUSINESS_PREMIUM],),
        FaultCode.ACTIVE_SOFTWARE: (ids[SOFTWARE],),
    }


async def test_ending_turns_the_permission_off_once(api: Api):
    """I11: nothing of it is left; the caller's own line says so."""
    customer = await customer_that_may_buy(api, AGENT)
    await bought(api, AGENT, customer["id"], AZURE)
    document = """mutation ($input: CustomerSetPurchasePermissionInput!) {
      customerSetPurchasePermission(input: $input) { changed }
    }"""
    answer = await api.ask(AGENT, document, input={"customerId": customer["id"], "enabled": True})
    assert answer.ok()["customerSetPurchasePermission"]["changed"]
    contoso, key = organisation("contoso").id, UUID(customer["tenantId"])
    ended = await within(api, "contoso", lambda call: end_purchase_permissions(call, contoso, key))
    assert ended == [{"field": "purchasePermission.enabled", "old": True, "new": False}]
    assert await within(api, "contoso", lambda call: end_purchase_permissions(call, contoso, key)) == []
    read = "query ($id: ID!) { customer(id: $id) { purchasePermissions { enabled } } }"
    assert (await api.ask(AGENT, read, id=customer["id"])).ok()["customer"]["purchasePermissions"] == [
        {"enabled": False}
    ]


async def test_a_sandbox_customer_goes_once_its_reservations_and_software_are_cancelled(api: Api):
    """customers.md 4.1, 9.14: 800061; licences go with it."""
    person = "admin-agent@proseware"
    customer = await customer_that_may_buy(api, person)
    await bought(api, person, customer["id"], OFFICE)
    orders = [await bought(api, person, customer["id"], name) for name in (RESERVATION, SOFTWARE)]
    refused = (await api.ask(person, DELETE, input={"customerId": customer["id"]})).ok()["customerDelete"]
    assert faults(refused) == {
        ("ACTIVE_RESERVATIONS", "customerId", 800061),
        ("ACTIVE_SOFTWARE", "customerId", 800061),
    }
    assert [error["relatedIds"] for error in refused["userErrors"]] == [[order["id"]] for order in orders]
    for order in orders:
        await set_status(api, person, "Cancel", order)
    gone = (await api.ask(person, DELETE, input={"customerId": customer["id"]})).ok()["customerDelete"]
    assert gone == {"deletedCustomerId": customer["id"], "userErrors": []}
