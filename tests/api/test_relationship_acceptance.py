"""Invited customers decide (relationships.md R2.13-R2.17, 11.3-11.6, 11.8-11.10)."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import delete, text, update
from sqlmodel import SQLModel, col

from clientela.demo.organisations import organisation
from models import Agreement, Customer, Partner, Partnership, Relationship
from models.partnership import PartnershipStatus
from models.relationship import RelationshipOrigin, RelationshipRole, RelationshipToPartner
from policy.vocabulary import ProgramStatus
from tests.access.logbook import difference
from tests.api.buying import OFFICE, buy
from tests.api.customers import audited
from tests.api.partnerships import codes, token_of
from tests.api.relationship_requests import (
    ACCEPT,
    AGREED,
    DECLINE,
    LOOK,
    TEMPLATE,
    accept,
    connected,
    decline,
    drafted,
    form,
    invited,
    listed,
    preview,
    send,
)
from tests.api.test_indirect_model import partner_id, served_with
from tests.clients import Api

AGENT = "admin-agent@adatum"
ADMIN = "customer-admin@wingtiptoys"
FOUND = """query ($search: String) {
  customers(filter: {search: $search}) { nodes {
    id companyName billingProfile { etag email } domains agreements { method contact { email } }
    relationship { id role delegatedAdmin origin viaProvider { name } }
  } }
}"""


async def found(api: Api, person: str, search: str = "wingtiptoys") -> list[dict[str, Any]]:
    """What a partner finds of a customer."""
    return (await api.ask(person, FOUND, search=search)).data["customers"]["nodes"]


async def store(api: Api, statement: Any) -> None:
    """Writes behind the API's back."""
    async with api.database.execution_options(writes=True).begin() as connection:
        await connection.execute(statement)


def of(model: type[SQLModel], name: str) -> Any:
    """The rows of a model that are a partner's."""
    return col(model.partner_id) == organisation(name).id  # type: ignore[attr-defined]


async def test_a_customer_accepts_with_its_agreement_and_is_listed(fresh_api: Api):
    """relationships.md 11.3, R2.4, R2.20: from the preview to the list; a line for each partner concerned."""
    sent, token = await invited(fresh_api, AGENT)
    seen = await preview(fresh_api, ADMIN, token)
    assert seen == {
        "inviter": {"name": "A. Datum Corporation"},
        "provider": None,
        "includesDelegatedAdmin": True,
        "status": "SENT",
        "expiresAt": sent["expiresAt"],
        "agreementRequired": True,
        "agreementTemplate": {
            "templateId": TEMPLATE,
            "country": "US",
            "url": "https://www.microsoft.com/licensing/docs/customeragreement",
        },
        "problems": [],
    }
    assert await found(fresh_api, AGENT) == []
    before = await fresh_api.counts()
    answer = await fresh_api.ask(ADMIN, ACCEPT, input={"token": token, "agreement": AGREED})
    payload = answer.ok()["relationshipRequestAccept"]
    (relationship,) = payload["relationships"]
    assert (relationship["role"], relationship["relationshipToPartner"], relationship["delegatedAdmin"]) == (
        *("TRANSACTING", "RESELLER"),
        True,
    )
    assert payload["relationshipRequest"]["status"] == "ACCEPTED"
    assert difference(before, await fresh_api.counts()) == {
        **dict.fromkeys(("relationship", "billing_profile", "agreement"), 1),
        "activity_record": 2,
        "relationship_domain": len((await found(fresh_api, AGENT))[0]["domains"]),
    }
    # A direct acceptance of the agreement counts for contoso, too, which serves the customer.
    lines = await audited(fresh_api, answer)
    assert {(line.operation, line.actor) for line in lines} == {
        ("accept_relationship_request", "admin@wingtiptoys.onmicrosoft.com"),
        ("create_agreement", "admin@wingtiptoys.onmicrosoft.com"),
    }
    (customer,) = await found(fresh_api, AGENT)
    assert customer["relationship"]["id"] == relationship["id"]
    assert customer["agreements"][0]["method"] == "DIRECT_ACCEPTANCE"
    accepted = {row["id"]: row for row in await listed(fresh_api, AGENT, status=["ACCEPTED"])}
    request = accepted[sent["id"]]
    assert [row["id"] for row in request["relationships"]] == [relationship["id"]]
    assert (request["link"], request["emailDraft"]) == (None, None)
    # The new partner completes the billing profile that the acceptance began.
    assert customer["billingProfile"]["email"] == "admin@wingtiptoys.onmicrosoft.com"
    partners = "{ viewer { relationships { nodes { partner { name } } } } }"
    served = (await fresh_api.ask(ADMIN, partners)).ok()["viewer"]["relationships"]["nodes"]
    assert {"partner": {"name": "A. Datum Corporation"}} in served


