"""What the people of a tenant ask by one application is counted together (issue 5, Limits)."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from tests.clients import Answer, serve_in_process
from tests.identity.conftest import Guarded, claims_of, production
from tests.identity.issuer import Issuer
from tests.identity.test_principals import app_claims, person_id
from tests.worlds import World

TEN = "{ customers(first: 9) { nodes { id } } }"
WRITE = f'mutation {{ customerDelete(input: {{customerId: "customer_{"0" * 32}"}}) {{ userErrors {{ code }} }} }}'
SALES, ADMIN, ELSEWHERE = "sales-agent@litware", "admin-agent@litware", "admin-agent@fabrikam"
PORTAL = "5f6ec0d2-front-end"

Ask = Callable[..., Any]


@asynccontextmanager
async def limited(world: World, issuer: Issuer, **limits: int) -> AsyncIterator[tuple[Guarded, Ask]]:
    async with (
        world.copy() as settings,
        serve_in_process(production(settings, issuer).model_copy(update=limits)) as api,
    ):
        guarded = Guarded(api, issuer)

        async def ask(person: str, document: str = TEN, **claims: str) -> Answer:
            return await guarded.bear(issuer.token(claims_of(person, issuer, **claims)), document)

        yield guarded, ask


def refused_by(answer: Answer) -> tuple[int, str]:
    extensions = answer.errors[0]["extensions"]
    assert answer.headers["Retry-After"] == str(extensions["retryAfter"])
    return answer.status, extensions["limit"]


@pytest.mark.parametrize("claim", ["azp", "appid", "client_id"])
async def test_people_of_a_tenant_share_what_their_application_may_ask(world: World, issuer: Issuer, claim: str):
    """Another application, another tenant by the same application, and no application at all are served."""
    async with limited(world, issuer, rate_application_points=15) as (_, ask):
        (await ask(SALES, **{claim: PORTAL})).ok()
        assert refused_by(await ask(ADMIN, **{claim: PORTAL})) == (429, "rate_application_points")
        (await ask(ADMIN, **{claim: "another"})).ok()
        (await ask(ELSEWHERE, **{claim: PORTAL})).ok()
        (await ask(ADMIN)).ok()


async def test_a_person_has_one_measure_by_whatever_application(world: World, issuer: Issuer):
    async with limited(world, issuer, rate_user_points=15) as (_, ask):
        (await ask(SALES, azp=PORTAL)).ok()
        assert refused_by(await ask(SALES, azp="another")) == (429, "rate_user_points")
        (await ask(ADMIN, azp=PORTAL)).ok()


async def test_mutations_by_an_application_are_counted_together(world: World, issuer: Issuer):
    async with limited(world, issuer, rate_application_mutations=1) as (guarded, ask):
        assert (await ask(ADMIN, WRITE, azp=PORTAL)).status == 200
        before = await guarded.api.counts()
        assert refused_by(await ask(SALES, WRITE, azp=PORTAL)) == (429, "rate_application_mutations")
        assert await guarded.api.counts() == before
        (await ask(SALES, azp=PORTAL)).ok()


async def test_an_application_has_one_measure_whether_it_acts_by_itself_or_for_people(world: World, issuer: Issuer):
    async with limited(world, issuer, rate_application_points=15) as (guarded, ask):
        own = app_claims(guarded, roles=["customer:read"])
        (await guarded.bear(issuer.token(own), TEN)).ok()
        assert refused_by(await guarded.bear(issuer.token(own), TEN)) == (429, "rate_application_points")
        by_itself = str(person_id("app@contoso"))
        assert refused_by(await ask("global-admin@contoso", azp=by_itself)) == (429, "rate_application_points")
