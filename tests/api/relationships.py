"""Relationships as partners end them and customers narrow them: the documents."""

from typing import Any

from tests.api.partnerships import USER_ERRORS
from tests.api.relationship_requests import RELATIONSHIP
from tests.clients import Api

END = f"""mutation ($input: RelationshipEndInput!) {{
  relationshipEnd(input: $input) {{ relationship {{ {RELATIONSHIP} customer {{ id }} }} {USER_ERRORS} }}
}}"""
REVOKE = f"""mutation ($input: DelegatedAdminRevokeInput!) {{
  delegatedAdminRevoke(input: $input) {{ relationship {{ {RELATIONSHIP} }} {USER_ERRORS} }}
}}"""


async def end(api: Api, person: str, customer_id: str, **further: Any) -> dict[str, Any]:
    """The payload of an end."""
    answer = await api.ask(person, END, input={"customerId": customer_id, **further})
    return answer.ok()["relationshipEnd"]


async def revoke(api: Api, person: str, partner: str) -> dict[str, Any]:
    """The payload of a revocation."""
    return (await api.ask(person, REVOKE, input={"partnerId": partner})).ok()["delegatedAdminRevoke"]