async def test_nobody_but_the_customers_global_admin_decides(api: Api):
    """relationships.md 11.4, permissions.md 8.22: no user of its, no privileged partner; nothing written."""
    _, token = await invited(api, AGENT)
    people = ("customer-user@wingtiptoys", "admin-agent@contoso", AGENT, "app@contoso")
    for person in people:
        await api.token(person)
    before = await api.counts()
    denied = 0
    for person in people:
        for document, field in ((ACCEPT, "relationshipRequestAccept"), (DECLINE, "relationshipRequestDecline")):
            given = {"token": token} | ({"agreement": AGREED} if document is ACCEPT else {})
            answer = await api.ask(person, document, input=given)
            assert (answer.body["data"], answer.codes) == ({field: None}, ["FORBIDDEN"])
            denied += person != people[0]
    # Settled: audit rows; denials to customers' people are none.
    assert difference(before, await api.counts()) == {"activity_record": denied}
    assert await preview(api, "admin-agent@contoso", token) is None
    seen = await preview(api, people[0], token)
    assert [problem["code"] for problem in (seen or {})["problems"]] == ["INVALID"]


async def test_the_agreement_is_demanded_in_the_same_step(api: Api):
    """relationships.md 11.5, R2.3, R2.17: the last check; nothing is written."""
    _, token = await invited(api, AGENT)
    before = await api.counts()
    for agreement in (None, {"accepted": False, "templateId": TEMPLATE}):
        payload = await accept(api, ADMIN, token, agreement)
        assert codes(payload) == ["AGREEMENT_REQUIRED"]
        assert payload["userErrors"][0]["vendorCode"] == 13605
    other = AGREED | {"templateId": "998b88de-aa99-4388-a42c-1b3517d49490"}
    (fault,) = (await accept(api, ADMIN, token, other))["userErrors"]
    assert (fault["code"], fault["field"]) == ("INVALID", ["input", "agreement", "templateId"])
    assert await api.counts() == before


async def test_whose_agreement_counts(fresh_api: Api):
    """Settled: an attestation counts for the partner that gave it, a direct acceptance for all."""
    await store(fresh_api, delete(Agreement))
    relationship = await connected(fresh_api, AGENT, "wingtiptoys")
    assert relationship["status"] == "ACTIVE"
    _, token = await invited(fresh_api, "admin-agent@fabrikam", form("PROVIDER", admin=False))
    assert (await preview(fresh_api, ADMIN, token) or {})["agreementRequired"] is False
    assert codes(await accept(fresh_api, ADMIN, token, None)) == []
    assert await fresh_api.rows("select count(*) from agreement") == [(1,)]


async def test_a_customer_of_another_region_cannot_accept(api: Api):
    """relationships.md 11.6, R2.8."""
    _, token = await invited(api, AGENT)
    before = await api.counts()
    assert codes(await accept(api, "customer-admin@blueyonderairlines", token)) == ["REGION_MISMATCH"]
    seen = await preview(api, "customer-admin@blueyonderairlines", token)
    assert [problem["code"] for problem in (seen or {})["problems"]] == ["REGION_MISMATCH"]
    assert await api.counts() == before


