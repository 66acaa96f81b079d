"""Documents that a request names by their hash: off, allowed or required."""

import json
from collections.abc import AsyncIterator
from hashlib import sha256

import pytest
import pytest_asyncio

from clientela.clock import utc_now
from resolvers.persisted_documents import register_documents
from tests.api.posting import JSON_TYPE, QUERY, RESPONSE_TYPE, get, post, refused, set_to
from tests.clients import Api
from tests.worlds import World

DOCUMENT = "query Who($first: Int) { customers(first: $first) { nodes { cloud } } } query Other { __typename }"
WRITE = "mutation { customerExport(input: {}) { export { url } } }"
NOBODYS = "sha256:" + "0" * 64


def named(text: str) -> str:
    return f"sha256:{sha256(text.encode()).hexdigest()}"


async def sent(api: Api, **parameters: object):
    return await post(api, json.dumps(parameters).encode())


async def registered(api: Api, *texts: str) -> None:
    async with api.database.execution_options(writes=True).begin() as connection:
        await register_documents(connection, texts, utc_now())


@pytest_asyncio.fixture(scope="module")
async def allowing(world: World) -> AsyncIterator[Api]:
    async with set_to(world, persisted_documents="allowed") as api:
        await registered(api, DOCUMENT, WRITE)
        yield api


@pytest_asyncio.fixture(scope="module")
async def requiring(world: World) -> AsyncIterator[Api]:
    async with set_to(world, persisted_documents="required", max_batch=2) as api:
        await registered(api, DOCUMENT, WRITE)
        yield api


async def test_a_registered_document_runs_by_its_id(allowing: Api, requiring: Api):
    """By POST and GET, with variables and the operation's name, again and again."""
    key = named(DOCUMENT)
    for api in (allowing, requiring):
        for first in (1, 2):
            answer = await sent(api, documentId=key, operationName="Who", variables={"first": first})
            assert answer.json() == {"data": {"customers": {"nodes": [{"cloud": "GLOBAL"}] * first}}}
        answer = await get(api, {"documentId": key, "operationName": "Who", "variables": '{"first":1}'})
        assert answer.json() == {"data": {"customers": {"nodes": [{"cloud": "GLOBAL"}]}}}
        answer = await sent(api, documentId=key, query=None, operationName="Other")
        assert answer.json() == {"data": {"__typename": "Query"}}


async def test_apollos_form_of_the_id_is_understood(allowing: Api):
    """`extensions.persistedQuery`; with the text beside it, the text is run."""
    extensions = {"persistedQuery": {"version": 1, "sha256Hash": named(DOCUMENT).removeprefix("sha256:")}}
    answer = await sent(allowing, extensions=extensions, operationName="Other")
    assert answer.json() == {"data": {"__typename": "Query"}}
    assert (await sent(allowing, query=QUERY, extensions=extensions)).json()["data"]["viewer"]
    answer = await get(allowing, {"extensions": json.dumps(extensions), "operationName": "Other"})
    assert answer.json() == {"data": {"__typename": "Query"}}


async def test_an_id_that_nobody_registered(allowing: Api, requiring: Api):
    apollos = {"persistedQuery": {"version": 1, "sha256Hash": "0" * 64}}
    late = "query Late { __typename }"
    for api in (allowing, requiring):
        for parameters in ({"documentId": NOBODYS}, {"extensions": apollos}):
            assert "0" * 64 in refused(await sent(api, **parameters), 400, "PERSISTED_QUERY_NOT_FOUND")["message"]
        # What is registered later is found at once.
        refused(await sent(api, documentId=named(late)), 400, "PERSISTED_QUERY_NOT_FOUND")
        await registered(api, late)
        assert (await sent(api, documentId=named(late))).json()["data"] == {"__typename": "Query"}


@pytest.mark.parametrize(
    "key",
    [1, {}, [], True, "x", NOBODYS.upper(), NOBODYS + "0", NOBODYS[:-1], "0" * 64, "md5:0", f"{NOBODYS}\n", "'; --"],
    ids=repr,
)
async def test_an_id_that_is_none_is_a_bad_request(allowing: Api, key: object):
    assert "sha256" in refused(await sent(allowing, documentId=key), 400, "BAD_REQUEST")["message"]


async def test_an_id_and_a_text_are_one_too_many(allowing: Api):
    refused(await sent(allowing, documentId=named(DOCUMENT), query=QUERY), 400, "BAD_REQUEST")
    refused(await sent(allowing, documentId="", query=""), 400, "BAD_REQUEST")
    assert (await sent(allowing, query=QUERY, documentId=None)).json()["data"]["viewer"]


async def test_a_mutation_by_id_is_no_more_than_one_by_text(allowing: Api):
    before = await allowing.counts()
    response = await get(allowing, {"documentId": named(WRITE)})
    refused(response, 405, "METHOD_NOT_ALLOWED")
    assert await allowing.counts() == before
    assert "customerExport" in (await sent(allowing, documentId=named(WRITE))).json()["data"]


@pytest.mark.parametrize(
    "query", [QUERY, DOCUMENT, "{", "{ nothing }", "", 1, "{ __schema { types { name } } }"], ids=repr
)
async def test_where_ids_are_required_no_text_is_looked_at(requiring: Api, query: object):
    """Not even a registered one, a broken one, or one beside an id."""
    for more in ({}, {"documentId": named(DOCUMENT)}):
        refused(await sent(requiring, query=query, **more), 400, "PERSISTED_QUERY_ID_REQUIRED")
    if isinstance(query, str) and query:
        refused(await get(requiring, {"query": query}), 400, "PERSISTED_QUERY_ID_REQUIRED")


async def test_where_ids_are_required_a_batch_needs_them_too(requiring: Api):
    key = {"documentId": named(DOCUMENT), "operationName": "Other"}
    answer = await post(requiring, json.dumps([key, key]).encode())
    assert answer.json() == [{"data": {"__typename": "Query"}}] * 2
    refused(await post(requiring, json.dumps([key, {"query": QUERY}]).encode()), 400, "PERSISTED_QUERY_ID_REQUIRED")


async def test_off_by_default(api: Api):
    """Even a registered one; the message says what to send."""
    await registered(api, DOCUMENT)
    for accept in (JSON_TYPE, RESPONSE_TYPE):
        response = await post(api, json.dumps({"documentId": named(DOCUMENT)}).encode(), Accept=accept)
        assert "`query`" in refused(response, 400, "PERSISTED_QUERY_NOT_SUPPORTED")["message"]
    refused(await get(api, {"documentId": named(DOCUMENT)}), 400, "PERSISTED_QUERY_NOT_SUPPORTED")
    refused(await sent(api), 400, "BAD_REQUEST")
