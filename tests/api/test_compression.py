"""Long answers come in gzip to those who ask for it."""

import gzip

import httpx
import pytest

from tests.api.posting import QUERY, post, set_to
from tests.clients import Api
from tests.worlds import World

LONG = b'{"query": "{ __schema { types { name description fields { name description } } } }"}'
HUGE = LONG.replace(b"} } } }", b"} b: fields { name description args { name description } } } } }")


async def raw(api: Api, body: bytes, **headers: str) -> tuple[httpx.Response, bytes]:
    """An answer and its body as it went over the wire."""
    request = api.http.build_request("POST", "/graphql", content=body, headers=(await post(api, body)).request.headers)
    request.headers.pop("Accept-Encoding", None)
    request.headers.update(headers)
    response = await api.http.send(request, stream=True)
    found = b"".join([chunk async for chunk in response.aiter_raw()])
    await response.aclose()
    return response, found


@pytest.mark.parametrize("accept", ["gzip", "deflate, gzip;q=0.5, br", "*", "x-gzip", "GZIP;q=1.0, identity;q=0.5"])
@pytest.mark.parametrize("body", [LONG, HUGE])
async def test_a_long_answer_is_compressed_on_request(api: Api, body: bytes, accept: str):
    _, plain = await raw(api, body)
    response, found = await raw(api, body, **{"Accept-Encoding": accept})
    assert response.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in response.headers["Vary"]
    assert int(response.headers["Content-Length"]) == len(found) < len(plain) / 3
    assert gzip.decompress(found) == plain


@pytest.mark.parametrize("accept", ["", "br", "gzip;q=0", "identity", "identity, gzip;q=0.5", "*, gzip;q=0", "gzipped"])
async def test_it_is_not_where_nobody_asks(api: Api, accept: str):
    response, found = await raw(api, LONG, **{"Accept-Encoding": accept})
    assert "Content-Encoding" not in response.headers
    assert found.startswith(b"{")


async def test_a_short_answer_never_is_and_the_limit_is_a_setting(world: World, api: Api):
    short = b'{"query": "%b"}' % QUERY.encode()
    response, _ = await raw(api, short, **{"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in response.headers
    async with set_to(world, compress_from_bytes=1) as other:
        response, found = await raw(other, short, **{"Accept-Encoding": "gzip"})
        assert response.headers["Content-Encoding"] == "gzip"
        assert b"viewer" in gzip.decompress(found)
    async with set_to(world, compress_from_bytes=0) as other:
        response, _ = await raw(other, LONG, **{"Accept-Encoding": "gzip"})
        assert "Content-Encoding" not in response.headers