def _pending() -> Any:
    return update(Partner).where(col(Partner.id) == organisation("adatum").id)


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda: _pending().values(program_status=ProgramStatus.RESTRICTED), "PROGRAM_NOT_ACTIVE"),
        (lambda: _pending().values(partner_agreement_signed=False), "PARTNER_AGREEMENT_REQUIRED"),
        (lambda: _pending().values(partner_agreement_signed=False, country="DE"), "REGION_MISMATCH"),
        (lambda: _pending().values(partner_agreement_signed=False, program_status="pending"), "PROGRAM_NOT_ACTIVE"),
    ],
)
async def test_the_first_failure_decides(fresh_api: Api, make: Callable[[], Any], code: str):
    """R2.17: region, then program and agreement of the partner, then the customer's agreement."""
    _, token = await invited(fresh_api, AGENT)
    await store(fresh_api, make())
    assert codes(await accept(fresh_api, ADMIN, token, None)) == [code]


async def test_a_partners_tenant_is_no_customer(fresh_api: Api):
    """I3, 1.4: an inviter, an affiliate of it or a provider's reseller is a partner's tenant first of all."""
    _, token = await invited(fresh_api, AGENT)
    await fresh_api.token(ADMIN)
    (row,) = await fresh_api.rows("select id from customer where domain = 'wingtiptoys.onmicrosoft.com'")
    async with fresh_api.database.execution_options(writes=True).begin() as connection:
        await connection.execute(
            text(
                "insert into partner (cloud, id, name, kinds, program_status, country, domain, is_sandbox, "
                "partner_agreement_signed, created_at) select cloud, :id, 'Twin', kinds, program_status, country, "
                "'twin', is_sandbox, partner_agreement_signed, created_at from partner where domain like 'adatum.%'"
            ),
            {"id": row[0]},
        )
    assert codes(await accept(fresh_api, ADMIN, token)) == ["NOT_A_CUSTOMER_TENANT"]


async def test_a_request_to_one_tenant_is_for_that_tenant(api: Api):
    """R2.13: to anybody else its link opens nothing."""
    ((tenant,),) = await api.rows("select id from customer where domain = 'wingtiptoys.onmicrosoft.com'")
    _, token = await invited(api, AGENT, form(targetCustomerTenantId=str(tenant)))
    other = "customer-admin@cohowinery"
    assert await preview(api, other, token) is None
    unknown = await accept(api, other, "nothing")
    assert await accept(api, other, token) == unknown
    assert codes(unknown) == ["NOT_FOUND"]
    assert codes(await accept(api, ADMIN, token)) == []


async def test_a_second_acceptance(fresh_api: Api):
    """Settled, I7: by the same customer a success that writes nothing, by another INVALID_STATE."""
    _, token = await invited(fresh_api, AGENT)
    first = await accept(fresh_api, ADMIN, token)
    before = await fresh_api.counts()
    again = await accept(fresh_api, ADMIN, token, None)
    assert again["relationships"] == first["relationships"]
    assert again["userErrors"] == []
    assert codes(await accept(fresh_api, "customer-admin@cohowinery", token)) == ["INVALID_STATE"]
    assert codes(await decline(fresh_api, ADMIN, token)) == ["INVALID_STATE"]
    assert await fresh_api.counts() == before


async def test_a_link_of_another_cloud_opens_nothing(api: Api):
    """Settled: NOT_FOUND; nothing crosses."""
    _, token = await invited(api, "admin-agent@woodgrove")
    assert await preview(api, ADMIN, token) is None
    assert codes(await accept(api, ADMIN, token)) == ["NOT_FOUND"]


async def test_without_admin_privileges_and_then_with(fresh_api: Api):
    """relationships.md 11.8, 11.9, R2.15: one relationship all the time, privileges on; the log says what changed."""
    plain = await connected(fresh_api, AGENT, "wingtiptoys", form(admin=False))
    assert (plain["relationshipToPartner"], plain["delegatedAdmin"]) == ("RESELLER", False)
    (customer,) = await found(fresh_api, AGENT)
    assert customer["relationship"]["delegatedAdmin"] is False
    privileged = await connected(fresh_api, AGENT, "wingtiptoys")
    assert {**plain, "delegatedAdmin": True} == privileged
    # What is held is not lost by an invitation that asks for less.
    assert await connected(fresh_api, AGENT, "wingtiptoys", form(admin=False)) == privileged


