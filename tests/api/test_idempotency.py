"""Idempotency-Key (conventions: Writes): the same request gets the first answer again, another one is refused."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
import pytest_asyncio

from clientela.cli.sweep import sweep
from clientela.clock import utc_now
from tests.api.customers import form, prefix, some_customer
from tests.api.keyed import CREATE, REPLAYED, UPDATE, new_key, ran, refusal, replayed, send
from tests.clients import Api, door, without_planner

AGENT = "admin-agent@litware"
DELETE = "mutation ($id: ID!) { customerDelete(input: {customerId: $id}) { deletedCustomerId userErrors { code } } }"


@pytest_asyncio.fixture(params=["by plan", "by executor"])
async def http(request: pytest.FixtureRequest, api: Api) -> AsyncIterator[httpx.AsyncClient]:
    """The server's door; behind it plans run, or the executor alone."""
    if request.param == "by plan":
        yield api.http
        return
    async with door(without_planner(api)) as client:
        yield client


async def contact(api: Api, first_name: str) -> dict[str, Any]:
    """A change of a contact without a fault."""
    customer = await some_customer(api, AGENT, "alpineskihouse")
    etag = customer["billingProfile"]["etag"]
    return {"customerId": customer["id"], "etag": etag, "contact": {"firstName": first_name}}


async def test_the_first_answer_comes_again_byte_by_byte(api: Api, http: httpx.AsyncClient):
    """Even where the data has changed since; nothing is written again."""
    for _ in range(3):
        key, asked = new_key(), await contact(api, "Ada")
        first = await send(api, AGENT, key, UPDATE, http=http, input=asked)
        assert ran(first)["customerUpdateContact"]["userErrors"] == []
        await send(api, AGENT, new_key(), UPDATE, http=http, input=await contact(api, "Grace"))
        before = await api.counts()
        again = await send(api, AGENT, key, UPDATE, http=http, input=asked)
        assert replayed(again) == ran(first)
        assert again.content == first.content
        assert again.headers["X-Correlation-Id"] != first.headers["X-Correlation-Id"]
        assert await api.counts() == before


async def test_a_password_is_told_once(api: Api, http: httpx.AsyncClient):
    """The contract: null on a replay, and `credentialsAlreadyIssued`; under whatever alias."""
    for _ in range(3):
        key, filled = new_key(), form("IT")
        first = ran(await send(api, AGENT, key, CREATE, http=http, input=filled))["made"]
        assert (first["again"], first["userErrors"]) == (False, [])
        again = replayed(await send(api, AGENT, key, CREATE, http=http, input=filled))["made"]
        assert again == {**first, "first": None, "again": True}
        kept = await api.rows("select answer from idempotent_answer")
        assert all(first["first"]["password"] not in answer and "onmicrosoft" not in answer for (answer,) in kept)


async def test_another_request_under_the_key_is_refused(api: Api, http: httpx.AsyncClient):
    key, filled = new_key(), form("IT")
    ran(await send(api, AGENT, key, CREATE, http=http, input=filled))
    for document, given in [(CREATE, form("IT")), (CREATE + " ", filled), (UPDATE, await contact(api, "Ada"))]:
        before = await api.counts()
        answer = await send(api, AGENT, key, document, http=http, input=given)
        assert (answer.status_code, refusal(answer)) == (200, "IDEMPOTENCY_KEY_REUSED")
        assert list(answer.json()["data"].values()) == [None]
        assert await api.counts() == before


async def test_keys_are_their_principals(api: Api):
    key = new_key()
    made = [ran(await send(api, agent, key, CREATE, input=form("IT"))) for agent in (AGENT, "sales-agent@litware")]
    assert made[0]["made"]["customer"] != made[1]["made"]["customer"]


async def test_faults_keep_no_key(api: Api, http: httpx.AsyncClient):
    """What wrote nothing keeps nothing: the form is corrected and sent under the same key."""
    for _ in range(3):
        key, filled = new_key(), form("IT")
        for _ in range(2):
            refused = ran(await send(api, AGENT, key, CREATE, http=http, input={**filled, "domain": "?"}))["made"]
            assert [error["code"] for error in refused["userErrors"]] == ["INVALID"]
        assert ran(await send(api, AGENT, key, CREATE, http=http, input=filled))["made"]["userErrors"] == []


