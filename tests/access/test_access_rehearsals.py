"""`dryRun`, of every mutation that has it: the outcome is shown and every table is as it was (conventions: Writes)."""

from collections import Counter
from typing import Any
from uuid import UUID

import pytest
from graphql import get_named_type, is_input_object_type

from models import metadata
from models.offer import ProductSubscriptionKind
from schema.build import build_schema
from tests.access.mutations import MUTATIONS
from tests.access.planting import Planted
from tests.access.purchases import hold, offer_of
from tests.access.reference import Caller
from tests.api.buying import customer_that_may_buy
from tests.clients import Api

SCHEMA = build_schema()._schema
AGENT = "admin-agent@contoso"
BY = {"relationshipEnd": "global-admin@contoso"}
RESERVE = """mutation ($input: ReservationPurchaseInput!) {
  reservationPurchase(input: $input) { userErrors { code field } subscription { id quantity } }
}"""
OWN = """mutation ($input: SubscriptionOwnerInput!) {
  subscriptionOwnerAssign(input: $input) { userErrors { code field } }
}"""


def rehearsable() -> list[str]:
    """The mutations whose form has a `dryRun`."""
    assert SCHEMA.mutation_type is not None
    return [
        name
        for name, field in SCHEMA.mutation_type.fields.items()
        for argument in field.args.values()
        if is_input_object_type(form := get_named_type(argument.type)) and "dryRun" in form.fields
    ]


async def content(api: Api) -> dict[str, Counter[Any]]:
    """Every row of every table as it is stored: PostgreSQL writes a row out, SQLite has no types to read by."""
    row = "*" if api.database.dialect.name == "sqlite" else "cast(found as text)"
    return {name: Counter(await api.rows(f"select {row} from {name} as found")) for name in metadata.tables}


async def reservation(api: Api) -> tuple[str, str, dict[str, Any]]:
    """Who may buy a reservation, the document, a form without a fault."""
    customer = await customer_that_may_buy(api, AGENT)
    azure = await hold(api, "contoso", UUID(customer["tenantId"]), ProductSubscriptionKind.USAGE, azure=True)
    subscription = f"productsubscription_{azure.id.hex}"
    permit = {"customerId": customer["id"], "enabled": True}
    done = await api.ask(AGENT, MUTATIONS["customerSetPurchasePermission"].document, input=permit)
    assert done.ok()["customerSetPurchasePermission"]["userErrors"] == []
    user = f"customer-user@{customer['domain']}"
    await api.token(user)
    owner = {"subscriptionId": subscription, "userPrincipalName": f"user@{customer['domain']}"}
    made = await api.ask(f"customer-admin@{customer['domain']}", OWN, input=owner)
    assert made.ok()["subscriptionOwnerAssign"]["userErrors"] == []
    offer = await offer_of(api, "contoso", ProductSubscriptionKind.RESERVATION, azure=True)
    return user, RESERVE, {"subscriptionId": subscription, "offerId": f"offer_{offer.hex}", "quantity": 2}


def test_those_that_the_contract_gives_one_have_one():
    """Read off the contract's SDL: tests/api/test_sdl.py holds the rest of it."""
    assert set(rehearsable()) == {
        "customerUpdateBillingProfile",
        "customerUpdateContact",
        "customerSetPurchasePermission",
        "productSubscriptionCreate",
        "relationshipEnd",
        "reservationPurchase",
    }


@pytest.mark.parametrize("keyed", [False, True], ids=["", "under a key"])
@pytest.mark.parametrize("name", rehearsable())
async def test_a_rehearsal_shows_the_outcome_and_leaves_nothing(
    name: str, keyed: bool, api: Api, planted: dict[str, Planted]
):
    """No row, no mail, no line of the log, no kept answer; then the same form is done, and leaves something."""
    if name == "reservationPurchase":
        who, document, form = await reservation(api)
    else:
        who, document = BY.get(name, AGENT), MUTATIONS[name].document
        form = await MUTATIONS[name].form(api, planted["contoso"], Caller(who))
    headers = {"Authorization": f"Bearer {await api.token(who)}"} | ({"Idempotency-Key": name} if keyed else {})
    before = await content(api)
    # The first runs by the executor, those that come later by plan.
    for _ in range(3):
        answer = await api.send(document, {"input": {**form, "dryRun": True}}, headers)
        payload = answer.ok()[name]
        assert payload["userErrors"] == []
        assert any(value is not None for part, value in payload.items() if part != "userErrors")
        assert "Idempotency-Replayed" not in answer.headers
        assert await content(api) == before
    if name != "relationshipEnd":
        answer = await api.send(document, {"input": {**form, "dryRun": False}}, headers)
        assert answer.ok()[name]["userErrors"] == []
        after = await content(api)
        changed = {table for table in after if after[table] != before[table]}
        assert ("activity_record" in changed, "idempotent_answer" in changed) == (True, keyed)
