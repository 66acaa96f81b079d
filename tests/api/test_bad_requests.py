"""HTTP requests that are none: the status says what is wrong with them (conventions: Faults)."""

import gzip

import pytest

from tests.api.posting import AGENT, BODY, JSON_TYPE, QUERY, RESPONSE_TYPE, get, post, refused
from tests.clients import Api


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b'"x"',
        b"1",
        b"[]",
        b"true",
        b"{",
        b"{}",
        b'{"query": null}',
        b'{"query": 1}',
        b'{"query": ["{ viewer { name } }"]}',
        b'{"query": {}}',
        b'{"query": ""}',
        b'{"query": " "}',
        b'[{"query": "{ viewer { name } }"}]',
        b'{"query": "{ viewer { name } }", "variables": []}',
        b'{"query": "{ viewer { name } }", "variables": "x"}',
        b'{"query": "{ viewer { name } }", "variables": 1}',
        b'{"query": "{ viewer { name } }", "operationName": 1}',
        b'{"query": "{ viewer { name } }", "operationName": {}}',
        b'{"query": "{ viewer { name } }", "extensions": []}',
        b'{"query": "\xff\xfe"}',
        b'\xff\xfe{\x00"\x00',
        b"\xef\xbb\xbf",
        b'{"query": "\\ud800"}',
        b'{"query": "{ viewer { name } }", "variables": {"x": "\\udfff"}}',
        b'{"query": "{ viewer { name } }", "variables": {"x": NaN}}',
        b'{"query": "{ viewer { name } }", "variables": {"x": Infinity}}',
        b"[" * 100_000,
        b'{"variables": ' + b'{"a":' * 50_000 + b"1" + b"}" * 50_000 + b"}",
        b"query=%7Bviewer%7Bname%7D%7D",
    ],
    ids=lambda body: repr(body[:45]),
)
async def test_a_body_that_is_no_operation_is_a_bad_request(api: Api, body: bytes):
    """400 whatever the media type of the answer: no document was reached."""
    for accept in (JSON_TYPE, RESPONSE_TYPE):
        response = await post(api, body, Accept=accept)
        refused(response, 400, "BAD_REQUEST")
        assert response.headers["Content-Type"].startswith(accept)


@pytest.mark.parametrize("number", [b"9" * 5000, b"-" + b"9" * 400, b"1e400", b"1E-5000", b"1" + b"0" * 400 + b".5"])
async def test_a_number_beyond_measure_is_bad_input(api: Api, number: bytes):
    """A number that no machine holds: refused as a value or as a body, never a crash."""
    body = b'{"query": "query ($n: Int) { customers(first: $n) { nodes { id } } }", "variables": {"n": %b}}' % number
    response = await post(api, body)
    code = response.json()["errors"][0]["extensions"]["code"]
    assert (response.status_code, code) in ((200, "BAD_USER_INPUT"), (400, "BAD_REQUEST"))


@pytest.mark.parametrize(
    "content_type",
    [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/graphql",
        "",
        "application/json; charset=utf-16",
        "application/json; charset=latin-1",
        "application/jsonp",
    ],
)
async def test_another_content_type_is_not_read(api: Api, content_type: str):
    """415: what a page of another site can post without asking is not JSON."""
    refused(await post(api, BODY, **{"Content-Type": content_type}), 415, "UNSUPPORTED_MEDIA_TYPE")


@pytest.mark.parametrize(
    "content_type", ["Application/JSON", "application/json;charset=UTF-8", 'application/json; charset="utf8"']
)
async def test_json_in_utf8_is_read_however_it_is_spelled(api: Api, content_type: str):
    response = await post(api, BODY, **{"Content-Type": content_type})
    assert response.json()["data"]["viewer"]["name"] == "sales-agent@litware.onmicrosoft.com"