async def test_a_rehearsal_keeps_no_key(api: Api, http: httpx.AsyncClient):
    for _ in range(3):
        key, asked = new_key(), await contact(api, "Ada")
        before = await api.counts()
        for _ in range(2):
            ran(await send(api, AGENT, key, UPDATE, http=http, input={**asked, "dryRun": True}))
        assert await api.counts() == before
        assert ran(await send(api, AGENT, key, UPDATE, http=http, input=asked))["customerUpdateContact"]["customer"]


async def test_each_field_of_a_document_is_kept_by_itself(api: Api, http: httpx.AsyncClient):
    """Each is a transaction: what was done is told again, what was not is done now."""
    document = """mutation ($a: CustomerCreateInput!, $b: CustomerUpdateContactInput!) {
      a: customerCreate(input: $a) { customer { id } userErrors { code } }
      b: customerUpdateContact(input: $b) { customer { id } userErrors { code } }
    }"""
    # The second field's etag is not the customer's yet: it becomes so by a request under another key.
    target = await some_customer(api, AGENT, "alpineskihouse")
    stale = {"customerId": target["id"], "etag": "not yet", "contact": {"firstName": "Edsger"}}
    key, filled = new_key(), form("IT")
    first = ran(await send(api, AGENT, key, document, http=http, a=filled, b=stale))
    assert (first["a"]["userErrors"], first["b"]["customer"]) == ([], None)
    async with api.database.execution_options(writes=True).begin() as connection:
        await connection.exec_driver_sql("update billing_profile set etag = 'not yet'")
    second = replayed(await send(api, AGENT, key, document, http=http, a=filled, b=stale))
    assert (second["a"], second["b"]["userErrors"]) == (first["a"], [])
    third = replayed(await send(api, AGENT, key, document, http=http, a=filled, b=stale))
    assert third == second
    # One of them was done, so the key stands for this request, whatever another asks for first.
    other = document.replace("a: customerCreate", "c: customerCreate")
    answer = await send(api, AGENT, key, other, http=http, a=form("IT"), b=stale)
    assert {error["extensions"]["code"] for error in answer.json()["errors"]} == {"IDEMPOTENCY_KEY_REUSED"}


async def test_errors_below_a_payload_come_again_too(api: Api, http: httpx.AsyncClient):
    """A user management admin may create customers and read no billing: the answer has errors and stands."""
    document = """mutation ($input: CustomerCreateInput!) { customerCreate(input: $input) {
      customer { billingProfile { etag } companyProfile { organizationRegistrationNumber } id } userErrors { code }
    } }"""
    key, filled = new_key(), form("IT")
    person = "user-management-admin@litware"
    first = await send(api, person, key, document, http=http, input=filled)
    again = await send(api, person, key, document, http=http, input=filled)
    assert first.json()["data"]["customerCreate"]["customer"]["id"]
    assert [error["extensions"]["code"] for error in first.json()["errors"]] == ["FIELD_FORBIDDEN"] * 2
    assert replayed(again) == first.json()["data"]
    assert again.content == first.content
    assert REPLAYED not in first.headers


async def test_who_lost_the_right_is_denied_not_answered(fresh_api: Api):
    """permissions.md: a replay re-checks authorisation. The denial is audited as ever."""
    ways = {"admin_agent": fresh_api.http, "sales_agent": door(without_planner(fresh_api))}
    for role, http in ways.items():
        person = f"{role.replace('_', '-')}@litware"
        key, filled = new_key(), form("IT")
        for _ in range(3):
            await send(fresh_api, person, key, CREATE, http=http, input=filled)
        async with fresh_api.database.execution_options(writes=True).begin() as connection:
            await connection.exec_driver_sql(f"delete from role_assignment where role = '{role}'")
        denied = await send(fresh_api, person, key, CREATE, http=http, input=filled)
        assert (refusal(denied), denied.json()["data"]) == ("FORBIDDEN", {"made": None})
        statement = "select operation from activity_record where correlation_id = :id"
        assert await fresh_api.rows(statement, id=denied.headers["X-Correlation-Id"]) == [("access_denied",)]


