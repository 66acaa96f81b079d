"""Several operations in one request: off by default, bounded where it is on."""

import json
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.api.posting import JSON_TYPE, RESPONSE_TYPE, post, refused, set_to
from tests.clients import Api
from tests.worlds import World

NAME = {"query": "{ viewer { name } }"}
WRITE = {"query": "mutation { customerExport(input: {}) { export { url } } }"}


@pytest_asyncio.fixture(scope="module")
async def batching(world: World) -> AsyncIterator[Api]:
    async with set_to(world, max_batch=3) as api:
        yield api


async def test_a_batch_is_refused_by_default(api: Api):
    assert "no batches" in refused(await post(api, json.dumps([NAME]).encode()), 400, "BAD_REQUEST")["message"]


@pytest.mark.parametrize("media_type", [JSON_TYPE, RESPONSE_TYPE])
async def test_where_it_is_on_answers_come_in_order(batching: Api, media_type: str):
    """Each is run as if it had come alone; one that is at fault costs the others nothing."""
    batch = [NAME, {"query": "{ nothing }"}, {"query": "query ($n: ID!) { node(id: $n) { id } }", "variables": {}}]
    response = await post(batching, json.dumps(batch).encode(), Accept=media_type)
    assert (response.status_code, response.headers["Content-Type"].partition(";")[0]) == (200, media_type)
    first, second, third = response.json()
    assert first == {"data": {"viewer": {"name": "sales-agent@litware.onmicrosoft.com"}}}
    assert second["errors"][0]["extensions"]["code"] == "GRAPHQL_VALIDATION_FAILED"
    assert third["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"


@pytest.mark.parametrize(
    "batch",
    [[], [NAME] * 4, [WRITE, None], [WRITE, "x"], [WRITE, [NAME]], [WRITE, {}], [WRITE, {**NAME, "variables": 1}]],
    ids=str,
)
async def test_a_batch_at_fault_runs_nothing(batching: Api, batch: list[object]):
    before = await batching.counts()
    refused(await post(batching, json.dumps(batch).encode()), 400, "BAD_REQUEST")
    assert await batching.counts() == before


async def test_there_are_no_batches_by_get(batching: Api):
    response = await batching.http.get("/graphql", params={"query": json.dumps([NAME])}, headers=await agent(batching))
    assert response.json()["errors"][0]["extensions"]["code"] == "GRAPHQL_PARSE_FAILED"


async def agent(api: Api) -> dict[str, str]:
    return {"Authorization": f"Bearer {await api.token('sales-agent@litware')}"}
