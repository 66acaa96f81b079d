"""What an answer comes as, and with which status; documents that are none (conventions: Faults)."""

import json

import pytest

from tests.api.posting import BODY, JSON_TYPE, RESPONSE_TYPE, post, refused
from tests.clients import Api


@pytest.mark.parametrize(
    "accept",
    [
        "text/html",
        "image/*",
        "application/xml",
        "application/json;q=0",
        "application/json; charset=utf-16",
        "application/*;q=0, */*",
        f"{JSON_TYPE};q=0, {RESPONSE_TYPE};q=0.0, */*",
        "x",
        ",;,",
    ],
)
async def test_an_answer_that_nobody_takes_is_not_given(api: Api, accept: str):
    refused(await post(api, BODY, Accept=accept), 406, "NOT_ACCEPTABLE")


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("*/*", JSON_TYPE),
        ("application/*", JSON_TYPE),
        (JSON_TYPE, JSON_TYPE),
        (RESPONSE_TYPE, RESPONSE_TYPE),
        (f"{RESPONSE_TYPE}, {JSON_TYPE};q=0.9", RESPONSE_TYPE),
        (f"{RESPONSE_TYPE};q=0.1, {JSON_TYPE}", JSON_TYPE),
        (f"text/html, {RESPONSE_TYPE.upper()}", RESPONSE_TYPE),
        ("text/html, */*;q=0.8", JSON_TYPE),
        (f"{JSON_TYPE};q=0, */*;q=0.1", RESPONSE_TYPE),
        (f"*/*, {RESPONSE_TYPE};q=0", JSON_TYPE),
        (f"{RESPONSE_TYPE}; Charset=UTF-8 ; q=0.5, {JSON_TYPE}; q = 0.4", RESPONSE_TYPE),
        (f'{JSON_TYPE};charset="utf8"', JSON_TYPE),
        (f"{RESPONSE_TYPE};q=nonsense, {JSON_TYPE};q=0.9", RESPONSE_TYPE),
        ("", JSON_TYPE),
    ],
)
async def test_the_answer_comes_as_it_is_asked_for(api: Api, accept: str, media_type: str):
    response = await post(api, BODY, Accept=accept)
    assert response.status_code == 200
    assert response.headers["Content-Type"] == f"{media_type}; charset=utf-8"
    assert response.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("document", "code"),
    [
        ("{ viewer { nothing } }", "GRAPHQL_VALIDATION_FAILED"),
        ("{ viewer {", "GRAPHQL_PARSE_FAILED"),
        ("{ viewer { name } } \x00", "GRAPHQL_PARSE_FAILED"),
        ("query { a: __typename } query { b: __typename }", "GRAPHQL_VALIDATION_FAILED"),
        ("query A { a: __typename } query B { b: __typename }", "GRAPHQL_VALIDATION_FAILED"),
        ("fragment F on Viewer { name }", "GRAPHQL_VALIDATION_FAILED"),
        ("fragment F on Viewer { ...F } { viewer { ...F } }", "GRAPHQL_VALIDATION_FAILED"),
        ("subscription { activity { id } }", "BAD_REQUEST"),
        ("type Query { a: Int }", "GRAPHQL_VALIDATION_FAILED"),
        ('{ customers(first: "1") { totalCount } }', "BAD_USER_INPUT"),
        ("query ($n: Int!) { customers(first: $n) { totalCount } }", "BAD_USER_INPUT"),
        ("{ " + "a{" * 5000, "GRAPHQL_PARSE_FAILED"),
        ("{ " + "viewer{customer{" * 3000 + "id" + "}}" * 3000 + "}", "GRAPHQL_PARSE_FAILED"),
        ("{ " + "a " * 30000 + "}", "DOCUMENT_TOO_COMPLEX"),
        ("[" * 3000, "GRAPHQL_PARSE_FAILED"),
        ("{ customers(filter: " + "{search:" * 1500, "GRAPHQL_PARSE_FAILED"),
    ],
    ids=lambda text: text[:40],
)
async def test_a_document_that_is_none_is_400_for_the_newer_media_type_only(api: Api, document: str, code: str):
    """conventions: HTTP 400 for application/graphql-response+json, 200 for application/json."""
    body = json.dumps({"query": document}).encode()
    for accept, status in ((RESPONSE_TYPE, 400), (JSON_TYPE, 200)):
        response = await post(api, body, Accept=accept)
        assert response.status_code == status
        assert {error["extensions"]["code"] for error in response.json()["errors"]} == {code}
        assert "data" not in response.json()


async def test_an_error_within_the_data_is_200_for_both(api: Api):
    """A field that failed is no fault of the request."""
    for accept in (RESPONSE_TYPE, JSON_TYPE):
        response = await post(api, b'{"query": "{ customers(first: 0) { totalCount } }"}', Accept=accept)
        assert (response.status_code, response.json()["data"]) == (200, {"customers": None})


async def test_the_operation_is_chosen_by_name(api: Api):
    document = "query A { a: __typename } query B { b: __typename }"
    body = '{"query": "%s", "operationName": %s}'
    assert (await post(api, (body % (document, '"B"')).encode())).json() == {"data": {"b": "Query"}}
    for name in ('"C"', '""', "null"):
        answer = (await post(api, (body % (document, name)).encode())).json()
        assert answer["errors"][0]["extensions"]["code"] == "GRAPHQL_VALIDATION_FAILED"
        assert "A, B" in answer["errors"][0]["message"]