async def test_a_reseller_and_its_provider_come_together(fresh_api: Api):
    """relationships.md 11.10, R2.16: both rows, both logs, privileges for both; only the provider may order."""
    provider = await partner_id(fresh_api, "admin-agent@fabrikam")
    reseller = await partner_id(fresh_api, "admin-agent@tailspin")
    _, token = await invited(fresh_api, "admin-agent@tailspin", form("RESELLER_WITH_PROVIDER", providerId=provider))
    seen = await preview(fresh_api, ADMIN, token) or {}
    assert (seen["inviter"], seen["provider"]) == ({"name": "Tailspin Toys"}, {"name": "Fabrikam, Inc."})
    answer = await fresh_api.ask(ADMIN, ACCEPT, input={"token": token, "agreement": AGREED})
    both = answer.ok()["relationshipRequestAccept"]["relationships"]
    told = {row["partner"]["name"]: (row["role"], row["delegatedAdmin"], row["viaProvider"]) for row in both}
    assert told == {
        "Tailspin Toys": ("MANAGING", True, {"name": "Fabrikam, Inc."}),
        "Fabrikam, Inc.": ("TRANSACTING", True, None),
    }
    operations = sorted(line.operation for line in await audited(fresh_api, answer))
    assert operations == ["accept_relationship_request"] * 2 + ["create_agreement"]
    (mine,), (theirs,) = await found(fresh_api, "admin-agent@tailspin"), await found(fresh_api, "admin-agent@fabrikam")
    assert mine["id"] == theirs["id"]
    assert codes(await buy(fresh_api, "admin-agent@fabrikam", mine["id"], OFFICE)) == []
    assert codes(await buy(fresh_api, "admin-agent@tailspin", mine["id"], OFFICE)) == ["RELATIONSHIP_REQUIRED"]
    assert mine["id"] in await served_with(fresh_api, "sales-agent@fabrikam", reseller)
    assert mine["id"] in await served_with(fresh_api, "sales-agent@tailspin", provider)


async def test_the_two_must_still_work_together(fresh_api: Api):
    """R2.9: when the customer accepts, too."""
    provider = await partner_id(fresh_api, "admin-agent@fabrikam")
    _, token = await invited(fresh_api, "admin-agent@tailspin", form("RESELLER_WITH_PROVIDER", providerId=provider))
    live = update(Partnership).where(col(Partnership.status) == PartnershipStatus.ACTIVE)
    await store(fresh_api, live.values(status=PartnershipStatus.ENDED, ended_at=Partnership.accepted_at))
    assert codes(await accept(fresh_api, ADMIN, token)) == ["PARTNERSHIP_REQUIRED"]


async def test_the_us_government_cloud_has_one_partner_a_company(api: Api):
    """permissions.md 5.3, 8.27, settled: tested at acceptance; without an agreement, which is part of the contract."""
    (row,) = await api.rows(
        "select c.domain from customer c join relationship r on r.customer_id = c.id "
        "join partner p on p.id = r.partner_id where p.domain like 'lamna%' order by c.domain limit 1"
    )
    admin = f"customer-admin@{row.domain}"
    _, token = await invited(api, "admin-agent@woodgrove")
    seen = await preview(api, admin, token) or {}
    assert seen["agreementRequired"] is False
    assert [problem["code"] for problem in seen["problems"]] == ["SINGLE_PARTNER_CLOUD"]
    assert codes(await accept(api, admin, token, None)) == ["SINGLE_PARTNER_CLOUD"]
    # Its own partner may ask again, for the privileges that it lost.
    _, token = await invited(api, "admin-agent@lamna")
    (fault,) = (await accept(api, admin, token, AGREED))["userErrors"]
    assert (fault["code"], fault["field"], fault["vendorCode"]) == ("NOT_SUPPORTED", ["input", "agreement"], 900127)
    assert codes(await accept(api, admin, token, None)) == []


