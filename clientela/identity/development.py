"""The development issuer: signs anybody of the demo world in. Exists in development mode only."""

import json
import os
from datetime import datetime, timedelta
from pathlib import Path

from joserfc import jwt
from joserfc.jwk import ECKey, KeySet

from clientela.demo.organisations import Person
from clientela.settings import IssuerSettings
from policy.rules import policy
from policy.vocabulary import Cloud

AUDIENCE = "clientela"
TOKEN_LIFE = timedelta(hours=1)
KEY_FILE = "development-issuer.json"
ALGORITHM = "ES256"


class DevelopmentIssuer:
    """Signs tokens with a key that is made at the first start and kept beside the database."""

    def __init__(self, data_dir: Path) -> None:
        self._key = _load_or_make(data_dir / KEY_FILE)
        self._keys = KeySet([self._key])

    async def keys(self, _key_id: str | None) -> KeySet:
        """The one key."""
        return self._keys

    def held(self, _key_id: str | None) -> KeySet:
        """The one key."""
        return self._keys

    def settings(self) -> list[IssuerSettings]:
        """The issuer as every cloud trusts it: one name a cloud, as real clouds have."""
        return [
            IssuerSettings(url=_url(cloud), audience=AUDIENCE, cloud=cloud, algorithms=[ALGORITHM]) for cloud in Cloud
        ]

    def issue(self, person: Person, now: datetime) -> tuple[str, datetime]:
        """A token for a person, and when it expires."""
        expires_at = now + TOKEN_LIFE
        claims = {
            "iss": _url(person.cloud),
            "aud": AUDIENCE,
            "iat": int(now.timestamp()),
            "nbf": int(now.timestamp()),
            "exp": int(expires_at.timestamp()),
            "tid": str(person.tenant_id),
            "sub": str(person.id),
            "name": person.name,
        }
        if person.is_app:
            every = [rule.scope for rule in policy().permissions.values() if rule.app_only]
            claims |= {"idtyp": "app", "azp": str(person.id), "roles": every}
        else:
            claims |= {"oid": str(person.id), "amr": ["pwd", "mfa"] if person.mfa else ["pwd"]}
        header = {"alg": ALGORITHM, "kid": self._key.kid}
        return jwt.encode(header, claims, self._key), expires_at


def _url(cloud: Cloud) -> str:
    return f"urn:clientela:development:{cloud.value}"


def _load_or_make(path: Path) -> ECKey:
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        key = ECKey.generate_key("P-256", auto_kid=True)
        # Written whole under another name: a second process that starts now finds all of it or nothing.
        draft = path.with_suffix(f".{os.getpid()}")
        draft.touch(mode=0o600)
        draft.write_text(json.dumps(key.as_dict(private=True)), "utf-8")
        draft.replace(path)
    return ECKey.import_key(json.loads(path.read_text("utf-8")))
