"""Drafting, sending, cancelling requests to customers (relationships.md 2.2)."""

from datetime import timedelta
from typing import Any
from urllib.parse import unquote
from uuid import uuid4

import pytest

from clientela.clock import utc_now
from clientela.demo.organisations import organisation
from policy.vocabulary import ProgramStatus
from tests.api.customers import audited, faults
from tests.api.partnerships import codes, token_of
from tests.api.relationship_requests import (
    CREATE,
    LIST,
    SEND,
    accept,
    cancel,
    change_partner,
    drafted,
    form,
    invited,
    listed,
    preview,
    send,
)
from tests.api.test_indirect_model import partner_id
from tests.api.test_plans import assert_planned
from tests.clients import Api

AGENT = "admin-agent@adatum"


async def test_a_request_is_drafted_and_sent_with_the_link_in_its_text(api: Api):
    """relationships.md 11.1, R2.10, R2.11: a draft has no expiry, what was sent has one of 90 days; one line each."""
    answer = await api.ask(AGENT, CREATE, input=form(targetEmail="boss@wingtiptoys.example"))
    draft = answer.ok()["relationshipRequestCreate"]["relationshipRequest"]
    assert (draft["status"], draft["sentAt"], draft["expiresAt"]) == ("DRAFT", None, None)
    assert (draft["createdBy"], draft["viewerCanCancel"]) == ("admin-agent@adatum.onmicrosoft.com", True)
    mail = draft["emailDraft"]
    assert draft["link"] in mail["body"]
    assert draft["link"] in unquote(mail["mailto"])
    assert mail["mailto"].startswith("mailto:boss@wingtiptoys.example?subject=")
    assert [line.operation for line in await audited(api, answer)] == ["create_relationship_request"]
    body = f"Dear friends,\nhave a look: {draft['link']}\n"
    given = {"relationshipRequestId": draft["id"], "subject": "Hello", "body": body}
    answer = await api.ask(AGENT, SEND, input=given)
    sent = answer.ok()["relationshipRequestSend"]["relationshipRequest"]
    assert (sent["status"], sent["link"]) == ("SENT", draft["link"])
    assert (sent["emailDraft"]["subject"], sent["emailDraft"]["body"]) == ("Hello", body)
    assert sent["expiresAt"] > sent["sentAt"]
    assert [line.operation for line in await audited(api, answer)] == ["send_relationship_request"]


async def test_a_draft_whose_text_lost_the_link_is_not_sent(api: Api):
    """relationships.md 11.2, R2.11: it stays a draft; every fault at once."""
    draft = await drafted(api, AGENT, form())
    before = await api.counts()
    payload = await send(api, AGENT, draft["id"], body="No link.", subject=" ")
    assert codes(payload) == ["REQUIRED", "LINK_MISSING"]
    payload = await send(api, AGENT, draft["id"], body=draft["link"][:-1], deliver=True)
    assert [(fault["code"], fault["field"][-1]) for fault in payload["userErrors"]] == [
        ("LINK_MISSING", "body"),
        ("NOT_SUPPORTED", "deliver"),
    ]
    assert await api.counts() == before
    assert (await send(api, AGENT, draft["id"]))["relationshipRequest"]["status"] == "SENT"
    assert codes(await send(api, AGENT, draft["id"])) == ["INVALID_STATE"]


async def test_the_link_is_stored_nowhere(fresh_api: Api):
    """Settled: link tokens; the edited text is stored without it."""
    draft = await drafted(fresh_api, AGENT, form())
    await send(fresh_api, AGENT, draft["id"], body=f"Here: {draft['link']}")
    stored = str(await fresh_api.rows("select * from relationship_request")) + str(
        await fresh_api.rows("select * from activity_record where resource_type = 'relationship_request'")
    )
    assert "Here: " in stored
    assert token_of(draft["link"]).rpartition(".")[2] not in stored


