"""Statuses by the newest text of GraphQL over HTTP, where an operator chose it; the others are test_media_types.py."""

import json
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.api.posting import BODY, JSON_TYPE, RESPONSE_TYPE, get, post, set_to
from tests.clients import Api
from tests.worlds import World

PARTIAL = {"query": "{ viewer { name } customers(first: 0) { totalCount } }"}


@pytest_asyncio.fixture(scope="module")
async def draft(world: World) -> AsyncIterator[Api]:
    async with set_to(world, status_codes="draft") as api:
        yield api


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"NONSENSE", 400),
        (b'{"query":', 400),
        (b"[]", 422),
        (b'"x"', 422),
        (b'{"qeury": "{__typename}"}', 422),
        (b'{"query": "{ __typename }", "variables": [7]}', 422),
        (b'{"query": "{"}', 400),
        (b'{"query": "{ nothing }"}', 422),
        (b'{"query": "query A { __typename } query B { __typename }"}', 422),
        (b'{"query": "query ($n: Int!) { customers(first: $n) { totalCount } }"}', 422),
    ],
    ids=str,
)
async def test_the_draft_tells_faults_apart_for_every_client(draft: Api, body: bytes, status: int):
    """What is at fault never comes as 200, and always as the newer type."""
    for accept in (RESPONSE_TYPE, JSON_TYPE):
        response = await post(draft, body, Accept=accept)
        assert (response.status_code, response.headers["Content-Type"].partition(";")[0]) == (status, RESPONSE_TYPE)
        assert "data" not in response.json()


async def test_the_draft_has_a_status_for_half_an_answer(draft: Api):
    """294 for the newer type; an older client would not know it."""
    for accept, status in ((RESPONSE_TYPE, 294), (JSON_TYPE, 200)):
        response = await post(draft, json.dumps(PARTIAL).encode(), Accept=accept)
        assert (response.status_code, response.headers["Content-Type"].partition(";")[0]) == (status, accept)
        assert response.json()["data"]["viewer"]
        assert (await post(draft, BODY, Accept=accept)).status_code == 200
    assert (await get(draft, {"query": "mutation { __typename }"})).status_code == 405
