"""Checking a bearer token: signature, algorithm, issuer, audience, times. What it says is not yet a principal."""

import json
import re
import time
from collections import OrderedDict
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from joserfc.jws import extract_compact

from clientela.identity.keys import KeySource
from clientela.settings import IssuerSettings
from policy.rules import permissions_in
from policy.vocabulary import Permission
from resolvers.principals import Identity

LONGEST_TOKEN = 16_384
MOST_REMEMBERED = 10_000


class TokenRefusedError(Exception):
    """A token that is not to be trusted. The reason is for our log; whoever sent it learns only that it is refused."""


@dataclass(frozen=True, slots=True)
class TrustedIssuer:
    """An issuer and its keys."""

    settings: IssuerSettings
    source: KeySource


@dataclass(frozen=True, slots=True)
class _Proven:
    """A token that held, under its hash: good until it expires or its issuer's keys are read anew."""

    identity: Identity
    until: float
    source: KeySource
    key_id: str | None
    keys: KeySet

    def holds(self) -> bool:
        return time.time() < self.until and self.source.held(self.key_id) is self.keys


class TokenVerifier:
    """Verifies tokens of the trusted issuers."""

    def __init__(self, issuers: list[TrustedIssuer], leeway_seconds: int) -> None:
        self._issuers = issuers
        self._leeway = leeway_seconds
        self._proven: OrderedDict[bytes, _Proven] = OrderedDict()

    async def verify(self, token: str) -> Identity:
        """What a token says, once everything about it holds.

        Args:
            token: A signed JWT in compact form.

        Raises:
            TokenRefusedError: Anything about it does not hold.
            KeysUnavailableError: Its issuer's keys cannot be had.
        """
        if len(token) > LONGEST_TOKEN:
            raise TokenRefusedError("longer than any token")
        digest = sha256(token.encode()).digest()
        remembered = self._proven.get(digest)
        if remembered is not None and remembered.holds():
            return remembered.identity
        try:
            header, unproven = _peek(token)
            issuer = self._issuer_of(unproven)
            algorithms = issuer.settings.algorithms
            if header.get("alg") not in algorithms:
                raise TokenRefusedError(f"algorithm {header.get('alg')!r} is not accepted")
            key_id = header["kid"] if isinstance(header.get("kid"), str) else None
            keys = await issuer.source.keys(key_id)
            claims = jwt.decode(token, keys, algorithms=algorithms).claims
            self._check(claims, issuer.settings)
            identity = _identity(claims, issuer.settings)
            self._remember(digest, _Proven(identity, claims["exp"] + self._leeway, issuer.source, key_id, keys))
            return identity
        except (JoseError, ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            raise TokenRefusedError(f"{type(error).__name__}: {error}") from error

    def _remember(self, digest: bytes, proven: "_Proven") -> None:
        self._proven[digest] = proven
        if len(self._proven) > MOST_REMEMBERED:
            self._proven.popitem(last=False)

    def _issuer_of(self, unproven: dict[str, Any]) -> TrustedIssuer:
        # Only chooses the keys to check with; the claims are read again from the token once it is proven.
        url = unproven.get("iss")
        for issuer in self._issuers:
            if url == issuer.settings.url.replace("{tid}", str(unproven.get("tid"))):
                return issuer
        raise TokenRefusedError(f"issuer {str(url)[:200]!r} is not trusted")

    def _check(self, claims: dict[str, Any], issuer: IssuerSettings) -> None:
        registry = jwt.JWTClaimsRegistry(
            leeway=self._leeway,
            iss={"essential": True, "value": issuer.url.replace("{tid}", str(claims.get("tid")))},
            aud={"essential": True, "value": issuer.audience},
            exp={"essential": True},
        )
        registry.validate(claims)


def _peek(token: str) -> tuple[dict[str, Any], dict[str, Any]]:
    if not re.fullmatch(r"[\w-]+\.[\w-]+\.[\w-]*", token, re.ASCII):
        raise TokenRefusedError("not a signed token in compact form")
    parsed = extract_compact(token.encode())
    claims = json.loads(parsed.payload)
    if not isinstance(claims, dict):
        raise TokenRefusedError("its claims are no JSON object")
    return parsed.headers(), claims


def _identity(claims: dict[str, Any], issuer: IssuerSettings) -> Identity:
    # As OpenID Connect, Entra ID's older tokens and RFC 9068 name it.
    client = claims.get("azp") or claims.get("appid") or claims.get("client_id")
    client_id = str(client) if client else None
    app_only = claims.get("idtyp") == "app" or (client_id is not None and claims.get("sub") == client)
    tenant_id = UUID(str(claims["tid"]))
    if app_only:
        scopes: frozenset[Permission] | None = permissions_in(_words(claims.get("roles")))
        return Identity(
            issuer.cloud, tenant_id, UUID(client_id), app_only=True, mfa=False, scopes=scopes, client_id=client_id
        )
    # Scopes of other services narrow nothing; a token that names permissions of ours is limited to them.
    scopes = permissions_in(_words(claims.get("scp") or claims.get("scope"))) or None
    mfa = "mfa" in _words(claims.get("amr"))
    user_id = _user_id(claims)
    return Identity(issuer.cloud, tenant_id, user_id, app_only=False, mfa=mfa, scopes=scopes, client_id=client_id)


def _user_id(claims: dict[str, Any]) -> UUID:
    subject = str(claims.get("oid") or claims["sub"])
    try:
        return UUID(subject)
    except ValueError:
        # Issuers other than Entra ID name users by any text; the same text of the same issuer is the same user.
        return uuid5(NAMESPACE_URL, f"{claims['iss']}#{subject}")


def _words(claim: object) -> list[str]:
    if isinstance(claim, str):
        return claim.split()
    return [word for word in claim if isinstance(word, str)] if isinstance(claim, list) else []
