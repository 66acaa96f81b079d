"""`Idempotency-Key`: a mutation that is sent again is answered as at the first time, and runs once."""

import base64
from collections.abc import Iterable
from http import HTTPStatus
from typing import Any

import orjson
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from graphql import GraphQLError
from graphql.language import SourceLocation

from clientela.contexts import Contexts
from clientela.http.answers import Answer
from clientela.http.refusals import HttpRefusal
from execution.engine import Request as Operation
from execution.errors import Wording, present
from execution.ledger import Told
from execution.unit import Unit
from policy.principal import Principal
from resolvers.idempotency import KeyedRequest
from resolvers.refusals import Refusal
from schema.errors import translate

KEY_HEADER = b"idempotency-key"
LONGEST_KEY = 255
OURS = Wording("", {"code": "INTERNAL"})


class ReplayedFault(Exception):  # noqa: N818 - stands for an exception that was logged before
    """A fault of ours in the first answer, which is told again."""


class Seal:
    """Seals answers with a key that is made of the server's secret, so that the database shows nothing of them."""

    def __init__(self, secrets: Iterable[str]) -> None:
        """Takes the server's secret and, after it, former ones."""
        self._fernet = MultiFernet([Fernet(_key_of(secret)) for secret in secrets])

    def close(self, text: bytes) -> str:
        """The sealed text."""
        return self._fernet.encrypt(text).decode()

    def open(self, sealed: str) -> bytes:
        """The text that was sealed.

        Raises:
            InvalidToken: By none of these secrets.
        """
        return self._fernet.decrypt(sealed)


class RequestLedger:
    """The ledger of one request."""

    def __init__(self, keyed: KeyedRequest, seal: Seal) -> None:
        self._replayed = self._busy = False
        self._keyed = keyed
        self._seal = seal

    async def recall(self, unit: Unit, field: str) -> Told | None:
        """What was answered before.

        Raises:
            Refusal: The key is in use, stands for another request, or its answer cannot be read any more.
        """
        try:
            kept = await self._keyed.answered(unit, field)
        except Refusal as refusal:
            self._busy = self._busy or refusal.code == "IDEMPOTENCY_KEY_IN_USE"
            raise
        if kept is None:
            return None
        try:
            found = orjson.loads(self._seal.open(kept))
        except InvalidToken as error:
            message = "This was done before, but its answer cannot be read any more. Look at the object instead."
            raise Refusal("IDEMPOTENCY_ANSWER_LOST", message) from error
        self._replayed = True
        return Told(found["data"], [_error(shown) for shown in found["errors"]])

    async def keep(self, unit: Unit, field: str, told: Told) -> None:
        """Keeps an answer."""
        found = {"data": told.data, "errors": present(told.errors, translate, lambda _: OURS)}
        await self._keyed.keep(unit, field, self._seal.close(orjson.dumps(found, option=orjson.OPT_UTC_Z)))

    def marked(self, answer: Answer) -> Answer:
        """The answer with what the client is to know: that it is told again, or that it is not to be had yet."""
        if self._busy:
            return answer._replace(status=HTTPStatus.CONFLICT, headers={"Retry-After": "1"})
        return answer._replace(headers={"Idempotency-Replayed": "true"}) if self._replayed else answer


def ledger_of(key: str, operation: Operation, principal: Principal, contexts: Contexts, seal: Seal) -> RequestLedger:
    """The ledger of a request that came with a key.

    Args:
        key: The header's value.
        operation: What was sent.
        principal: Who sent it.
        contexts: Know the database and what time it is.
        seal: Seals what is kept.

    Raises:
        HttpRefusal: 400 where the key is no key.
    """
    if not 0 < len(key) <= LONGEST_KEY:
        message = f"`Idempotency-Key` must hold 1 to {LONGEST_KEY} characters, e.g. a UUID; this one has {len(key)}."
        raise HttpRefusal(400, "BAD_REQUEST", message)
    sent = [operation.document, operation.variables, operation.operation_name]
    request = orjson.dumps(sent, option=orjson.OPT_SORT_KEYS)
    return RequestLedger(KeyedRequest(principal, key, request, contexts.clock(), contexts.database.dialect.name), seal)


def _key_of(secret: str) -> bytes:
    derived = HKDF(SHA256(), length=32, salt=None, info=b"clientela idempotent answers").derive(secret.encode())
    return base64.urlsafe_b64encode(derived)


def _error(shown: dict[str, Any]) -> GraphQLError:
    ours = shown["extensions"] == OURS.extensions
    error = GraphQLError(
        shown["message"],
        path=shown.get("path"),
        original_error=ReplayedFault(shown.get("path")) if ours else None,
        extensions=None if ours else shown["extensions"],
    )
    error.locations = [SourceLocation(**place) for place in shown.get("locations", ())]
    return error
