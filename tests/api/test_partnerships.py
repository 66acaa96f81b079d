"""Partnerships of providers and resellers (relationships.md 3)."""

from datetime import timedelta
from typing import Any
from urllib.parse import unquote

import pytest
from sqlalchemy import update
from sqlmodel import col

from clientela.clock import utc_now
from clientela.demo.organisations import organisation
from models import Partner
from policy.vocabulary import ProgramStatus
from tests.api.buying import OFFICE, attest, buy
from tests.api.customers import audited, create, created, faults, form, read
from tests.api.partnerships import (
    ACCEPT,
    END,
    LIST,
    PROVIDER,
    RESELLER,
    accept,
    codes,
    end,
    listed,
    requested,
    token_of,
)
from tests.api.test_indirect_model import partner_id
from tests.api.test_plans import assert_planned
from tests.clients import Api

SHARED = """{ partnerships(first: 50) { nodes {
  status reseller { name } provider { name } sharedCustomers(first: 500) { totalCount nodes { id companyName } }
} } }"""


async def change(api: Api, partner: str, **values: Any) -> None:
    """A partner's row as no call of the API could change it."""
    statement = update(Partner).where(col(Partner.id) == organisation(partner).id).values(**values)
    async with api.database.execution_options(writes=True).begin() as connection:
        await connection.execute(statement)


async def test_a_provider_invites_and_the_resellers_global_admin_accepts(fresh_api: Api):
    """R3.1, R3.7, I13; relationships.md 11.12: from the link to both lists, one line in each log."""
    open_one = await requested(fresh_api, targetEmail="owner@northwind.example")
    assert (open_one["status"], open_one["reseller"]) == ("REQUESTED", None)
    draft = open_one["emailDraft"]
    assert open_one["link"] in draft["body"]
    assert draft["mailto"].startswith("mailto:owner@northwind.example?subject=")
    assert open_one["link"] in unquote(draft["mailto"])
    assert open_one["id"] not in {row["id"] for row in await listed(fresh_api, RESELLER)}
    token = token_of(open_one["link"])
    answer = await fresh_api.ask(RESELLER, ACCEPT, input={"token": token, "authorizeProvider": True})
    accepted = answer.ok()["partnershipAccept"]["partnership"]
    assert (accepted["id"], accepted["status"]) == (open_one["id"], "ACTIVE")
    assert (accepted["link"], accepted["emailDraft"]) == (None, None)
    for person in (PROVIDER, RESELLER):
        (seen,) = [row for row in await listed(fresh_api, person) if row["id"] == open_one["id"]]
        assert seen == accepted
    lines = await audited(fresh_api, answer)
    assert [line.operation for line in lines] == ["create_partner_relationship"] * 2


async def test_the_link_is_stored_nowhere(fresh_api: Api):
    """Settled: link tokens; the id is in the token and the token in no row."""
    token = token_of((await requested(fresh_api))["link"])
    rows = await fresh_api.rows("select * from partnership")
    logged = await fresh_api.rows("select * from activity_record where resource_type = 'partner_relationship'")
    assert len(rows) > len(logged) == 1
    mac = token.rpartition(".")[2]
    assert len(mac) == 43
    assert mac not in str(rows) + str(logged)


async def test_the_second_acceptance_of_one_link(fresh_api: Api):
    """I7: by the same company a success that writes nothing, by another one too late."""
    token = token_of((await requested(fresh_api))["link"])
    first = await accept(fresh_api, token)
    before = await fresh_api.counts()
    assert await accept(fresh_api, token) == first
    assert codes(await accept(fresh_api, token, "global-admin@tailspin")) == ["INVALID_STATE"]
    assert await fresh_api.counts() == before


async def test_a_company_that_is_connected_already_is_told_by_which_partnership(fresh_api: Api):
    """R3.5: at most one that is not over a pair."""
    (live,) = await listed(fresh_api, "admin-agent@tailspin")
    token = token_of((await requested(fresh_api))["link"])
    (fault,) = (await accept(fresh_api, token, "global-admin@tailspin"))["userErrors"]
    assert (fault["code"], fault["relatedIds"]) == ("INVALID_STATE", [live["id"]])


async def test_nothing_but_the_unchanged_link_opens_an_invitation(api: Api):
    """R3.5, settled: link tokens; another key, another purpose, another id, no token at all: all alike."""
    token = token_of((await requested(api))["link"])
    key_id, invitation, mac = token.split(".")
    other = token_of((await requested(api))["link"]).split(".")
    before = await api.counts()
    answers = [
        await accept(api, wrong)
        for wrong in (
            f"{key_id}.{invitation}.{mac[:-1]}{'E' if mac[-1] == 'A' else 'A'}",
            f"{key_id}.{invitation}.{other[2]}",
            f"{key_id}.{invitation.upper()}.{mac}",
            f"00000000.{invitation}.{mac}",
            f"{token} ",
            "é.é.é",
            "",
        )
    ]
    assert [codes(answer) for answer in answers] == [["NOT_FOUND"]] * 7
    assert len({str(answer) for answer in answers}) == 1
    assert await api.counts() == before


