"""Every broken token: 401, a challenge, one error, and not a word about what was wrong (conventions.md, Settled)."""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from joserfc.jwk import RSAKey
from structlog.testing import capture_logs

from tests.clients import Answer
from tests.identity.conftest import Guarded, claims_of, tenant_of
from tests.identity.issuer import Issuer, make_key

PERSON = "sales-agent@litware"
# Nearly all of them are refused before a database is asked; the other files of this folder run on both kinds.
pytestmark = pytest.mark.parametrize("world", ["sqlite"], indirect=True)


def assert_refused(answer: Answer) -> None:
    assert answer.status == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert answer.codes == ["UNAUTHENTICATED"]
    assert answer.body.keys() == {"errors"}
    assert answer.headers["X-Correlation-Id"]
    assert "Traceback" not in str(answer.body)


def encode(part: object) -> str:
    raw = part if isinstance(part, bytes) else json.dumps(part).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def with_claims(**changed: Any) -> Callable[[Issuer], str]:
    return lambda issuer: issuer.token(claims_of(PERSON, issuer, **changed))


def unsigned(issuer: Issuer, algorithm: str = "none") -> str:
    return f"{encode({'alg': algorithm})}.{encode(claims_of(PERSON, issuer))}."


def hmac_with(secret: Callable[[RSAKey], bytes]) -> Callable[[Issuer], str]:
    def forge(issuer: Issuer) -> str:
        public = issuer.published[0]
        assert isinstance(public, RSAKey)
        body = f"{encode({'alg': 'HS256', 'kid': public.kid})}.{encode(claims_of(PERSON, issuer))}"
        return f"{body}.{encode(hmac.digest(secret(public), body.encode(), hashlib.sha256))}"

    return forge


def tampered(issuer: Issuer) -> str:
    header, _, signature = issuer.token(claims_of(PERSON, issuer)).split(".")
    other = claims_of("global-admin@litware", issuer)
    return f"{header}.{encode(other)}.{signature}"


def foreign_signature(issuer: Issuer) -> str:
    one, two = (issuer.token(claims_of(PERSON, issuer, jti=jti)).rpartition(".") for jti in "ab")
    return f"{one[0]}.{two[2]}"


