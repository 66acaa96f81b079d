"""Customers of an indirect provider and its resellers (customers.md 9.8, 9.9)."""

from sqlalchemy import text

from tests.api.customers import CREATE, audited, create, created, faults, form, read
from tests.clients import Api

PROVIDER = "sales-agent@fabrikam"
RESELLER = "sales-agent@tailspin"
STRANGER = "sales-agent@northwind"
PARTNER_ID = "{ viewer { partner { id } } }"
SERVED_WITH = """query ($partner: ID!) {
  customers(first: 500, filter: {partnerId: $partner}) { totalCount nodes { id companyName } }
}"""


async def partner_id(api: Api, person: str) -> str:
    return (await api.ask(person, PARTNER_ID)).ok()["viewer"]["partner"]["id"]


async def served_with(api: Api, person: str, partner: str) -> set[str]:
    found = (await api.ask(person, SERVED_WITH, partner=partner)).ok()["customers"]
    assert found["totalCount"] == len(found["nodes"])
    return {node["id"] for node in found["nodes"]}


async def test_the_reseller_sees_the_customer_that_its_provider_creates_for_it(api: Api):
    """customers.md 9.8, invariant 9: both sides see it and find it by the other, nobody else does; one line a log."""
    provider, reseller = await partner_id(api, PROVIDER), await partner_id(api, RESELLER)
    before = await served_with(api, PROVIDER, reseller), await served_with(api, RESELLER, provider)
    answer = await api.ask(PROVIDER, CREATE, input=form(associatedResellerId=reseller))
    payload = answer.ok()["customerCreate"]
    assert payload["userErrors"] == []
    customer = payload["customer"]
    assert customer["associatedReseller"] == {"id": reseller, "name": "Tailspin Toys"}
    assert customer["relationship"]["role"] == "TRANSACTING"
    theirs = await read(api, RESELLER, customer["id"])
    assert (theirs["relationship"]["role"], theirs["relationship"]["viaProvider"]) == (
        "MANAGING",
        {"name": "Fabrikam, Inc."},
    )
    assert theirs["associatedReseller"] is None
    # One profile a partner and customer: the reseller's begins as a copy, with an id and an etag of its own.
    own, copied = theirs["billingProfile"], customer["billingProfile"]
    assert {own["id"], own["etag"]}.isdisjoint({copied["id"], copied["etag"]})
    assert {**own, "id": 0, "etag": 0} == {**copied, "id": 0, "etag": 0}
    assert await read(api, STRANGER, customer["id"]) is None
    after = await served_with(api, PROVIDER, reseller), await served_with(api, RESELLER, provider)
    assert [now - then for now, then in zip(after, before, strict=True)] == [{customer["id"]}] * 2
    lines = await audited(api, answer)
    assert [line.operation for line in lines] == ["add_customer", "add_customer"]


async def test_a_customer_of_the_provider_alone_is_not_the_resellers(api: Api):
    """customers.md 3.1 step 4: without a reseller the customer is the provider's own."""
    reseller = await partner_id(api, RESELLER)
    customer = await created(api, PROVIDER, form())
    assert customer["associatedReseller"] is None
    assert customer["id"] not in await served_with(api, PROVIDER, reseller)
    assert await read(api, RESELLER, customer["id"]) is None


async def test_filtering_by_a_stranger_finds_nothing(api: Api):
    """customers.md, invariant 9: only the two sides of the indirect model; any other partner is nobody's business."""
    stranger, contoso = await partner_id(api, STRANGER), await partner_id(api, "sales-agent@contoso")
    provider = await partner_id(api, PROVIDER)
    assert await served_with(api, PROVIDER, stranger) == set()
    assert await served_with(api, STRANGER, provider) == set()
    assert await served_with(api, PROVIDER, provider) == set()
    assert await served_with(api, RESELLER, provider) != set()
    for other in (stranger, contoso, await partner_id(api, RESELLER)):
        assert await served_with(api, RESELLER, other) == set()
    # adatum and contoso share a customer; neither learns it by asking.
    assert await served_with(api, "sales-agent@adatum", contoso) == set()


async def test_no_partnership_no_customer_for_the_reseller(api: Api):
    """customers.md 9.9: 800016 for a reseller without partnership and for an id that names nobody, all alike."""
    before = await api.counts()
    messages = set()
    for nobody in (
        await partner_id(api, STRANGER),
        f"partner_{'0' * 32}",
        "partner_x",
        "",
        await partner_id(api, PROVIDER),
    ):
        payload = await create(api, PROVIDER, form(associatedResellerId=nobody))
        assert faults(payload) == {("PARTNERSHIP_REQUIRED", "associatedResellerId", 800016)}
        messages.add(payload["userErrors"][0]["message"])
    assert len(messages) == 1
    assert await api.counts() == before


async def test_an_ended_partnership_is_none(fresh_api: Api):
    """customers.md 3.1 step 4: the partnership must be active."""
    reseller = await partner_id(fresh_api, RESELLER)
    async with fresh_api.database.begin() as connection:
        await connection.execute(
            text("update partnership set status = 'ended', ended_at = accepted_at where status = 'active'")
        )
    payload = await create(fresh_api, PROVIDER, form(associatedResellerId=reseller))
    assert faults(payload) == {("PARTNERSHIP_REQUIRED", "associatedResellerId", 800016)}


async def test_only_a_provider_creates_for_a_reseller(api: Api):
    """customers.md 9.9 and 3.1 step 4: 3000 for a direct-bill partner; a reseller may not create at all."""
    reseller = await partner_id(api, RESELLER)
    payload = await create(api, "sales-agent@contoso", form(associatedResellerId=reseller))
    assert faults(payload) == {("INVALID", "associatedResellerId", 3000)}
    answer = await api.ask(RESELLER, CREATE, input=form())
    assert answer.data["customerCreate"] is None
    assert answer.codes == ["PARTNER_TYPE_NOT_ALLOWED"]