async def test_sales_agents_ask_without_admin_privileges_only_and_cancel_their_own(api: Api):
    """permissions.md 8.11, 8.12, C1."""
    seller = "sales-agent@adatum"
    answer = await api.ask(seller, CREATE, input=form())
    assert (answer.body["data"], answer.codes) == ({"relationshipRequestCreate": None}, ["FORBIDDEN"])
    assert answer.errors[0]["extensions"]["permission"] == "RELATIONSHIP_REQUEST_ADMIN"
    own = await drafted(api, seller, form(admin=False))
    others = await drafted(api, AGENT, form(admin=False))
    privileged = await drafted(api, AGENT, form())
    seen = {row["id"]: row["viewerCanCancel"] for row in await listed(api, seller)}
    assert [seen[row["id"]] for row in (own, others, privileged)] == [True, False, False]
    for row, needed in ((others, "RELATIONSHIP_REQUEST"), (privileged, "RELATIONSHIP_REQUEST_ADMIN")):
        answer = await cancel(api, seller, row["id"])
        assert (answer.codes, answer.errors[0]["extensions"]["permission"]) == (["FORBIDDEN"], needed)
    answer = await api.ask(seller, SEND, input={"relationshipRequestId": privileged["id"]})
    assert answer.codes == ["FORBIDDEN"]
    for person, row in ((seller, own), ("global-admin@adatum", others)):
        answer = await cancel(api, person, row["id"])
        done = answer.ok()["relationshipRequestCancel"]["relationshipRequest"]
        assert (done["status"], done["link"], done["emailDraft"], done["viewerCanCancel"]) == (
            *("CANCELLED", None, None),
            False,
        )
        assert [line.operation for line in await audited(api, answer)] == ["cancel_relationship_request"]
        assert codes((await cancel(api, person, row["id"])).ok()["relationshipRequestCancel"]) == ["INVALID_STATE"]


async def test_a_cancelled_link_is_dead(api: Api):
    """I6: good in the state SENT and in no other."""
    draft = await drafted(api, AGENT, form())
    token = token_of(draft["link"])
    assert codes(await accept(api, "customer-admin@wingtiptoys", token)) == ["INVALID_STATE"]
    await send(api, AGENT, draft["id"])
    await cancel(api, AGENT, draft["id"])
    assert codes(await accept(api, "customer-admin@wingtiptoys", token)) == ["INVALID_STATE"]
    seen = await preview(api, "customer-admin@wingtiptoys", token)
    assert seen is not None
    assert (seen["status"], [problem["code"] for problem in seen["problems"]]) == ("CANCELLED", ["INVALID_STATE"])


async def test_the_same_open_request_is_one(fresh_api: Api):
    """R2.14 as settled: same kind, provider, privileges, tenant and address; without any target never."""
    tenant = str(uuid4())
    filled = form(targetCustomerTenantId=tenant, targetEmail="Boss@example.com")
    first = await drafted(fresh_api, AGENT, filled)
    before = await fresh_api.counts()
    assert await drafted(fresh_api, AGENT, filled | {"targetEmail": "boss@EXAMPLE.com"}) == first
    assert await fresh_api.counts() == before
    others = [
        filled | {"includesDelegatedAdmin": False},
        filled | {"targetCustomerTenantId": str(uuid4())},
        form(targetEmail="boss@example.com"),
        form(),
        form(),
    ]
    ids = {(await drafted(fresh_api, AGENT, other))["id"] for other in others} | {first["id"]}
    assert len(ids) == 6
    await send(fresh_api, AGENT, first["id"])
    assert (await drafted(fresh_api, AGENT, filled))["id"] == first["id"]
    await cancel(fresh_api, AGENT, first["id"])
    assert (await drafted(fresh_api, AGENT, filled))["id"] != first["id"]


