"""An issuer's keys: fetched, kept, rotated; an issuer that is down or talks nonsense (conventions.md, Identity)."""

import asyncio
from typing import Any

import httpx
import pytest
from joserfc.jwk import KeySet

from clientela.identity import keys
from clientela.identity.keys import LEAST_SECONDS_BETWEEN_FETCHES
from tests.clients import Answer
from tests.identity.conftest import Guarded, claims_of
from tests.identity.issuer import make_key

PERSON = "sales-agent@litware"
# Keys never come near a database; the other files of this folder run on both kinds.
pytestmark = pytest.mark.parametrize("world", ["sqlite"], indirect=True)
DISCOVERY, KEYS = "/issuer/.well-known/openid-configuration", "/keys"


def token(guarded: Guarded, key: Any = None, **changed: Any) -> str:
    return guarded.issuer.token(claims_of(PERSON, guarded.issuer, **changed), key=key)


@pytest.fixture
def some_seconds_later(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if the pause between two fetches were over each time."""
    monkeypatch.setattr(keys, "LEAST_SECONDS_BETWEEN_FETCHES", 0)


def assert_unavailable(answer: Answer) -> None:
    assert (answer.status, answer.codes) == (503, ["ISSUER_UNAVAILABLE"])
    assert int(answer.headers["Retry-After"]) > 0
    assert "Traceback" not in str(answer.body)


async def test_keys_are_found_by_discovery_and_kept(alone: Guarded):
    alone.issuer.open()
    for _ in range(5):
        (await alone.bear(token(alone))).ok()
    assert alone.issuer.requests == [DISCOVERY, KEYS]


async def test_many_first_requests_at_once_fetch_the_keys_once(alone: Guarded):
    alone.issuer.open()
    bearer = token(alone)
    answers = await asyncio.gather(*(alone.bear(bearer) for _ in range(20)))
    assert {answer.status for answer in answers} == {200}
    assert alone.issuer.requests == [DISCOVERY, KEYS]


@pytest.mark.usefixtures("some_seconds_later")
async def test_a_rotated_key_is_picked_up_without_a_restart(alone: Guarded):
    alone.issuer.open()
    (await alone.bear(token(alone))).ok()
    old, new = alone.issuer.published[0], make_key("RSA", "new")
    alone.issuer.published = [new]
    (await alone.bear(token(alone, new))).ok()
    assert (await alone.bear(token(alone, old))).status == 401


@pytest.mark.usefixtures("some_seconds_later")
async def test_a_withdrawn_key_that_comes_back_as_another_is_not_confused_with_it(alone: Guarded):
    alone.issuer.open()
    (await alone.bear(token(alone))).ok()
    alone.issuer.published = [make_key("EC", "third")]
    (await alone.bear(token(alone, alone.issuer.published[0]))).ok()
    assert (await alone.bear(token(alone, make_key("EC", "first")))).status == 401


async def test_invented_key_ids_do_not_turn_the_server_against_its_issuer(alone: Guarded):
    assert LEAST_SECONDS_BETWEEN_FETCHES >= 5
    alone.issuer.open()
    (await alone.bear(token(alone))).ok()
    key = make_key("EC", "invented")
    bearers = [alone.issuer.token(claims_of(PERSON, alone.issuer), key=key, kid=f"invented-{n}") for n in range(40)]
    answers = await asyncio.gather(*(alone.bear(bearer) for bearer in bearers))
    assert {answer.status for answer in answers} == {401}
    assert alone.issuer.requests.count(KEYS) <= 2
    (await alone.bear(token(alone))).ok()


async def test_an_issuer_that_is_down_is_503_and_found_again_as_soon_as_it_is_up(alone: Guarded):
    assert_unavailable(await alone.bear(token(alone)))
    assert_unavailable(await alone.bear(token(alone)))
    alone.issuer.open()
    (await alone.bear(token(alone))).ok()


async def test_who_needs_no_key_is_refused_while_the_issuer_is_down(alone: Guarded):
    assert (await alone.bear("garbage")).status == 401
    assert (await alone.bear(token(alone, iss="https://issuer.example"))).status == 401
    assert (await alone.knock(None)).status == 401


@pytest.mark.usefixtures("some_seconds_later")
async def test_kept_keys_outlive_their_issuer(alone: Guarded):
    alone.issuer.open()
    (await alone.bear(token(alone))).ok()
    alone.issuer.shut()
    (await alone.bear(token(alone))).ok()
    assert (await alone.bear(token(alone, make_key("EC", "new")))).status == 401


@pytest.mark.parametrize(
    "document",
    [
        {"keys": []},
        {"keys": "none"},
        {"nothing": True},
        ["keys"],
        {"keys": [{"kty": "RSA"}]},
        {"keys": [{"kty": "EC", "crv": "P-999", "x": "AA", "y": "AA"}]},
        {"keys": [{"padding": "x" * 600_000}]},
    ],
    ids=["no keys", "no list", "no key set", "no object", "half a key", "an unknown curve", "too large"],
)
async def test_an_issuer_that_talks_nonsense_is_unavailable(alone: Guarded, document: Any):
    alone.issuer.document = document
    alone.issuer.open()
    assert_unavailable(await alone.bear(token(alone)))
    alone.issuer.document = None
    (await alone.bear(token(alone))).ok()


async def test_a_key_of_an_unknown_kind_beside_ours_is_passed_over(alone: Guarded):
    """RFC 7517, 5."""
    ours = KeySet(alone.issuer.published).as_dict(private=False)["keys"]
    alone.issuer.document = {"keys": [{"kty": "AKP", "kid": "later", "alg": "ML-DSA-44", "pub": "AA"}, *ours]}
    alone.issuer.open()
    (await alone.bear(token(alone))).ok()


async def test_an_export_link_followed_with_a_bearer_while_the_issuer_is_down(alone: Guarded):
    """The link needs no token, yet refuses another's: whose it is cannot be told now, so 503 and not a stack."""
    alone.issuer.open()
    export = "mutation { customerExport(input: {}) { export { url } } }"
    admin = alone.issuer.token(claims_of("admin-agent@litware", alone.issuer))
    url = (await alone.bear(admin, export)).ok()["customerExport"]["export"]["url"]
    gov = claims_of("sales-agent@woodgrove", alone.issuer, iss="https://login.gov.example")
    alone.issuer.shut()
    bearer = alone.issuer.token(gov)
    response: httpx.Response = await alone.api.http.get(url, headers={"Authorization": f"Bearer {bearer}"})
    assert response.status_code == 503
    assert int(response.headers["Retry-After"]) > 0
    assert (await alone.api.http.get(url)).status_code == 200