async def test_the_box_must_be_ticked_and_all_faults_come_at_once(api: Api):
    """R3.3."""
    token = token_of((await requested(api))["link"])
    (fault,) = (await accept(api, token, box=False))["userErrors"]
    assert (fault["code"], fault["field"]) == ("INVALID", ["input", "authorizeProvider"])
    assert codes(await accept(api, "nothing", box=False)) == ["NOT_FOUND", "INVALID"]


@pytest.mark.parametrize(
    ("partner", "values", "code"),
    [
        ("northwind", {"country": "DE"}, "REGION_MISMATCH"),
        ("northwind", {"program_status": ProgramStatus.PENDING}, "PROGRAM_NOT_ACTIVE"),
        ("northwind", {"program_status": ProgramStatus.QUALIFIED}, None),
        ("fabrikam", {"program_status": ProgramStatus.SUSPENDED}, "PROGRAM_NOT_ACTIVE"),
    ],
)
async def test_what_an_acceptance_needs(fresh_api: Api, partner: str, values: dict[str, Any], code: str | None):
    """R3.2, R1.9; relationships.md 11.12: a reseller of another region."""
    token = token_of((await requested(fresh_api))["link"])
    await change(fresh_api, partner, **values)
    assert codes(await accept(fresh_api, token)) == ([code] if code else [])


async def test_companies_of_one_region_connect_over_a_border(fresh_api: Api):
    """relationships.md 11.12: a reseller in Germany and a provider in France."""
    await change(fresh_api, "fabrikam", country="FR")
    await change(fresh_api, "northwind", country="DE")
    token = token_of((await requested(fresh_api))["link"])
    assert (await accept(fresh_api, token))["partnership"]["status"] == "ACTIVE"


async def test_an_invitation_that_nobody_answers_expires(fresh_api: Api):
    """R3.5: 90 days, to the instant; it reads so without anybody writing it down, and frees its address."""
    now = utc_now()
    for person in (PROVIDER, RESELLER):
        await fresh_api.token(person)
    fresh_api.clock.fixed = now
    open_one = await requested(fresh_api, targetEmail="late@northwind.example")
    token = token_of(open_one["link"])
    fresh_api.clock.fixed = now + timedelta(days=90) - timedelta(seconds=1)
    again = await requested(fresh_api, targetEmail="LATE@northwind.example")
    assert again["id"] == open_one["id"]
    fresh_api.clock.fixed = now + timedelta(days=90)
    seen = {row["id"]: row for row in await listed(fresh_api, PROVIDER, status=["EXPIRED"])}[open_one["id"]]
    assert (seen["status"], seen["link"]) == ("EXPIRED", None)
    assert await listed(fresh_api, PROVIDER, status=["REQUESTED"]) == []
    assert codes(await accept(fresh_api, token)) == ["EXPIRED"]
    assert codes(await end(fresh_api, open_one["id"])) == ["INVALID_STATE"]
    another = await requested(fresh_api, targetEmail="late@northwind.example")
    assert another["id"] != open_one["id"]


async def test_an_open_invitation_to_one_address_is_one(fresh_api: Api):
    """As R2.14: the same again writes nothing; without an address each is another."""
    first = await requested(fresh_api, targetEmail="twice@northwind.example")
    before = await fresh_api.counts()
    assert await requested(fresh_api, targetEmail="Twice@northwind.example") == first
    assert await fresh_api.counts() == before
    assert (await requested(fresh_api))["id"] != (await requested(fresh_api))["id"]


async def test_an_end_takes_nothing_from_customers_and_no_new_one_comes(fresh_api: Api):
    """R3.6, R3.14, I12; relationships.md 11.11, 11.19: rows and privileges to the byte; then PARTNERSHIP_REQUIRED."""
    reseller = await partner_id(fresh_api, "sales-agent@tailspin")
    customer = await created(fresh_api, PROVIDER, form(associatedResellerId=reseller))
    (live,) = await listed(fresh_api, PROVIDER, status=["ACTIVE"])
    before = await fresh_api.rows("select * from relationship order by id")
    answer = await fresh_api.ask(PROVIDER, END, input={"partnershipId": live["id"], "declarationAccepted": True})
    ended = answer.ok()["partnershipEnd"]["partnership"]
    assert ended["status"] == "ENDED"
    assert ended["endedAt"] is not None
    assert [line.operation for line in await audited(fresh_api, answer)] == ["remove_partner_relationship"] * 2
    assert await fresh_api.rows("select * from relationship order by id") == before
    assert (await read(fresh_api, "sales-agent@tailspin", customer["id"]))["relationship"]["delegatedAdmin"] is True
    payload = await create(fresh_api, PROVIDER, form(associatedResellerId=reseller))
    assert faults(payload) == {("PARTNERSHIP_REQUIRED", "associatedResellerId", 800016)}
    own = await created(fresh_api, PROVIDER, form())
    assert await read(fresh_api, "sales-agent@tailspin", own["id"]) is None
    await attest(fresh_api, PROVIDER, customer["id"])
    order = await buy(fresh_api, PROVIDER, customer["id"], OFFICE, resellerId=reseller)
    assert faults(order) == {("PARTNERSHIP_REQUIRED", "resellerId", 800016)}
    assert (await buy(fresh_api, PROVIDER, customer["id"], OFFICE))["userErrors"] == []
    assert codes(await end(fresh_api, live["id"])) == ["INVALID_STATE"]
    # R3.5: asked and accepted again, it is another row.
    token = token_of((await requested(fresh_api))["link"])
    anew = (await accept(fresh_api, token, "global-admin@tailspin"))["partnership"]
    assert anew["id"] != live["id"]
    both = await listed(fresh_api, PROVIDER, nameStartsWith="tailspin")
    assert sorted(row["status"] for row in both) == ["ACTIVE", "ENDED"]


