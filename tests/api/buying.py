"""Buying as a person does: documents, customers that may buy, and offers by name."""

from typing import Any

from tests.api.customers import USER_ERRORS, created, form
from tests.clients import Api

Json = dict[str, Any]

SUBSCRIPTION = """
  id kind offerName friendlyName quantity status isAzure createdAt etag reseller { id name } parent { id status }
"""
BUY = f"""mutation ($input: ProductSubscriptionCreateInput!) {{
  productSubscriptionCreate(input: $input) {{ subscription {{ {SUBSCRIPTION} }} {USER_ERRORS} }}
}}"""
HELD = f"""query ($id: ID!, $filter: ProductSubscriptionFilter, $first: Int, $after: String) {{
  customer(id: $id) {{ subscriptions(first: $first, after: $after, filter: $filter) {{
    totalCount nodes {{ {SUBSCRIPTION} }} pageInfo {{ hasNextPage endCursor }}
  }} }}
}}"""
CATALOGUE = "query ($country: CountryCode) { offers(first: 500, country: $country) { nodes { id name } } }"
ATTEST = f"""mutation ($input: CustomerAttestAgreementInput!) {{
  customerAttestAgreement(input: $input) {{ agreement {{ id }} {USER_ERRORS} }}
}}"""
AGREEMENT = {
    "templateId": "117a77b0-9360-443b-8795-c6dedc750cf9",
    "agreedOn": "2024-05-01T10:00:00Z",
    "contact": {"firstName": "Tania", "lastName": "Carr", "email": "tania@wingtiptoys.example"},
}
BUSINESS_PREMIUM = "Microsoft 365 Business Premium"
OFFICE = "Office 365 E3"
CONFERENCING = "Microsoft 365 Audio Conferencing"
AZURE = "Azure plan"
RESERVATION = "Reserved VM Instance, Standard_D2s_v5, 1 Year"
SOFTWARE = "Windows Server 2022 Standard, 16 Core Pack"


async def offer_id(api: Api, person: str, name: str) -> str:
    """The id of the offer of this name."""
    found = (await api.ask(person, CATALOGUE)).ok()["offers"]["nodes"]
    return next(offer["id"] for offer in found if offer["name"] == name)


async def attest(api: Api, person: str, customer_id: str) -> None:
    """Records that the customer accepted its agreement."""
    payload = (await api.ask(person, ATTEST, input={"customerId": customer_id, "agreement": AGREEMENT})).ok()
    assert payload["customerAttestAgreement"]["userErrors"] == []


async def customer_that_may_buy(api: Api, person: str, country: str = "US") -> Json:
    """A new customer whose agreement is recorded."""
    customer = await created(api, person, form(country))
    if customer["cloud"] == "GLOBAL":
        await attest(api, person, customer["id"])
    return customer


async def buy(api: Api, person: str, customer_id: str, name: str, quantity: int = 1, **more: Any) -> Json:
    """The payload of a purchase."""
    wanted = {"customerId": customer_id, "offerId": await offer_id(api, person, name), "quantity": quantity, **more}
    return (await api.ask(person, BUY, input=wanted)).ok()["productSubscriptionCreate"]


async def bought(api: Api, person: str, customer_id: str, name: str, quantity: int = 1, **more: Any) -> Json:
    """A new subscription."""
    payload = await buy(api, person, customer_id, name, quantity, **more)
    assert payload["userErrors"] == []
    return payload["subscription"]


async def set_status(api: Api, person: str, verb: str, subscription: Json, etag: str | None = None) -> Json:
    """The payload of `productSubscription<Verb>`."""
    document = f"""mutation ($input: ProductSubscriptionSetStatusInput!) {{
      done: productSubscription{verb}(input: $input) {{ subscription {{ {SUBSCRIPTION} }} {USER_ERRORS} }}
    }}"""
    given = {"subscriptionId": subscription["id"], "etag": subscription["etag"] if etag is None else etag}
    return (await api.ask(person, document, input=given)).ok()["done"]


async def held(api: Api, person: str, customer_id: str, **narrowing: Any) -> list[Json]:
    """What the person sees of the customer's subscriptions."""
    return (await api.ask(person, HELD, id=customer_id, **narrowing)).ok()["customer"]["subscriptions"]["nodes"]
