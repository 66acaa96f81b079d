"""Sameness as a property: whatever is asked, compiled plans answer as Strawberry's executor does, to the byte.

Each generated document runs for four people with two sets of variables, so that plans made for one meet another.
`make fuzz` runs many more of them.
"""

from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import httpx
import orjson
import pytest_asyncio
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.api.operations import Operation, Pool, operations
from tests.api.test_plans import PEOPLE
from tests.clients import Api, door, without_planner

DOCUMENTS = 2_000 if settings.get_current_profile_name() == "fuzz" else 150
"""Each is eight cases: four people, two sets of variables."""

POOL = """{
  viewer { partner { id } customer { id } }
  customers(first: 4) { edges { cursor } nodes { id relationship { id } billingProfile { id } agreements { id } } }
  activityLog(first: 3) { edges { cursor } nodes { id } }
}"""


@pytest_asyncio.fixture(scope="module")
async def pool(api: Api) -> AsyncIterator[Pool]:
    """Ids and cursors of several people: a cursor or id of somebody else must be as good as none, both ways.

    In the end, a good part of the operations must have run by plan: else nothing was compared. How many is chance.
    """
    ids, cursors = set[str](), set[str]()

    def collect(found: Any) -> None:
        if isinstance(found, list):
            for item in found:
                collect(item)
        elif isinstance(found, dict):
            ids.update([found["id"]] if "id" in found else [])
            cursors.update([found["cursor"]] if "cursor" in found else [])
            collect(list(found.values()))

    for person in PEOPLE:
        collect((await api.ask(person, POOL)).data)
    yield {"ID": sorted(ids), "after": sorted(cursors), "before": sorted(cursors)}
    assert 4 * api.planner.ran > api.planner.handed_over.total(), api.planner.handed_over


async def answer(api: Api, door: Any, person: str, text: str, operation: Operation, which: int) -> bytes:
    """The whole answer as normalised JSON, the status with it."""
    headers = {"Authorization": f"Bearer {await api.token(person)}", "Content-Type": "application/json"}
    body = {"query": text, "operationName": operation.name, "variables": operation.variables[which]}
    response = await door.post(
        "/graphql", content=orjson.dumps(body), headers=headers | {"Content-Type": "application/json"}
    )
    assert b"INTERNAL" not in response.content, response.text
    return orjson.dumps([response.status_code, orjson.loads(response.content)])


@pytest_asyncio.fixture(scope="module")
async def executing(api: Api) -> AsyncIterator[httpx.AsyncClient]:
    """The door of the same server where nothing runs by plan."""
    async with door(without_planner(api)) as http:
        yield http


@given(data=st.data())
@settings(
    max_examples=DOCUMENTS,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)
async def test_any_operation_for_anybody(api: Api, executing: httpx.AsyncClient, pool: Pool, data: st.DataObject):
    operation = data.draw(operations(pool))
    people = data.draw(st.lists(st.sampled_from(PEOPLE), min_size=4, max_size=4, unique=True))
    text = f"{operation.document}\n# {uuid4()}"
    # Once for nothing: a plan is made when a document comes again.
    await answer(api, api.http, people[0], text, operation, 0)
    for person in people:
        for which in (0, 1):
            planned = await answer(api, api.http, person, text, operation, which)
            executed = await answer(api, executing, person, text, operation, which)
            assert planned == executed, (person, which)
