"""Signing keys of issuers: fetched once, kept for a while, fetched again when a token names a key that is new."""

import asyncio
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from clientela.settings import IssuerSettings

if TYPE_CHECKING:
    import httpx

FETCH_TIMEOUT_SECONDS = 5.0
LEAST_SECONDS_BETWEEN_FETCHES = 5.0
LARGEST_KEY_SET_BYTES = 512 * 1024


class KeysUnavailableError(Exception):
    """The issuer's keys cannot be had now; nobody it signs in can be let in."""


class KeySource(Protocol):
    """Where an issuer's public keys come from."""

    async def keys(self, key_id: str | None) -> KeySet:
        """The issuer's keys, with the named one among them where the issuer has it."""

    def held(self, key_id: str | None) -> KeySet | None:
        """What `keys` would answer without asking the issuer; None where it would ask."""


@dataclass(slots=True)
class PublishedKeys:
    """The keys that an issuer publishes over HTTP.

    A token with an unknown key id makes it look again, at most every few seconds: that picks up rotated keys at once
    and keeps invented key ids from turning this server against its issuer.

    Attributes:
        issuer: Where to find them.
        keep_seconds: How long they are kept.
    """

    issuer: IssuerSettings
    keep_seconds: int
    _held: KeySet | None = None
    _ids: frozenset[str | None] = frozenset()
    _fetched_at: float = float("-inf")
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def keys(self, key_id: str | None) -> KeySet:
        """The issuer's keys.

        Args:
            key_id: The key that a token names.

        Raises:
            KeysUnavailableError: They could not be fetched and none are kept.
        """
        if self.held(key_id) is None:
            async with self._turn:
                if self.held(key_id) is None:
                    await self._fetch()
        if self._held is None:
            raise KeysUnavailableError(self.issuer.url)
        return self._held

    def held(self, key_id: str | None) -> KeySet | None:
        """The keys at hand; None where they are old, or lack the named one and may be fetched again by now."""
        age = time.monotonic() - self._fetched_at
        if self._held is None or age > self.keep_seconds:
            return None
        known = key_id is None or key_id in self._ids
        return self._held if known or age < LEAST_SECONDS_BETWEEN_FETCHES else None

    async def _fetch(self) -> None:
        # Imported here: it takes a tenth of the start, and a server that signs its own people in never needs it.
        import httpx  # noqa: PLC0415

        self._fetched_at = time.monotonic()
        try:
            async with httpx.AsyncClient(timeout=FETCH_TIMEOUT_SECONDS) as client:
                url = self.issuer.jwks_url or await self._discover(client)
                self._held = KeySet.import_key_set(await _get(client, url))
                self._ids = frozenset(key.kid for key in self._held.keys)
        except (httpx.HTTPError, httpx.InvalidURL, JoseError, ValueError, KeyError, TypeError) as error:
            if self._held is None:
                # Nothing is held, so the next request tries again at once and finds the issuer as soon as it is up.
                raise KeysUnavailableError(self.issuer.url) from error

    async def _discover(self, client: "httpx.AsyncClient") -> str:
        document = await _get(client, f"{self.issuer.url.rstrip('/')}/.well-known/openid-configuration")
        return str(document["jwks_uri"])


async def _get(client: "httpx.AsyncClient", url: str) -> Any:  # noqa: ANN401 - whatever JSON object the issuer sent
    response = await client.get(url)
    response.raise_for_status()
    if len(response.content) > LARGEST_KEY_SET_BYTES:
        raise ValueError("the answer is too large for a key set")
    answer = response.json()
    if not isinstance(answer, dict):
        raise TypeError("the answer is no JSON object")
    return answer
