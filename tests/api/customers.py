"""Customers as a person makes, reads and changes them: forms that are right in their country, and the documents."""

from typing import Any
from uuid import uuid4

from tests.clients import Answer, Api

Json = dict[str, Any]

USER_ERRORS = "userErrors { code message field vendorCode relatedIds }"

ADDRESS = """
  addressLine1 addressLine2 city state postalCode country region firstName middleName lastName phoneNumber
"""

CUSTOMER = f"""
  id tenantId companyName domain domains country cloud createdAt accountVerification
  companyProfile {{ companyName domain organizationRegistrationNumber }}
  contact {{ firstName lastName email phoneNumber }}
  address {{ {ADDRESS} }}
  billingProfile {{ id companyName firstName lastName email culture language etag address {{ {ADDRESS} }} }}
  relationship {{ relationshipToPartner role status delegatedAdmin origin partner {{ name }} viaProvider {{ name }} }}
  associatedReseller {{ id name }}
"""

CREATE = f"""mutation ($input: CustomerCreateInput!) {{
  customerCreate(input: $input) {{
    customer {{ {CUSTOMER} }}
    initialCredentials {{ userName password }}
    credentialsAlreadyIssued
    {USER_ERRORS}
  }}
}}"""

READ = f"query ($id: ID!) {{ customer(id: $id) {{ {CUSTOMER} }} }}"

UPDATE_PROFILE = f"""mutation ($input: CustomerUpdateBillingProfileInput!) {{
  customerUpdateBillingProfile(input: $input) {{
    customer {{ {CUSTOMER} }}
    billingProfile {{ companyName email etag address {{ city }} }}
    {USER_ERRORS}
  }}
}}"""

UPDATE_CONTACT = f"""mutation ($input: CustomerUpdateContactInput!) {{
  customerUpdateContact(input: $input) {{ customer {{ {CUSTOMER} }} {USER_ERRORS} }}
}}"""

ADDRESSES: dict[str, Json] = {
    "US": {"addressLine1": "1 Microsoft Way", "city": "Redmond", "state": "WA", "postalCode": "98052"},
    "IT": {"addressLine1": "Via Monte Rosa 91", "city": "Milano", "state": "MI", "postalCode": "20149"},
    "PL": {
        "addressLine1": "ul. Prosta 51",
        "city": "Warszawa",
        "postalCode": "00-838",
        "phoneNumber": "+48 22 594 10 00",
    },
    "BR": {"addressLine1": "Rua Augusta 10", "city": "São Paulo", "state": "SP", "postalCode": "01304-000"},
}
CULTURES = {"US": "en-US", "IT": "it-IT", "PL": "pl-PL", "BR": "pt-BR"}


def prefix() -> str:
    """A domain prefix that nobody has."""
    return f"t{uuid4().hex[:20]}"


def profile(country: str = "US", *, address: Json | None = None, **changes: Any) -> Json:
    """A billing profile without a fault, but for the changes."""
    culture = CULTURES[country]
    return {
        "companyName": "Wingtip Toys",
        "email": "tania.carr@wingtiptoys.example",
        "culture": culture,
        "language": culture[:2],
        "address": {
            **ADDRESSES[country],
            "country": country,
            "firstName": "Tania",
            "lastName": "Carr",
            **(address or {}),
        },
        **changes,
    }


def form(country: str = "US", *, address: Json | None = None, changes: Json | None = None, **top: Any) -> Json:
    """A customer to create without a fault, but for what is given: in its address, its profile, the form itself."""
    return {"domain": prefix(), "billingProfile": profile(country, address=address, **(changes or {})), **top}


async def create(api: Api, person: str, filled: Json) -> Json:
    """The payload of a creation."""
    return (await api.ask(person, CREATE, input=filled)).ok()["customerCreate"]


async def created(api: Api, person: str, filled: Json) -> Json:
    """A new customer."""
    payload = await create(api, person, filled)
    assert payload["userErrors"] == []
    return payload["customer"]


async def read(api: Api, person: str, customer_id: str) -> Json:
    """The customer as the person sees it now."""
    return (await api.ask(person, READ, id=customer_id)).ok()["customer"]


async def some_customer(api: Api, person: str, search: str) -> Json:
    """The first customer that the search box finds."""
    document = "query ($search: String) { customers(first: 1, filter: {search: $search}) { nodes { id } } }"
    (found,) = (await api.ask(person, document, search=search)).ok()["customers"]["nodes"]
    return await read(api, person, found["id"])


def faults(payload: Json) -> set[tuple[str, str | None, int | None]]:
    """The user errors as (code, path with dots and without `input`, vendor code)."""
    return {
        (error["code"], ".".join(error["field"][1:]) if error["field"] else None, error["vendorCode"])
        for error in payload["userErrors"]
    }


async def audited(api: Api, answer: Answer) -> list[Any]:
    """The lines that the request wrote into anybody's activity log."""
    return await api.rows(
        "select operation, resource_type, status, actor, customer_name from activity_record "
        "where correlation_id = :id order by partner_id",
        id=answer.headers["X-Correlation-Id"],
    )
