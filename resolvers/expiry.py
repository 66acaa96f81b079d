"""Invitations that nobody answers in time: they read as expired from that instant on; a sweep writes it down later."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Update, and_, bindparam, case, literal, update
from sqlmodel import col

from models import Partnership, RelationshipRequest
from models.base import UtcDateTime
from models.partnership import PartnershipStatus
from models.relationship_request import RelationshipRequestStatus
from resolvers.visibility import viewer_now


@dataclass(frozen=True, slots=True)
class Expiry:
    """How the rows of one table expire.

    Attributes:
        model: The table; has `status`, `expires_at` and `open_key`.
        waiting: The status in which a row expires.
        expired: The status that it has then.
    """

    model: Any
    waiting: StrEnum
    expired: StrEnum

    def status(self) -> ColumnElement[Any]:
        """The status that a row has for whoever looks now."""
        stored: ColumnElement[Any] = self.model.__table__.c.status
        return case((self._overdue(viewer_now), literal(self.expired, stored.type)), else_=stored)

    def is_overdue(self, row: Any, now: datetime) -> bool:  # noqa: ANN401 - a row of the model
        """Whether a row that was read has expired, written down or not."""
        return row.status == self.waiting and row.expires_at is not None and row.expires_at <= now

    def standing(self, wanted: StrEnum) -> list[ColumnElement[bool]]:
        """Alternatives of which one holds for rows that have a status now; an index serves each."""
        stands = col(self.model.status) == wanted
        if wanted is self.waiting:
            # Two, not one with an OR, which SQLite's planner takes for a reason to read the rows themselves.
            expires_at = col(self.model.expires_at)
            return [and_(stands, expires_at.is_(None)), and_(stands, expires_at > viewer_now)]
        return [stands, self._overdue(viewer_now)] if wanted is self.expired else [stands]

    def write_down(self, *narrowing: ColumnElement[bool], now: datetime) -> Update:
        """The statement that gives overdue rows their status, and frees what only one open row may have."""
        at = bindparam("overdue_at", now, type_=UtcDateTime())
        return update(self.model).where(self._overdue(at), *narrowing).values(status=self.expired, open_key=None)

    def _overdue(self, now: ColumnElement[datetime]) -> ColumnElement[bool]:
        return and_(col(self.model.status) == self.waiting, col(self.model.expires_at) <= now)


partnership_expiry = Expiry(Partnership, PartnershipStatus.REQUESTED, PartnershipStatus.EXPIRED)
request_expiry = Expiry(RelationshipRequest, RelationshipRequestStatus.SENT, RelationshipRequestStatus.EXPIRED)

EXPIRIES = (partnership_expiry, request_expiry)
"""All that expires."""