@pytest.mark.parametrize(
    ("person", "filled", "expected"),
    [
        ("admin-agent@adatum", form("PROVIDER"), ("INVALID", "kind", 3000)),
        ("admin-agent@adatum", form("RESELLER_ONLY"), ("INVALID", "kind", 3000)),
        ("admin-agent@fabrikam", form("DIRECT"), ("INVALID", "kind", 3000)),
        ("admin-agent@tailspin", form("PROVIDER"), ("INVALID", "kind", 3000)),
        ("admin-agent@tailspin", form("RESELLER_WITH_PROVIDER"), ("REQUIRED", "providerId", 3000)),
        ("admin-agent@northwind", form("RESELLER_ONLY", providerId="x"), ("INVALID", "providerId", 3000)),
        (
            "admin-agent@tailspin",
            form("RESELLER_WITH_PROVIDER", providerId="partner_x"),
            ("PARTNERSHIP_REQUIRED", "providerId", 800016),
        ),
        ("admin-agent@adatum", form(targetEmail="nobody"), ("INVALID", "targetEmail", 3000)),
        ("admin-agent@woodgrove", form(admin=False), ("ADMIN_PRIVILEGES_REQUIRED", "includesDelegatedAdmin", 900127)),
        ("admin-agent@tailwind", form(admin=False), ("ADMIN_PRIVILEGES_REQUIRED", "includesDelegatedAdmin", 900127)),
        ("admin-agent@relecloud", form(admin=False), ("ADMIN_PRIVILEGES_REQUIRED", "includesDelegatedAdmin", 900127)),
        ("admin-agent@proseware", form(), ("NOT_SUPPORTED", None, 900127)),
        (
            "admin-agent@adatum",
            form(targetCustomerTenantId=str(organisation("adatum").id)),
            ("INVALID", "targetCustomerTenantId", 3000),
        ),
    ],
)
async def test_what_cannot_be_asked_for(api: Api, person: str, filled: dict[str, Any], expected: tuple[Any, ...]):
    """1.4, R2.9, R2.18, relationships.md 11.7, settled: US Government, sandbox; nothing is written."""
    before = await api.counts()
    assert faults((await api.ask(person, CREATE, input=filled)).ok()["relationshipRequestCreate"]) == {expected}
    assert await api.counts() == before


async def test_a_reseller_invites_with_a_provider_that_it_works_with(api: Api):
    """R2.9."""
    provider, stranger = await partner_id(api, "admin-agent@fabrikam"), "admin-agent@northwind"
    filled = form("RESELLER_WITH_PROVIDER", providerId=provider)
    draft = await drafted(api, "admin-agent@tailspin", filled)
    assert (draft["inviter"]["name"], draft["provider"]["name"]) == ("Tailspin Toys", "Fabrikam, Inc.")
    assert "Fabrikam, Inc." in draft["emailDraft"]["body"]
    payload = (await api.ask(stranger, CREATE, input=filled)).ok()["relationshipRequestCreate"]
    assert faults(payload) == {("PARTNERSHIP_REQUIRED", "providerId", 800016)}


@pytest.mark.parametrize(
    ("partner", "filled", "status", "code"),
    [
        ("adatum", form(), ProgramStatus.SUSPENDED, "PARTNER_SUSPENDED"),
        ("adatum", form(), ProgramStatus.RESTRICTED, "PARTNER_SUSPENDED"),
        ("adatum", form(), ProgramStatus.PENDING, "PROGRAM_NOT_ACTIVE"),
        ("tailspin", form("RESELLER_ONLY"), ProgramStatus.RESTRICTED, None),
        ("tailspin", form("RESELLER_ONLY"), ProgramStatus.SUSPENDED, "PARTNER_SUSPENDED"),
    ],
)
async def test_a_partner_in_trouble_invites_nobody(
    fresh_api: Api, partner: str, filled: dict[str, Any], status: ProgramStatus, code: str | None
):
    """R1.3, R2.19: a restricted one invites as a reseller only."""
    await change_partner(fresh_api, partner, program_status=status)
    answer = await fresh_api.ask(f"admin-agent@{partner}", CREATE, input=filled)
    payload = answer.body["data"]["relationshipRequestCreate"]
    assert (answer.codes or codes(payload)) == ([code] if code else [])


