"""The invited reseller sees what it decides on, and may say no (relationships.md 3, R3.5)."""

from datetime import timedelta
from typing import Any

import pytest

from clientela.clock import utc_now
from policy.vocabulary import ProgramStatus
from tests.api.customers import audited
from tests.api.partnerships import (
    DECLINE,
    PROVIDER,
    RESELLER,
    accept,
    codes,
    decline,
    end,
    listed,
    preview,
    requested,
    token_of,
)
from tests.api.test_partnerships import change
from tests.clients import Api

FABRIKAM = {"name": "Fabrikam, Inc.", "country": "US", "kinds": ["INDIRECT_PROVIDER"]}


async def opened(api: Api) -> str:
    """The token of a new invitation."""
    return token_of((await requested(api))["link"])


def problems(found: dict[str, Any] | None) -> list[str]:
    assert found is not None
    return [problem["code"] for problem in found["problems"]]


async def test_the_reseller_sees_who_invites_until_when_and_what_it_accepted(fresh_api: Api):
    """R3.1; the provider is none of the partners that the reseller sees elsewhere, until it accepts."""
    token = await opened(fresh_api)
    seen = await preview(fresh_api, token)
    assert seen is not None
    assert FABRIKAM.items() <= seen["provider"].items()
    assert (seen["status"], seen["problems"]) == ("REQUESTED", [])
    assert seen["expiresAt"] is not None
    before = await fresh_api.counts()
    assert await preview(fresh_api, token) == seen
    assert await fresh_api.counts() == before
    await accept(fresh_api, token)
    accepted = await preview(fresh_api, token)
    assert accepted is not None
    assert (accepted["status"], accepted["problems"]) == ("ACTIVE", [])
    assert problems(await preview(fresh_api, token, "global-admin@tailspin")) == ["INVALID_STATE"]


@pytest.mark.parametrize(
    "person",
    [
        PROVIDER,
        "global-admin@contoso",
        "global-admin@woodgrove",
        "customer-admin@wingtiptoys",
    ],
)
async def test_it_opens_for_indirect_resellers_signed_in_and_for_nobody_else(api: Api, person: str):
    """R3.2, R3.8: the provider itself, other kinds, other clouds, and customers see nothing."""
    token = await opened(api)
    assert await preview(api, token) is not None
    assert await preview(api, token, person) is None


async def test_nothing_but_the_unchanged_link_opens_it(api: Api):
    """Settled: link tokens; an id of one's own, a link to a customer and a changed link are all alike."""
    token = await opened(api)
    key_id, invitation, mac = token.split(".")
    for wrong in (f"{key_id}.{invitation}.{mac[:-2]}", f"00000000.{invitation}.{mac}", invitation, f"{token} ", ""):
        assert await preview(api, wrong) is None
        assert codes(await decline(api, wrong)) == ["NOT_FOUND"]


async def test_who_may_not_decide_sees_the_invitation_and_is_told_so(api: Api):
    token = await opened(api)
    for person in ("admin-agent@northwind", "sales-agent@tailspin"):
        seen = await preview(api, token, person)
        assert seen is not None
        assert "global admin" in seen["problems"][0]["message"]


@pytest.mark.parametrize(
    ("partner", "values", "code"),
    [
        ("northwind", {"country": "DE"}, "REGION_MISMATCH"),
        ("northwind", {"program_status": ProgramStatus.PENDING}, "PROGRAM_NOT_ACTIVE"),
        ("fabrikam", {"program_status": ProgramStatus.SUSPENDED}, "PROGRAM_NOT_ACTIVE"),
    ],
)
async def test_problems_are_what_an_acceptance_would_answer(
    fresh_api: Api, partner: str, values: dict[str, Any], code: str
):
    """R3.2."""
    token = await opened(fresh_api)
    await change(fresh_api, partner, **values)
    seen = await preview(fresh_api, token)
    assert problems(seen) == [code] == codes(await accept(fresh_api, token))


async def test_a_reseller_that_is_connected_already_is_told_so(api: Api):
    """R3.5: at most one that is not over a pair."""
    assert problems(await preview(api, await opened(api), "global-admin@tailspin")) == ["INVALID_STATE"]


async def test_a_reseller_declines_and_the_link_is_dead(fresh_api: Api):
    """R3.5: DECLINED in the provider's list, one line in each log; nobody accepts or ends it, and it may ask again."""
    open_one = await requested(fresh_api, targetEmail="owner@northwind.example")
    token = token_of(open_one["link"])
    answer = await fresh_api.ask(RESELLER, DECLINE, input={"token": token})
    declined = answer.ok()["partnershipDecline"]
    assert (declined["userErrors"], declined["partnership"]["status"]) == ([], "DECLINED")
    assert declined["partnership"]["provider"]["name"] == "Fabrikam, Inc."
    (seen,) = await listed(fresh_api, PROVIDER, status=["DECLINED"])
    assert (seen["id"], seen["link"], seen["reseller"]) == (open_one["id"], None, None)
    assert seen["endedAt"] is not None
    assert [line.operation for line in await audited(fresh_api, answer)] == ["decline_partner_relationship_request"] * 2
    assert problems(await preview(fresh_api, token)) == ["INVALID_STATE"]
    for payload in (
        await decline(fresh_api, token),
        await accept(fresh_api, token),
        await end(fresh_api, open_one["id"]),
    ):
        assert codes(payload) == ["INVALID_STATE"]
    again = await requested(fresh_api, targetEmail="owner@northwind.example")
    assert again["id"] != open_one["id"]


async def test_what_is_over_is_not_declined(fresh_api: Api):
    """R3.5; one's own acceptance is ended by the provider, not declined."""
    accepted, overdue = await opened(fresh_api), await opened(fresh_api)
    await accept(fresh_api, accepted)
    assert codes(await decline(fresh_api, accepted)) == ["INVALID_STATE"]
    fresh_api.clock.fixed = utc_now() + timedelta(days=91)
    seen = await preview(fresh_api, overdue)
    assert seen is not None
    assert (seen["status"], problems(seen)) == ("EXPIRED", ["EXPIRED"])
    assert codes(await decline(fresh_api, overdue)) == ["EXPIRED"]


async def test_only_a_resellers_global_admin_declines(api: Api):
    token = await opened(api)
    for person, code in (
        ("admin-agent@northwind", "FORBIDDEN"),
        ("global-admin@fabrikam", "PARTNER_TYPE_NOT_ALLOWED"),
        ("customer-admin@wingtiptoys", "FORBIDDEN"),
    ):
        answer = await api.ask(person, DECLINE, input={"token": token})
        assert (answer.data, answer.codes) == ({"partnershipDecline": None}, [code]), person
    assert problems(await preview(api, token)) == []


async def test_an_acceptance_told_again_after_the_end_is_no_success(fresh_api: Api):
    """R3.5, I7: the link of a partnership that ended opens nothing anew; the page says the same."""
    open_one = await requested(fresh_api)
    token = token_of(open_one["link"])
    await accept(fresh_api, token)
    assert codes(await accept(fresh_api, token)) == []
    await end(fresh_api, open_one["id"])
    assert codes(await accept(fresh_api, token)) == ["INVALID_STATE"]
    assert problems(await preview(fresh_api, token)) == ["INVALID_STATE"]