async def test_a_customer_declines(api: Api):
    """R2.10: final; the partner reads the reason in its log; again is a success that writes nothing."""
    sent, token = await invited(api, AGENT)
    answer = await api.ask(ADMIN, DECLINE, input={"token": token, "reason": " We are happy as we are. "})
    payload = answer.ok()["relationshipRequestDecline"]
    assert (payload["relationshipRequest"]["status"], payload["relationships"]) == ("DECLINED", [])
    (line,) = await audited(api, answer)
    assert line.operation == "decline_relationship_request"
    narrowed = 'activityLog(first: 1, filter: {operation: ["decline_relationship_request"]})'
    log = f"{{ {narrowed} {{ nodes {{ changes {{ newValue }} }} }} }}"
    (told,) = (await api.ask(AGENT, log)).ok()["activityLog"]["nodes"]
    assert {"newValue": "We are happy as we are."} in told["changes"]
    before = await api.counts()
    assert codes(await decline(api, ADMIN, token)) == []
    assert codes(await accept(api, ADMIN, token)) == ["INVALID_STATE"]
    assert codes(await decline(api, "customer-admin@cohowinery", token)) == ["INVALID_STATE"]
    assert await api.counts() == before
    assert sent["id"] in {row["id"] for row in await listed(api, AGENT, status=["DECLINED"])}
    _, token = await invited(api, AGENT)
    assert codes(await decline(api, ADMIN, token, "x" * 501)) == ["TOO_LONG"]


async def test_another_partner_keeps_its_rows_to_the_byte(fresh_api: Api):
    """R1.13, I9: a new partner changes nothing of what another has."""

    async def of_contoso() -> list[Any]:
        key = organisation("contoso").id
        own = key.hex if fresh_api.database.dialect.name == "sqlite" else key
        tables = ("relationship", "relationship_domain", "billing_profile", "agreement", "activity_record")
        return [
            sorted(map(repr, await fresh_api.rows(f"select * from {table} where partner_id = :own", own=own)))
            for table in tables
        ]

    # The agreement first: a direct acceptance is contoso's affair as well.
    await connected(fresh_api, AGENT, "wingtiptoys")
    before = await of_contoso()
    await connected(fresh_api, "admin-agent@fabrikam", "wingtiptoys", form("PROVIDER"))
    assert await of_contoso() == before


async def test_a_customer_from_another_portal_becomes_one_that_may_be_sold_to(fresh_api: Api):
    """R5.12: until it accepts there is no right to order; then it is a reseller's customer as any other."""
    legacy = {
        "origin": RelationshipOrigin.LEGACY_PORTAL,
        "relationship_to_partner": RelationshipToPartner.NONE,
        "role": RelationshipRole.MANAGING,
        "delegated_admin": False,
    }
    adventure = col(Relationship.customer_id).in_(
        Customer.__table__.select().with_only_columns(col(Customer.id)).where(col(Customer.domain).like("adventure%"))  # type: ignore[attr-defined]
    )
    await store(fresh_api, update(Relationship).where(of(Relationship, "adatum"), adventure).values(**legacy))
    (before,) = await found(fresh_api, AGENT, "adventureworks")
    assert before["relationship"]["origin"] == "LEGACY_PORTAL"
    relationship = await connected(fresh_api, AGENT, "adventureworks", form(admin=False))
    assert (relationship["id"], relationship["role"]) == (before["relationship"]["id"], "TRANSACTING")
    assert (relationship["relationshipToPartner"], relationship["origin"]) == ("RESELLER", "INVITED")


async def test_a_draft_that_was_never_sent_cannot_be_accepted_under_a_guess(api: Api):
    """R2.13, settled: link tokens; a partnership's link is no customer's link."""
    draft = await drafted(api, AGENT, form())
    token = token_of(draft["link"])
    await send(api, AGENT, draft["id"])
    key_id, request, mac = token.split(".")
    for wrong in (f"{key_id}.{request}.{mac[::-1]}", f"{key_id}.{request}", request, "", "💥.💥.💥"):
        assert codes(await accept(api, ADMIN, wrong)) == ["NOT_FOUND"]
        assert (await api.ask(ADMIN, LOOK, token=wrong)).ok()["relationshipRequestPreview"] is None