async def test_the_body_has_a_limit(api: Api):
    """413 from the byte behind the limit on, whether the length was announced or not."""
    head, tail = b'{"query": "{ viewer { name } } #', b'"}'
    padding = api.settings.max_body_bytes - len(head) - len(tail)
    assert (await post(api, head + b"x" * padding + tail)).status_code == 200
    refused(await post(api, head + b"x" * (padding + 1) + tail), 413, "PAYLOAD_TOO_LARGE")

    async def endless():
        while True:
            yield b"x" * 65536

    headers = {"Authorization": f"Bearer {await api.token(AGENT)}", "Content-Type": JSON_TYPE}
    refused(await api.http.post("/graphql", content=endless(), headers=headers), 413, "PAYLOAD_TOO_LARGE")


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "HEAD"])
async def test_another_method_is_not_allowed(api: Api, method: str):
    response = await api.http.request(method, "/graphql")
    assert (response.status_code, response.headers["Allow"]) == (405, "GET, POST, OPTIONS")
    assert response.headers["X-Correlation-Id"]


async def test_what_is_allowed_can_be_asked(api: Api):
    response = await api.http.options("/graphql")
    assert (response.status_code, response.content) == (204, b"")
    assert response.headers["Allow"] == "GET, POST, OPTIONS"
    assert not [name for name in response.headers if name.startswith("access-control-")]


async def test_get_reads_and_never_writes(api: Api):
    """A link must not change anything: 405 with the method that may, whatever the answer comes as."""
    query = "query ($n: Int) { customers(first: $n) { nodes { cloud } } }"
    found = await get(api, {"query": query, "variables": '{"n": 1}'})
    assert found.json() == {"data": {"customers": {"nodes": [{"cloud": "GLOBAL"}]}}}
    before = await api.counts()
    document = "query R { __typename } mutation W { customerExport(input: {}) { export { url } } }"
    for accept in (JSON_TYPE, RESPONSE_TYPE):
        for parameters in ({"operationName": "W"}, {"operationName": "W", "variables": "{}"}):
            response = await get(api, {"query": document, **parameters}, Accept=accept)
            assert "POST" in refused(response, 405, "METHOD_NOT_ALLOWED")["message"]
            assert response.headers["Allow"] == "POST"
    assert await api.counts() == before
    assert (await get(api, {"query": document, "operationName": "R"})).json() == {"data": {"__typename": "Query"}}


async def test_an_empty_parameter_is_none(api: Api):
    empty = {"query": QUERY, "operationName": "", "variables": "", "extensions": ""}
    assert (await get(api, empty)).json()["data"]["viewer"]["name"] == "sales-agent@litware.onmicrosoft.com"


@pytest.mark.parametrize(
    "query",
    [
        "",
        "query=",
        "query={__typename}&variables=x",
        "query={__typename}&variables=[]",
        "query={__typename}&extensions=1",
        "query={__typename}&query={viewer{name}}",
        "query={__typename}&variables={}&variables={}",
        "query=%ff%fe",
        "query={__typename}%23%c3%28",
        "%00%ff=",
        "&&&",
        "documentId",
    ],
)
async def test_a_get_that_is_no_operation_is_a_bad_request(api: Api, query: str):
    refused(await get(api, query), 400, "BAD_REQUEST")


async def test_of_a_member_that_comes_twice_the_last_goes(api: Api):
    """RFC 8259 leaves it open; nothing is run but the one document."""
    response = await post(api, b'{"query": "{ nothing }", "query": "{ __typename }"}')
    assert response.json() == {"data": {"__typename": "Query"}}


async def test_an_upload_is_told_the_way_out(api: Api):
    response = await post(api, b"--x--", **{"Content-Type": "multipart/form-data; boundary=x"})
    assert "uploaded" in refused(response, 415, "UNSUPPORTED_MEDIA_TYPE")["message"]
    assert response.headers["Accept"] == JSON_TYPE


async def test_a_compressed_body_is_not_read(api: Api):
    response = await post(api, gzip.compress(BODY), **{"Content-Encoding": "gzip"})
    refused(response, 415, "UNSUPPORTED_MEDIA_TYPE")
    assert response.headers["Accept-Encoding"] == "identity"
    assert (await post(api, BODY, **{"Content-Encoding": "identity"})).status_code == 200
