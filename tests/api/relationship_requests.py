"""Relationship requests as partners and customers handle them: the documents, and a way from draft to acceptance."""

from typing import Any

from sqlalchemy import update
from sqlmodel import col

from clientela.demo.organisations import organisation
from models import Partner
from tests.api.partnerships import USER_ERRORS, token_of
from tests.clients import Answer, Api

Json = dict[str, Any]

TEMPLATE = "117a77b0-9360-443b-8795-c6dedc750cf9"
AGREED = {"accepted": True, "templateId": TEMPLATE}
RELATIONSHIP = """
  id status role relationshipToPartner delegatedAdmin origin since endedAt endReason
  partner { name } viaProvider { name }
"""
REQUEST = f"""
  id kind status includesDelegatedAdmin targetEmail link emailDraft {{ subject body mailto }} createdAt createdBy
  sentAt expiresAt decidedAt viewerCanCancel inviter {{ name }} provider {{ name }} relationships {{ {RELATIONSHIP} }}
"""
PREVIEW = """
  inviter { name } provider { name } includesDelegatedAdmin status expiresAt agreementRequired
  agreementTemplate { templateId country url } problems { code message field }
"""
CREATE = f"""mutation ($input: RelationshipRequestCreateInput!) {{
  relationshipRequestCreate(input: $input) {{ relationshipRequest {{ {REQUEST} }} {USER_ERRORS} }}
}}"""
SEND = f"""mutation ($input: RelationshipRequestSendInput!) {{
  relationshipRequestSend(input: $input) {{ relationshipRequest {{ {REQUEST} }} {USER_ERRORS} }}
}}"""
CANCEL = f"""mutation ($input: RelationshipRequestCancelInput!) {{
  relationshipRequestCancel(input: $input) {{ relationshipRequest {{ {REQUEST} }} {USER_ERRORS} }}
}}"""
ACCEPT = f"""mutation ($input: RelationshipRequestAcceptInput!) {{
  relationshipRequestAccept(input: $input) {{
    relationshipRequest {{ {PREVIEW} }} relationships {{ {RELATIONSHIP} }} {USER_ERRORS}
  }}
}}"""
DECLINE = f"""mutation ($input: RelationshipRequestDeclineInput!) {{
  relationshipRequestDecline(input: $input) {{
    relationshipRequest {{ {PREVIEW} }} relationships {{ {RELATIONSHIP} }} {USER_ERRORS}
  }}
}}"""
LOOK = f"query ($token: String!) {{ relationshipRequestPreview(token: $token) {{ {PREVIEW} }} }}"
LIST = f"""query ($filter: RelationshipRequestFilter, $first: Int, $after: String) {{
  relationshipRequests(filter: $filter, first: $first, after: $after) {{
    totalCount nodes {{ {REQUEST} }} pageInfo {{ hasNextPage endCursor }}
  }}
}}"""


def form(kind: str = "DIRECT", *, admin: bool = True, **further: Any) -> Json:
    """A request to draft."""
    return {"kind": kind, "includesDelegatedAdmin": admin, **further}


async def drafted(api: Api, person: str, filled: Json) -> Json:
    """A new draft."""
    payload = (await api.ask(person, CREATE, input=filled)).ok()["relationshipRequestCreate"]
    assert payload["userErrors"] == []
    return payload["relationshipRequest"]


async def send(api: Api, person: str, request: str, **mail: Any) -> Json:
    """The payload of sending."""
    answer = await api.ask(person, SEND, input={"relationshipRequestId": request, **mail})
    return answer.ok()["relationshipRequestSend"]


async def cancel(api: Api, person: str, request: str) -> Answer:
    """The answer to a cancellation."""
    return await api.ask(person, CANCEL, input={"relationshipRequestId": request})


async def invited(api: Api, person: str, filled: Json | None = None) -> tuple[Json, str]:
    """A request that was sent, and the token of its link."""
    draft = await drafted(api, person, filled or form())
    sent = (await send(api, person, draft["id"]))["relationshipRequest"]
    return sent, token_of(sent["link"])


async def accept(api: Api, person: str, token: str, agreement: Json | None = AGREED) -> Json:
    """The payload of an acceptance."""
    answer = await api.ask(person, ACCEPT, input={"token": token, "agreement": agreement})
    return answer.ok()["relationshipRequestAccept"]


async def decline(api: Api, person: str, token: str, reason: str | None = None) -> Json:
    """The payload of a refusal."""
    return (await api.ask(person, DECLINE, input={"token": token, "reason": reason})).ok()["relationshipRequestDecline"]


async def preview(api: Api, person: str, token: str) -> Json | None:
    """What the person sees behind a link."""
    return (await api.ask(person, LOOK, token=token)).ok()["relationshipRequestPreview"]


async def connected(api: Api, person: str, customer: str, filled: Json | None = None) -> Json:
    """The first relationship that came of a customer accepting a person's invitation."""
    _, token = await invited(api, person, filled)
    payload = await accept(api, f"customer-admin@{customer}", token)
    assert payload["userErrors"] == []
    return payload["relationships"][0]


async def listed(api: Api, person: str, **filter_: Any) -> list[Json]:
    """All requests that the person's company made, under a filter."""
    found = (await api.ask(person, LIST, filter=filter_, first=500)).ok()["relationshipRequests"]
    assert found["totalCount"] == len(found["nodes"])
    return found["nodes"]


async def change_partner(api: Api, name: str, **values: Any) -> None:
    """A partner's row as no call of the API could change it."""
    statement = update(Partner).where(col(Partner.id) == organisation(name).id).values(**values)
    async with api.database.execution_options(writes=True).begin() as connection:
        await connection.execute(statement)
