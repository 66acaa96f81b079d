"""Servers in production mode that trust the tests' own issuer, on databases of both kinds."""

import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest
import pytest_asyncio
from pydantic import SecretStr

from clientela.demo.organisations import find_person, organisation
from clientela.settings import IssuerSettings, Settings
from policy.vocabulary import Cloud
from tests.clients import Answer, Api, serve_in_process
from tests.identity.issuer import Issuer
from tests.worlds import World

AUDIENCE = "api://clientela"
TENANT_PATTERN = "https://login.example/{tid}/v2.0"
GOV_URL = "https://login.gov.example"
WHO = "{ viewer { name kind roles cloud } }"


@dataclass
class Guarded:
    """A server in production mode and the issuer that it trusts."""

    api: Api
    issuer: Issuer

    async def knock(self, authorization: str | None, document: str = WHO, **variables: Any) -> Answer:
        """Sends a document under an Authorization header of one's own."""
        headers = {} if authorization is None else {"Authorization": authorization}
        return await self.api.send(document, variables, headers)

    async def bear(self, token: str, document: str = WHO, **variables: Any) -> Answer:
        """Sends a document with a bearer token."""
        return await self.knock(f"Bearer {token}", document, **variables)


def claims_of(name: str, issuer: Issuer, **changed: Any) -> dict[str, Any]:
    """Claims that let a person of the demo world in; a value of None leaves a claim out."""
    person = find_person(name)
    assert person is not None
    now = int(time.time())
    claims = {
        "iss": issuer.url,
        "aud": AUDIENCE,
        "iat": now,
        "nbf": now,
        "exp": now + 600,
        "tid": str(person.tenant_id),
        "oid": str(person.id),
        "sub": "pairwise-subject",
        "amr": ["pwd", "mfa"],
    } | changed
    return {claim: value for claim, value in claims.items() if value is not None}


def tenant_of(name: str) -> UUID:
    """The tenant id of a demo organisation."""
    return organisation(name).id


def production(settings: Settings, issuer: Issuer) -> Settings:
    """Settings of a server outside development mode, on the same database."""
    shared = {"audience": AUDIENCE, "algorithms": ["RS256", "ES256"]}
    issuers = [
        IssuerSettings(url=issuer.url, **shared),
        IssuerSettings(url=TENANT_PATTERN, jwks_url=issuer.jwks_url, **shared),
        IssuerSettings(url=GOV_URL, jwks_url=issuer.jwks_url, cloud=Cloud.US_GOV, **shared),
    ]
    changed = {"development": False, "issuers": issuers, "secret_key": SecretStr("s" * 40)}
    return settings.model_copy(update=changed)


@pytest.fixture(scope="module")
def issuer() -> Iterator[Issuer]:
    """The issuer that a module's tests share."""
    issuer = Issuer()
    issuer.open()
    yield issuer
    issuer.shut()


@pytest_asyncio.fixture(scope="module")
async def guarded(world: World, issuer: Issuer) -> AsyncIterator[Guarded]:
    """A server whose database and issuer the tests of one module share."""
    async with world.copy() as settings, serve_in_process(production(settings, issuer)) as api:
        yield Guarded(api, issuer)


@pytest_asyncio.fixture
async def alone(world: World) -> AsyncIterator[Guarded]:
    """A server with a database and an issuer of its own; the issuer's door is shut yet."""
    issuer = Issuer()
    async with world.copy() as settings, serve_in_process(production(settings, issuer)) as api:
        yield Guarded(api, issuer)
    issuer.shut()
