"""What a link opens, and what a company's own list holds, for every kind of principal: no permission gives either."""

import pytest

from tests.access.planting import Planted
from tests.access.reference import CALLERS, Caller
from tests.api.partnerships import LOOK, requested, token_of
from tests.clients import Api

OWN = "{ viewer { name subscriptions(first: 5) { totalCount nodes { id } } } }"


def name_of(caller: Caller, own: Planted) -> str | None:
    return f"{caller.name}@{own.domain}" if caller.kind == "customer" else caller.name


@pytest.mark.parametrize("caller", CALLERS, ids=lambda caller: caller.name or "nobody")
async def test_a_providers_link_opens_for_the_people_of_its_clouds_resellers(
    caller: Caller, api: Api, planted: dict[str, Planted]
):
    """R3.2, R3.8, I6: everybody else is told nothing, not even that the token is good."""
    token = token_of((await requested(api))["link"])
    answer = await api.ask(name_of(caller, planted[caller.partner]), LOOK, token=token)
    if caller.kind == "nobody" or (caller.kind != "app" and not caller.mfa):
        assert answer.status == 401
        return
    seen = answer.ok()["partnershipPreview"]
    assert (seen is not None) == (caller.kind == "user" and caller.reseller and caller.cloud == "GLOBAL")
    if seen is not None:
        assert seen["provider"]["name"] == "Fabrikam, Inc."
        assert ("Only a global admin" in str(seen["problems"])) == ("GLOBAL_ADMIN" not in caller.roles)


@pytest.mark.parametrize("caller", CALLERS, ids=lambda caller: caller.name or "nobody")
async def test_what_a_company_bought_is_listed_for_its_global_admin(
    caller: Caller, api: Api, planted: dict[str, Planted]
):
    """permissions.md 3: its other users have their own profile; a partner's principals, delegated or not, nothing."""
    answer = await api.ask(name_of(caller, planted[caller.partner]), OWN)
    if caller.kind == "nobody" or (caller.kind != "app" and not caller.mfa):
        assert answer.status == 401
        return
    seen = answer.ok()["viewer"]["subscriptions"]
    assert (seen is not None) == (caller.kind == "customer" and str(caller.name).endswith("admin"))