async def test_a_key_is_forgotten_after_a_day(fresh_api: Api, capsys: pytest.CaptureFixture[str]):
    """Whether swept or not; a sweep forgets those and no others."""
    await fresh_api.token(AGENT)
    key, old = new_key(), form("IT")
    fresh_api.clock.fixed = utc_now() - timedelta(hours=24, seconds=-60)
    ran(await send(fresh_api, AGENT, key, CREATE, input=old))
    fresh_api.clock.fixed = None
    assert replayed(await send(fresh_api, AGENT, key, CREATE, input=old))
    fresh_api.clock.fixed = utc_now() + timedelta(seconds=61)
    filled = form("IT")
    ran(await send(fresh_api, AGENT, key, CREATE, input=filled))
    assert replayed(await send(fresh_api, AGENT, key, CREATE, input=filled))
    async with fresh_api.database.execution_options(writes=True).begin() as connection:
        await connection.exec_driver_sql("update idempotent_answer set answered_at = '2020-01-01 00:00:00+00'")
    fresh_api.clock.fixed = None
    ran(await send(fresh_api, AGENT, new_key(), CREATE, input=form("IT")))
    for forgotten in (1, 0):
        await sweep(fresh_api.settings)
        assert capsys.readouterr().out.endswith(
            f"{forgotten} {'answer was' if forgotten else 'answers were'} forgotten.\n"
        )
    assert len(await fresh_api.rows("select answer from idempotent_answer")) == 1


async def test_an_answer_that_no_secret_opens_is_not_made_again(fresh_api: Api):
    """A deployment may change its secret and forget the former one: the write stands and is not repeated."""
    key, filled = new_key(), form("IT")
    ran(await send(fresh_api, AGENT, key, CREATE, input=filled))
    async with fresh_api.database.execution_options(writes=True).begin() as connection:
        await connection.exec_driver_sql("update idempotent_answer set answer = 'gAAAAA'")
    assert refusal(await send(fresh_api, AGENT, key, CREATE, input=filled)) == "IDEMPOTENCY_ANSWER_LOST"


@pytest.mark.parametrize("key", ["k", "k" * 255, 'a, b; c="d"', "ключ"])
async def test_a_key_is_any_text(api: Api, key: str):
    headers = httpx.Headers([(b"Idempotency-Key", key.encode())])
    headers["Authorization"] = f"Bearer {await api.token(AGENT)}"
    body = {"query": CREATE, "variables": {"input": form("IT")}}
    ran(await api.http.post("/graphql", json=body, headers=headers))
    replayed(await api.http.post("/graphql", json=body, headers=headers))


@pytest.mark.parametrize("key", ["", "k" * 256])
async def test_a_text_that_is_no_key_is_refused_before_anything_runs(api: Api, key: str):
    before = await api.counts()
    answer = await send(api, AGENT, key, CREATE, input=form("IT"))
    assert (answer.status_code, refusal(answer)) == (400, "BAD_REQUEST")
    assert "1 to 255 characters" in answer.json()["errors"][0]["message"]
    assert await api.counts() == before


async def test_reading_takes_no_notice_of_a_key(api: Api):
    key = new_key()
    for document in ("{ viewer { name } }", "{ viewer { name kind } }"):
        assert ran(await send(api, AGENT, key, document))["viewer"]
    assert await api.rows("select 1 from idempotent_answer where 1 = 0") == []


async def test_deleting_again_answers_again(api: Api):
    """What the answer tells of may be gone."""
    person = "admin-agent@proseware"
    made = ran(await send(api, person, new_key(), CREATE, input=form(domain=f"{prefix()}.ccsctp.net")))["made"]
    made = made["customer"]
    key = new_key()
    first = await send(api, person, key, DELETE, id=made["id"])
    assert ran(first)["customerDelete"] == {"deletedCustomerId": made["id"], "userErrors": []}
    assert (await send(api, person, key, DELETE, id=made["id"])).content == first.content