BROKEN: dict[str, Callable[[Issuer], str]] = {
    "expired": with_claims(exp=int(time.time()) - 3600),
    "without an end": with_claims(exp=None),
    "an end that is no number": with_claims(exp="tomorrow"),
    "not yet valid": with_claims(nbf=int(time.time()) + 3600),
    "other audience": with_claims(aud="api://another-service"),
    "without an audience": with_claims(aud=None),
    "other issuer": with_claims(iss="https://issuer.example"),
    "without an issuer": with_claims(iss=None),
    "an issuer that is no text": with_claims(iss=["x"]),
    "without a tenant": with_claims(tid=None),
    "a tenant that is no id": with_claims(tid="litware"),
    "a person of another partner's": with_claims(tid=str(tenant_of("contoso"))),
    "a tenant of another cloud": with_claims(tid=str(tenant_of("woodgrove"))),
    "an unknown tenant": with_claims(tid=str(uuid4())),
    "an unknown user": with_claims(oid=str(uuid4())),
    "a user that is no id": with_claims(oid="anna"),
    "without a user": with_claims(oid=None, sub=None),
    "an unknown application": with_claims(idtyp="app", azp=str(uuid4())),
    "an application without an id": with_claims(idtyp="app"),
    "a user as an application": with_claims(idtyp="app", azp="1c59b036-39cb-548a-aa80-1a51ee6559dc"),
    "alg none": unsigned,
    "alg None": lambda issuer: unsigned(issuer, "None"),
    "alg of another kind than the key": lambda issuer: unsigned(issuer, "RS256") + encode(b"signature"),
    "alg that is a list": lambda issuer: f"{encode({'alg': ['RS256']})}.{encode(claims_of(PERSON, issuer))}.AAAA",
    "HMAC with the public key's PEM": hmac_with(lambda key: key.as_pem(private=False)),
    "HMAC with the public key's DER": hmac_with(lambda key: key.as_der(private=False)),
    "HMAC with the public key's JWK": hmac_with(lambda key: json.dumps(key.as_dict(private=False)).encode()),
    "HMAC with the modulus": hmac_with(lambda key: key.as_dict(private=False)["n"].encode()),
    "a key that the issuer does not have": lambda issuer: issuer.token(
        claims_of(PERSON, issuer), key=make_key("RSA", "strange")
    ),
    "another key under a known id": lambda issuer: issuer.token(
        claims_of(PERSON, issuer), key=make_key("RSA", "first")
    ),
    "the key in the token's own header": lambda issuer: issuer.token(
        claims_of(PERSON, issuer), key=(own := make_key("RSA", "own")), jwk=own.as_dict(private=False)
    ),
    "an EC key under an RSA key's id": lambda issuer: issuer.token(
        claims_of(PERSON, issuer), key=make_key("EC", "first")
    ),
    "changed claims": tampered,
    "another token's signature": foreign_signature,
    "no signature": lambda issuer: issuer.token(claims_of(PERSON, issuer)).rpartition(".")[0] + ".",
    "two parts": lambda issuer: issuer.token(claims_of(PERSON, issuer)).rpartition(".")[0],
    "four parts": lambda issuer: issuer.token(claims_of(PERSON, issuer)) + ".AAAA",
    "garbage": lambda _: "garbage",
    "dots": lambda _: "..",
    "base64 of nothing": lambda _: "AAAA.AAAA.AAAA",
    "claims that are a list": lambda issuer: f"{encode({'alg': 'RS256'})}.{encode([1, 2])}.AAAA",
    "claims nested without end": lambda issuer: f"{encode({'alg': 'RS256'})}.{encode(b'[' * 10_000)}.AAAA",
    "a header nested without end": lambda issuer: f"{encode(b'[' * 10_000)}.{encode({})}.AAAA",
    "not UTF-8": lambda issuer: f"{encode({'alg': 'RS256'})}.{encode(bytes(range(128, 250)))}.AAAA",
    "a huge token": lambda issuer: issuer.token(claims_of(PERSON, issuer, padding="x" * 50_000)),
    "an empty token": lambda _: "",
    "blanks": lambda _: "   ",
}


@pytest.mark.parametrize("make", BROKEN.values(), ids=BROKEN.keys())
async def test_a_broken_token_is_refused(guarded: Guarded, make: Callable[[Issuer], str]):
    with capture_logs() as lines:
        assert_refused(await guarded.bear(make(guarded.issuer)))
    assert [line["event"] for line in lines] == ["token refused"]


@pytest.mark.parametrize("header", ["Basic YTpi", "Bearer", "Token x", "bearer", "Negotiate", "Bearer, Basic YTpi"])
async def test_another_scheme_is_refused(guarded: Guarded, header: str):
    assert_refused(await guarded.knock(header))


async def test_no_header_at_all_is_asked_to_sign_in(guarded: Guarded):
    answer = await guarded.knock(None)
    assert_refused(answer)
    assert answer.headers["WWW-Authenticate"] == "Bearer"


async def test_a_sound_token_of_the_same_making_is_let_in(guarded: Guarded):
    """Without this one, everything above could be refused for a reason of its own."""
    for key in guarded.issuer.published:
        token = guarded.issuer.token(claims_of(PERSON, guarded.issuer), key=key)
        viewer = (await guarded.bear(token)).ok()["viewer"]
        assert (viewer["kind"], viewer["roles"]) == ("PARTNER_USER", ["SALES_AGENT"])


async def test_a_token_within_the_leeway_is_let_in(guarded: Guarded):
    now = int(time.time())
    claims = claims_of(PERSON, guarded.issuer, nbf=now + 10, exp=now - 10)
    (await guarded.bear(guarded.issuer.token(claims))).ok()


async def test_the_scheme_ignores_case(guarded: Guarded):
    """RFC 9110, 11.1."""
    token = guarded.issuer.token(claims_of(PERSON, guarded.issuer))
    (await guarded.knock(f"BEARER {token}")).ok()


async def test_the_same_answer_whatever_was_wrong(guarded: Guarded):
    makers = [BROKEN["expired"], BROKEN["an unknown user"], BROKEN["changed claims"], BROKEN["garbage"]]
    bodies = {json.dumps((await guarded.bear(make(guarded.issuer))).body) for make in makers}
    assert len(bodies) == 1