async def test_ending_needs_the_declaration_and_ones_own_partnership(api: Api):
    (live,) = await listed(api, "global-admin@tailspin")
    assert codes(await end(api, live["id"], declared=False)) == ["INVALID"]
    for nothing in ("partnership_x", "", live["id"].replace("partnership", "partner")):
        assert codes(await end(api, nothing)) == ["NOT_FOUND"]
    open_one = await requested(api)
    assert (await end(api, open_one["id"]))["partnership"]["status"] == "CANCELLED"
    assert codes(await accept(api, token_of(open_one["link"]))) == ["INVALID_STATE"]


async def test_shared_customers_are_those_of_both(fresh_api: Api):
    """R3.4, R3.11, I14: none by the partnership itself; null where it is not active."""
    await requested(fresh_api)
    token = token_of((await requested(fresh_api))["link"])
    await accept(fresh_api, token)
    mine = (await assert_planned(fresh_api, PROVIDER, SHARED)).ok()["partnerships"]["nodes"]
    shared = {row["reseller"]["name"]: row["sharedCustomers"] for row in mine if row["status"] == "ACTIVE"}
    assert {str(row["sharedCustomers"]) for row in mine if row["status"] != "ACTIVE"} == {"None"}
    assert {name: found["totalCount"] for name, found in shared.items()} == {"Tailspin Toys": 8, "Northwind Traders": 0}
    (theirs,) = (await assert_planned(fresh_api, "admin-agent@tailspin", SHARED)).ok()["partnerships"]["nodes"]
    names = lambda page: {row["id"] for row in page["nodes"]}  # noqa: E731
    assert names(theirs["sharedCustomers"]) == names(shared["Tailspin Toys"])


async def test_only_the_two_sides_see_it(api: Api):
    """R3.8, I21: a stranger finds nothing by list or id; a partner of another kind has no such list."""
    (live,) = await listed(api, "global-admin@tailspin")
    open_one = await requested(api)
    document = "query ($id: ID!) { node(id: $id) { id ... on Partnership { status } } }"
    for person, seen in (
        (PROVIDER, True),
        (RESELLER, False),
        ("admin-agent@contoso", False),
        ("customer-admin@wingtiptoys", False),
    ):
        for row in (live, open_one):
            found = (await api.ask(person, document, id=row["id"])).ok()["node"]
            assert (found is not None) == seen, person
    answer = await api.ask("admin-agent@contoso", LIST)
    assert (answer.body["data"], answer.codes) == ({"partnerships": None}, ["PARTNER_TYPE_NOT_ALLOWED"])


async def test_names_pages_and_the_draft_by_plan(fresh_api: Api):
    """Lists page by the other side's name over an index; nothing falls back to the executor."""
    for number in range(4):
        await requested(fresh_api, targetEmail=f"page{number}@northwind.example")
    seen, after = [], None
    whole = [row["id"] for row in await listed(fresh_api, PROVIDER)]
    assert len(whole) > 5
    for _ in range(0, len(whole), 2):
        page = (await assert_planned(fresh_api, PROVIDER, LIST, first=2, after=after)).ok()["partnerships"]
        seen += [row["id"] for row in page["nodes"]]
        after = page["pageInfo"]["endCursor"]
    assert seen == whole
    assert not page["pageInfo"]["hasNextPage"]
    assert [row["reseller"]["name"] for row in await listed(fresh_api, PROVIDER, nameStartsWith="tail")] == [
        "Tailspin Toys"
    ]
    chosen = {"status": ["REQUESTED", "ACTIVE"], "nameStartsWith": "TAIL"}
    assert (await assert_planned(fresh_api, PROVIDER, LIST, filter=chosen)).ok()["partnerships"]["totalCount"] == 1
    assert [
        row["provider"]["name"] for row in await listed(fresh_api, "sales-agent@tailspin", nameStartsWith="FAB")
    ] == ["Fabrikam, Inc."]
