"""Whatever a request holds, the answer says what is wrong with it and nothing falls over."""

import json
from urllib.parse import quote_from_bytes

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.api.posting import JSON_TYPE, RESPONSE_TYPE, get, post
from tests.clients import Api

MEMBERS = ("query", "variables", "operationName", "extensions", "documentId", "other")
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.just("query A($n: Int) { __typename }"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5) | st.sampled_from(MEMBERS), inner),
    max_leaves=8,
)
requests = values | st.dictionaries(st.sampled_from(MEMBERS), values)
bodies = st.binary(max_size=80) | requests.map(lambda value: json.dumps(value).encode())
headers = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=40).map(str.strip)
types = st.lists(
    st.sampled_from(
        [JSON_TYPE, RESPONSE_TYPE, "*/*", "application/*", "text/html", "", ";", "q=", ";q=0", ";q=0.5", ","]
    ),
    max_size=5,
).map("".join)


def is_an_answer(status: int, body: dict[str, object]) -> None:
    assert status in (200, 400, 405, 406, 415)
    assert ("data" in body) == (status == 200 and "errors" not in body), body
    for error in body.get("errors", []):  # type: ignore[attr-defined]
        assert error["message"]
        assert error["extensions"]["code"] != "INTERNAL"


@given(bodies)
@settings(max_examples=100)
async def test_any_body_gets_an_answer(api: Api, body: bytes):
    response = await post(api, body)
    is_an_answer(response.status_code, response.json())


@given(st.lists(st.tuples(st.sampled_from(MEMBERS).map(str.encode) | st.binary(max_size=4), bodies), max_size=4))
@settings(max_examples=100)
async def test_any_query_string_gets_an_answer(api: Api, pairs: list[tuple[bytes, bytes]]):
    query = "&".join(f"{quote_from_bytes(name)}={quote_from_bytes(value)}" for name, value in pairs)
    response = await get(api, query)
    is_an_answer(response.status_code, response.json())


@given(headers | types, headers | types, headers)
@settings(max_examples=100)
async def test_any_header_gets_an_answer(api: Api, accept: str, content_type: str, encoding: str):
    sent = {"Accept": accept, "Content-Type": content_type, "Content-Encoding": encoding, "Accept-Encoding": encoding}
    response = await post(api, b'{"query": "{ __typename }"}', **sent)
    is_an_answer(response.status_code, response.json())
