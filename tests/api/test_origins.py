"""Pages of other origins: closed by default, open by setting, never by accident."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from clientela.settings import Settings
from tests.api.posting import AGENT, BODY, JSON_TYPE, get, post, refused, set_to
from tests.clients import Api
from tests.worlds import World

OURS, OTHER = "https://app.example.com", "https://app.example.org"
PREFLIGHT = {
    "Access-Control-Request-Method": "POST",
    "Access-Control-Request-Headers": "authorization,content-type,idempotency-key,traceparent",
}


@pytest_asyncio.fixture(scope="module")
async def open_api(world: World) -> AsyncIterator[Api]:
    async with set_to(world, cors_origins=[OURS]) as api:
        yield api


async def test_no_page_is_let_in_by_default(api: Api):
    preflight = await api.http.options("/graphql", headers={"Origin": OURS, **PREFLIGHT})
    answer = await post(api, BODY, Origin=OURS)
    for response in (preflight, answer):
        assert not [name for name in response.headers if name.startswith("access-control-")]


async def test_a_named_origin_may_ask_and_read(open_api: Api):
    preflight = await open_api.http.options("/graphql", headers={"Origin": OURS, **PREFLIGHT})
    assert preflight.status_code == 200
    assert preflight.headers["Access-Control-Allow-Origin"] == OURS
    assert set(preflight.headers["Access-Control-Allow-Methods"].split(", ")) == {"GET", "POST"}
    allowed = preflight.headers["Access-Control-Allow-Headers"].lower()
    assert set(PREFLIGHT["Access-Control-Request-Headers"].split(",")) <= set(allowed.replace(" ", "").split(","))
    assert "Access-Control-Allow-Credentials" not in preflight.headers
    # An answer, a refusal of the request and one of the caller can all be read.
    answers = [
        (200, await post(open_api, BODY, Origin=OURS)),
        (415, await post(open_api, BODY, Origin=OURS, **{"Content-Type": "text/plain"})),
        (401, await open_api.http.post("/graphql", content=BODY, headers={"Origin": OURS, "Content-Type": JSON_TYPE})),
    ]
    for status, answer in answers:
        assert (answer.status_code, answer.headers["Access-Control-Allow-Origin"]) == (status, OURS)
        assert "Origin" in answer.headers["Vary"]
        assert {"X-Correlation-Id", "Retry-After"} <= set(answer.headers["Access-Control-Expose-Headers"].split(", "))
        assert answer.headers["X-Correlation-Id"]


async def test_another_origin_stays_outside(open_api: Api):
    for origin in (OTHER, "null", "http://app.example.com", f"{OURS}.evil.example"):
        preflight = await open_api.http.options("/graphql", headers={"Origin": origin, **PREFLIGHT})
        assert preflight.status_code == 400
        assert "Access-Control-Allow-Origin" not in preflight.headers
        assert "Access-Control-Allow-Origin" not in (await post(open_api, BODY, Origin=origin)).headers
    # Who is open to pages is open at this one door.
    token = await open_api.http.post("/development/token", json={"as": AGENT}, headers={"Origin": OURS})
    assert "Access-Control-Allow-Origin" not in token.headers


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
async def test_a_get_that_a_foreign_page_had_sent_is_refused(open_api: Api, site: str):
    """Even with a token, which a proxy may have added to a request that carried its cookie."""
    query = {"query": "{ __typename }"}
    for origin in ({}, {"Origin": OTHER}, {"Origin": "null"}):
        response = await get(open_api, query, **{"Sec-Fetch-Site": site}, **origin)
        assert OURS not in refused(response, 403, "CROSS_ORIGIN_REQUEST")["message"]
    assert (await get(open_api, query, **{"Sec-Fetch-Site": site, "Origin": OURS})).status_code == 200
    for own in ("same-origin", "none"):
        assert (await get(open_api, query, **{"Sec-Fetch-Site": own})).status_code == 200


async def test_what_a_foreign_page_can_send_unasked_gets_nothing(api: Api):
    """Without a preflight a browser sends neither a token nor JSON: 401, before anything is read."""
    for content_type in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"):
        response = await api.http.post("/graphql", content=BODY, headers={"Content-Type": content_type})
        refused(response, 401, "UNAUTHENTICATED")
    refused(await api.http.get("/graphql", params={"query": "{ __typename }"}), 401, "UNAUTHENTICATED")


@pytest.mark.parametrize("origin", ["*", "https://a.example/", "https://A.example", "a.example", "null", "ftp://a", ""])
def test_an_origin_is_written_as_browsers_send_it(origin: str):
    with pytest.raises(ValueError, match=r"cors_origins[\s\S]*https://app\.example\.com"):
        Settings(_env_file=None, cors_origins=[origin])  # type: ignore[call-arg]


@pytest.mark.parametrize(
    "origin", [OURS, "http://localhost:5173", "http://[::1]:5173", "https://xn--bcher-kva.example"]
)
def test_an_origin_of_a_page_is_taken(origin: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("CLIENTELA_CORS_ORIGINS", f'["{origin}"]')
    assert Settings(_env_file=None).cors_origins == [origin]  # type: ignore[call-arg]
