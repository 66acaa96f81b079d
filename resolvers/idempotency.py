"""A request that comes again under its idempotency key: found, told from another one, kept for a day."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from hashlib import sha256
from typing import Any

from sqlalchemy import BigInteger, Boolean, Delete, bindparam, delete, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import col

from models import IdempotentAnswer
from models.base import UtcDateTime
from policy.principal import Principal
from resolvers.call import Transaction
from resolvers.refusals import Refusal

KEPT = timedelta(hours=24)

_live = (
    select(col(IdempotentAnswer.request_digest), col(IdempotentAnswer.field_digest), col(IdempotentAnswer.answer))
    .where(
        col(IdempotentAnswer.cloud) == bindparam("cloud"),
        col(IdempotentAnswer.tenant_id) == bindparam("tenant_id"),
        col(IdempotentAnswer.actor_id) == bindparam("actor_id"),
        col(IdempotentAnswer.key_digest) == bindparam("key_digest"),
        col(IdempotentAnswer.answered_at) > bindparam("forgotten_until"),
    )
    .order_by(col(IdempotentAnswer.field_digest))
)
_lock = select(func.pg_try_advisory_xact_lock(bindparam("key_lock", type_=BigInteger), type_=Boolean))


@dataclass(frozen=True, slots=True)
class KeyedRequest:
    """A request with the key that its client chose for it.

    Attributes:
        principal: Whose key it is; another principal's equal key is another key.
        key: The key, any text.
        request: Everything that makes it this request: document, variables, name of the operation.
        now: The instant of the request.
        dialect: `postgresql` or `sqlite`.
    """

    principal: Principal
    key: str
    request: bytes
    now: datetime
    dialect: str

    async def answered(self, transaction: Transaction, field: str) -> str | None:
        """What was kept for a field of this request; None where it is to run now, and nobody else runs it meanwhile.

        Args:
            transaction: The field's, in which nothing ran yet.
            field: The field's key in the response.

        Raises:
            Refusal: IDEMPOTENCY_KEY_IN_USE while another transaction runs under the key; IDEMPOTENCY_KEY_REUSED
                where the key stands for another request.
        """
        # SQLite has one writer at a time, so whoever is here is alone already.
        if self.dialect == "postgresql" and not await self._alone(transaction):
            message = "A request under this `Idempotency-Key` is still running. Send yours again in a moment."
            raise Refusal("IDEMPOTENCY_KEY_IN_USE", message)
        found = (await transaction.execute(_live, {**self._key(), "forgotten_until": self.now - KEPT})).all()
        if any(row.request_digest != self._request_digest() for row in found):
            message = "This `Idempotency-Key` stands for another request already. Send this one under a new key."
            raise Refusal("IDEMPOTENCY_KEY_REUSED", message)
        wanted = _digest(field.encode())
        return next((row.answer for row in found if row.field_digest == wanted), None)

    async def keep(self, transaction: Transaction, field: str, answer: str) -> None:
        """Keeps the answer of a field for which there was none.

        Args:
            transaction: The one that `answered` was called in.
            field: The field's key in the response.
            answer: Sealed: it may hold what only its principal is to see.
        """
        values = {
            **self._key(),
            "field_digest": _digest(field.encode()),
            "request_digest": self._request_digest(),
            "answered_at": self.now,
            "answer": answer,
        }
        await transaction.write(_keep(self.dialect), values)

    async def _alone(self, transaction: Transaction) -> bool:
        # Tried, not waited for: who waits holds a connection that somebody else could use.
        principal = self.principal
        owner = f"{principal.cloud.value} {principal.tenant_id} {principal.actor_id} {self.key}"
        number = int.from_bytes(sha256(owner.encode()).digest()[:8], signed=True)
        return bool((await transaction.execute(_lock, {"key_lock": number})).scalar_one())

    def _key(self) -> dict[str, Any]:
        principal = self.principal
        return {
            "cloud": principal.cloud,
            "tenant_id": principal.tenant_id,
            "actor_id": principal.actor_id,
            "key_digest": _digest(self.key.encode()),
        }

    def _request_digest(self) -> str:
        # With the key, which nobody guesses: what people typed could be found by trying.
        return _digest(self.key.encode(), self.request)


def forget_answers(now: datetime) -> Delete:
    """The statement that deletes what no request is answered with any more."""
    until = bindparam("forgotten_until", now - KEPT, type_=UtcDateTime())
    return delete(IdempotentAnswer).where(col(IdempotentAnswer.answered_at) <= until)


@cache
def _keep(dialect: str) -> Any:  # noqa: ANN401 - either database's own INSERT
    table = IdempotentAnswer.__table__  # type: ignore[attr-defined]
    insert = (postgresql if dialect == "postgresql" else sqlite).insert(table)
    values = insert.values({column.key: bindparam(column.key) for column in table.columns})
    # What is in its place is older than a day.
    replaced = {column.key: values.excluded[column.key] for column in table.columns if not column.primary_key}
    return values.on_conflict_do_update(index_elements=list(table.primary_key), set_=replaced)


def _digest(*parts: bytes) -> str:
    return sha256(b"\0".join(parts)).hexdigest()
