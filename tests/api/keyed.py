"""Mutations sent under an idempotency key, as bytes: a replay is compared byte by byte."""

from typing import Any
from uuid import uuid4

import httpx

from tests.clients import Api

REPLAYED = "Idempotency-Replayed"
CUSTOMER = "customer { id domain billingProfile { etag firstName } }"
CREATE = f"""mutation Create($input: CustomerCreateInput!) {{
  made: customerCreate(input: $input) {{
    userErrors {{ code }} first: initialCredentials {{ userName password }} again: credentialsAlreadyIssued {CUSTOMER}
  }}
}}"""
UPDATE = f"""mutation ($input: CustomerUpdateContactInput!) {{
  customerUpdateContact(input: $input) {{ userErrors {{ code }} {CUSTOMER} }}
}}"""


def new_key() -> str:
    """A key that nobody has used."""
    return uuid4().hex


async def send(
    api: Api, person: str, key: str, document: str, *, http: httpx.AsyncClient | None = None, **variables: Any
) -> httpx.Response:
    """Sends a document as a person under a key; through the server's usual door, or another."""
    headers = {"Authorization": f"Bearer {await api.token(person)}", "Idempotency-Key": key}
    body = {"query": document, "variables": variables}
    return await (http or api.http).post("/graphql", json=body, headers=headers)


def ran(response: httpx.Response) -> dict[str, Any]:
    """`data` of an answer of the first time, without an error."""
    assert response.status_code == 200, response.text
    assert REPLAYED not in response.headers
    assert "errors" not in response.json(), response.text
    return response.json()["data"]


def replayed(response: httpx.Response) -> dict[str, Any]:
    """`data` of an answer that says that it is told again."""
    assert response.status_code == 200, response.text
    assert response.headers[REPLAYED] == "true"
    return response.json()["data"]


def refusal(response: httpx.Response) -> str:
    """The code of the one error."""
    (error,) = response.json()["errors"]
    assert REPLAYED not in response.headers
    return str(error["extensions"]["code"])