async def test_a_request_that_nobody_answers_expires(fresh_api: Api):
    """R2.10: to the instant, without anybody writing it down."""
    now, customer = utc_now(), "customer-admin@wingtiptoys"
    for person in (AGENT, customer):
        await fresh_api.token(person)
    fresh_api.clock.fixed = now
    sent, token = await invited(fresh_api, AGENT, form(targetEmail="late@example.com"))
    fresh_api.clock.fixed = now + timedelta(days=90) - timedelta(seconds=1)
    assert (await preview(fresh_api, customer, token) or {})["status"] == "SENT"
    fresh_api.clock.fixed = now + timedelta(days=90)
    (seen,) = await listed(fresh_api, AGENT, status=["EXPIRED"], kind=["DIRECT", "PROVIDER"])
    assert (seen["id"], seen["status"], seen["link"], seen["viewerCanCancel"]) == (sent["id"], "EXPIRED", None, False)
    assert await listed(fresh_api, AGENT, status=["SENT"]) == []
    assert codes(await accept(fresh_api, customer, token)) == ["EXPIRED"]
    assert (await preview(fresh_api, customer, token) or {})["problems"][0]["code"] == "EXPIRED"
    assert codes((await cancel(fresh_api, AGENT, sent["id"])).ok()["relationshipRequestCancel"]) == ["INVALID_STATE"]
    another = await drafted(fresh_api, AGENT, form(targetEmail="late@example.com"))
    assert another["id"] != sent["id"]


async def test_lists_page_and_filter_by_plan(fresh_api: Api):
    """The newest first; a filter is a walk of an index for each pair."""
    who = "admin-agent@lamna"
    ids = [(await drafted(fresh_api, who, form()))["id"] for _ in range(5)]
    await send(fresh_api, who, ids[1])
    await cancel(fresh_api, who, ids[2])
    seen, after = [], None
    for _ in range(3):
        page = (await assert_planned(fresh_api, who, LIST, first=2, after=after)).ok()["relationshipRequests"]
        seen += [row["id"] for row in page["nodes"]]
        after = page["pageInfo"]["endCursor"]
    assert seen == ids[::-1]
    for chosen, expected in (
        ({"status": ["SENT", "CANCELLED"]}, [ids[2], ids[1]]),
        ({"kind": ["DIRECT"]}, ids[::-1]),
        ({"kind": ["PROVIDER"]}, []),
        ({"status": ["DRAFT"], "kind": ["DIRECT"]}, [ids[4], ids[3], ids[0]]),
    ):
        answer = await assert_planned(fresh_api, who, LIST, filter=chosen)
        assert [row["id"] for row in answer.ok()["relationshipRequests"]["nodes"]] == expected


async def test_nobody_else_sees_or_touches_a_request(api: Api):
    """I21: not by list, not by id; the answer is that of an id that names nothing."""
    draft = await drafted(api, AGENT, form())
    document = "query ($id: ID!) { node(id: $id) { id } }"
    for person in ("admin-agent@contoso", "helpdesk-agent@adatum", "customer-admin@wingtiptoys"):
        assert (await api.ask(person, document, id=draft["id"])).ok()["node"] is None
    assert (await api.ask(AGENT, document, id=draft["id"])).ok()["node"] is not None
    for nothing in (draft["id"], "relationshiprequest_x", "", draft["id"].replace("request", "")):
        payload = (await cancel(api, "admin-agent@contoso", nothing)).ok()["relationshipRequestCancel"]
        assert codes(payload) == ["NOT_FOUND"]
        assert codes(await send(api, "admin-agent@contoso", nothing)) == ["NOT_FOUND"]
