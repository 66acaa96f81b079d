"""Links of invitations: derived from the invitation's id with a server key, stored nowhere (settled: link tokens)."""

import hmac
from base64 import urlsafe_b64encode
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from uuid import UUID


class Invited(StrEnum):
    """Who follows the link, and so what it is good for; a link of one is no link of the other."""

    CUSTOMER = "customer"
    RESELLER = "reseller"


class Invitations:
    """How this deployment invites.

    A token is `<key id>.<invitation's id>.<HMAC-SHA-256>`. The key id says which key made it, so that keys can
    change while mails with older links are on their way.

    Attributes:
        lifetime: How long an invitation stays open; None for ever.
    """

    def __init__(self, keys: Sequence[str], pages: Mapping[Invited, str], lifetime: timedelta | None) -> None:
        """Takes what settings say.

        Args:
            keys: Secrets; the first makes links, the others are only read.
            pages: Absolute address of the page behind each kind of link.
            lifetime: How long an invitation stays open; None for ever.
        """
        # A key of its own, so that no signature made with the secret for another purpose is ever a token.
        derived = [hmac.digest(key.encode(), b"invitation links", "sha256") for key in keys]
        self._keys = {_key_id(key): key for key in reversed(derived)}
        self._newest = derived[0]
        self._pages = pages
        self.lifetime = lifetime

    def token(self, invited: Invited, key: UUID) -> str:
        """The token of an invitation; 256 bits that nobody guesses."""
        return _token(self._newest, invited, key)

    def link(self, invited: Invited, key: UUID) -> str:
        """The address that opens an invitation."""
        return f"{self._pages[invited]}?token={self.token(invited, key)}"

    def read(self, invited: Invited, token: str) -> UUID | None:
        """The invitation that a token names; None for any text that this deployment did not make for this purpose.

        Args:
            invited: What it is to be good for.
            token: As it came back.
        """
        key_id, _, rest = token.partition(".")
        digits, _, _ = rest.partition(".")
        made_with = self._keys.get(key_id)
        try:
            key = UUID(hex=digits)
        except ValueError:
            return None
        if made_with is None or not hmac.compare_digest(_token(made_with, invited, key).encode(), token.encode()):
            return None
        return key

    def expires_at(self, now: datetime) -> datetime | None:
        """When an invitation that is open from now on ends."""
        return None if self.lifetime is None else now + self.lifetime


def _key_id(key: bytes) -> str:
    return sha256(key).hexdigest()[:8]


def _token(key: bytes, invited: Invited, invitation: UUID) -> str:
    mac = hmac.digest(key, f"{invited}:{invitation.hex}".encode(), "sha256")
    return f"{_key_id(key)}.{invitation.hex}.{urlsafe_b64encode(mac).rstrip(b'=').decode()}"
