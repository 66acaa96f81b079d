"""Partnerships as people make, read and end them: the documents, and a way from link to token."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.clients import Api

Json = dict[str, Any]

PROVIDER = "admin-agent@fabrikam"
RESELLER = "global-admin@northwind"
USER_ERRORS = "userErrors { code message field vendorCode relatedIds }"
PARTNERSHIP = """
  id status link emailDraft { subject body mailto } requestedAt sentAt expiresAt acceptedAt endedAt
  provider { name } reseller { name }
"""
REQUEST = f"""mutation ($input: PartnershipRequestInput!) {{
  partnershipRequest(input: $input) {{ partnership {{ {PARTNERSHIP} }} {USER_ERRORS} }}
}}"""
ACCEPT = f"""mutation ($input: PartnershipAcceptInput!) {{
  partnershipAccept(input: $input) {{ partnership {{ {PARTNERSHIP} }} {USER_ERRORS} }}
}}"""
SEND = f"""mutation ($input: PartnershipRequestSendInput!) {{
  partnershipRequestSend(input: $input) {{ partnership {{ {PARTNERSHIP} }} {USER_ERRORS} }}
}}"""
PREVIEW = "provider { name country mpnId kinds } status expiresAt problems { code message field vendorCode }"
LOOK = f"query ($token: String!) {{ partnershipPreview(token: $token) {{ {PREVIEW} }} }}"
DECLINE = f"""mutation ($input: PartnershipDeclineInput!) {{
  partnershipDecline(input: $input) {{ partnership {{ {PREVIEW} }} {USER_ERRORS} }}
}}"""
END = f"""mutation ($input: PartnershipEndInput!) {{
  partnershipEnd(input: $input) {{ partnership {{ {PARTNERSHIP} }} {USER_ERRORS} }}
}}"""
LIST = f"""query ($filter: PartnershipFilter, $first: Int, $after: String) {{
  partnerships(filter: $filter, first: $first, after: $after) {{
    totalCount nodes {{ {PARTNERSHIP} }} pageInfo {{ hasNextPage endCursor }}
  }}
}}"""


def token_of(link: str) -> str:
    """What a link carries (settled: `token` in the link's query)."""
    (token,) = parse_qs(urlsplit(link).query)["token"]
    return token


async def requested(api: Api, person: str = PROVIDER, **form: Any) -> Json:
    """A new open invitation."""
    payload = (await api.ask(person, REQUEST, input=form)).ok()["partnershipRequest"]
    assert payload["userErrors"] == []
    return payload["partnership"]


async def accept(api: Api, token: str, person: str = RESELLER, *, box: bool = True) -> Json:
    """The payload of an acceptance."""
    return (await api.ask(person, ACCEPT, input={"token": token, "authorizeProvider": box})).ok()["partnershipAccept"]


async def send(api: Api, partnership: str, person: str = PROVIDER, **words: str) -> Json:
    """The payload of a sending."""
    form = {"partnershipId": partnership, **words}
    return (await api.ask(person, SEND, input=form)).ok()["partnershipRequestSend"]


async def preview(api: Api, token: str, person: str = RESELLER) -> Json | None:
    """What the person sees behind a link."""
    return (await api.ask(person, LOOK, token=token)).ok()["partnershipPreview"]


async def decline(api: Api, token: str, person: str = RESELLER) -> Json:
    """The payload of a refusal."""
    return (await api.ask(person, DECLINE, input={"token": token})).ok()["partnershipDecline"]


async def end(api: Api, partnership: str, person: str = PROVIDER, *, declared: bool = True) -> Json:
    """The payload of an end."""
    form = {"partnershipId": partnership, "declarationAccepted": declared}
    return (await api.ask(person, END, input=form)).ok()["partnershipEnd"]


async def listed(api: Api, person: str, **filter_: Any) -> list[Json]:
    """All partnerships that the person's company has under a filter."""
    found = (await api.ask(person, LIST, filter=filter_, first=500)).ok()["partnerships"]
    assert found["totalCount"] == len(found["nodes"])
    return found["nodes"]


def codes(payload: Json) -> list[str]:
    """The codes of a payload's faults."""
    return [fault["code"] for fault in payload["userErrors"]]
