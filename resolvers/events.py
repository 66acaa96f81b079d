"""Events in the order that every process and every subscriber agrees on.

On PostgreSQL a row may be committed long after another that was written later. So events are taken in batches: each
ends at a horizon, a transaction id below which every transaction had ended, and horizons are written down for all
processes. Between two horizons the set of events is final, and there they are in the order of their numbers. On SQLite,
with its one writer, the numbers alone are that order (decision 23).
"""

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Delete,
    String,
    Text,
    Uuid,
    and_,
    bindparam,
    cast,
    delete,
    func,
    select,
    tuple_,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped
from sqlmodel import col

from models import Event, EventHorizon
from models.base import UtcDateTime, stored
from models.event import EventKind
from policy.vocabulary import Cloud
from resolvers.visibility import Rows, viewer_cloud, viewer_tenant

MOST_AT_ONCE = 500


class EventRow(NamedTuple):
    """One event, and where it stands: events are ordered by batch, then by number."""

    batch: int
    number: int
    xact: int
    cloud: Cloud
    partner_id: UUID
    kind: EventKind
    subject_id: UUID


class Cursor(NamedTuple):
    """A place in the order of events: behind the event of this batch and number.

    Attributes:
        floor: No event behind this place has a smaller `xact`.
    """

    batch: int
    number: int
    floor: int


@dataclass(frozen=True, slots=True)
class Progress:
    """How far events are final.

    Attributes:
        newest: The newest horizon that was written down; events below it have their place for good.
        due: Whether there are events beyond it that are final by now.
        waiting: Whether there are events that an older transaction, still running, holds up.
    """

    newest: int
    due: bool
    waiting: bool


LAST_OF_A_BATCH = 2**62


def start_at(horizon: int) -> Cursor:
    """The place behind everything below a horizon."""
    return Cursor(horizon, LAST_OF_A_BATCH, horizon)


@cache
def progress(dialect: str) -> Rows:
    """One row of `newest`, `due` and `waiting`."""
    if dialect == "sqlite":
        return select(
            (func.coalesce(func.max(col(Event.number)), 0) + 1).label("newest"),
            (func.count() < 0).label("due"),
            (func.count() < 0).label("waiting"),
        )
    newest = select(func.coalesce(func.max(col(EventHorizon.xact)), 0)).scalar_subquery()
    final = select(1).where(col(Event.xact) >= newest, col(Event.xact) < _oldest_running()).exists()
    waiting = select(1).where(col(Event.xact) >= _oldest_running()).exists()
    return select(newest.label("newest"), final.label("due"), waiting.label("waiting"))


@cache
def alone() -> Rows:
    """On PostgreSQL: waits until no other process writes a horizon down."""
    return select(cast(func.pg_advisory_xact_lock(func.hashtextextended("clientela.event_horizon", 0)), Text))


@cache
def write_horizon() -> Any:  # noqa: ANN401 - an INSERT with a clause of PostgreSQL's
    """On PostgreSQL: writes down how far events are final now; after `alone`, in its transaction."""
    newest = select(func.coalesce(func.max(col(EventHorizon.xact)), 0)).scalar_subquery()
    now = select(_oldest_running().label("xact")).subquery()
    return insert(EventHorizon).from_select(["xact"], select(now.c.xact).where(now.c.xact > newest))


@cache
def running() -> Rows:
    """On PostgreSQL: the snapshot of now, by which one tells what is committed."""
    return select(cast(func.pg_current_snapshot(), String).label("snapshot"))


@cache
def events_behind(dialect: str, *, of_viewer: bool) -> Rows:
    """The next events behind a cursor and below `until`, of one partner or of all, in their order."""
    batch, xact = _batch(dialect), _xact(dialect)
    conditions = [
        xact >= bindparam("floor", type_=BigInteger),
        xact < bindparam("until", type_=BigInteger),
        tuple_(batch, col(Event.number))
        > tuple_(bindparam("batch", type_=BigInteger), bindparam("number", type_=BigInteger)),
    ]
    if of_viewer:
        conditions += [col(Event.cloud) == viewer_cloud, col(Event.partner_id) == viewer_tenant]
        if dialect == "sqlite":
            # It always is; said so that the partner's index leads to the number.
            conditions.append(col(Event.xact) == 0)
    return _events(dialect, batch).where(and_(*conditions)).order_by(batch, col(Event.number)).limit(MOST_AT_ONCE)


@cache
def event_about(dialect: str) -> Rows:
    """The viewer's event of a kind about a subject; its batch is 0 while that is not final."""
    return _events(dialect, func.coalesce(_batch(dialect), 0)).where(
        col(Event.cloud) == viewer_cloud,
        col(Event.partner_id) == viewer_tenant,
        col(Event.subject_id) == bindparam("subject_id", type_=Uuid()),
        col(Event.kind) == bindparam("kind", type_=stored(EventKind, "kind")),
    )


@cache
def batch_floor(dialect: str) -> Rows:
    """Where the batch begins that ends at the horizon `batch`."""
    batch = bindparam("batch", type_=BigInteger)
    if dialect == "sqlite":
        return select((batch - 1).label("floor"))
    return select(func.coalesce(func.max(col(EventHorizon.xact)), 0).label("floor")).where(
        col(EventHorizon.xact) < batch
    )


def forget_events(before: datetime) -> Delete:
    """The statement that deletes events which no subscriber can name any more.

    The newest stays: SQLite counts on from it, and a number that came again would have no place behind the others.
    """
    newest = select(func.max(col(Event.number))).scalar_subquery()
    old = col(Event.created_at) < bindparam("before", before, type_=UtcDateTime())
    return delete(Event).where(old, col(Event.number) < newest)


def _xact(dialect: str) -> Mapped[int]:
    return col(Event.number if dialect == "sqlite" else Event.xact)


def _batch(dialect: str) -> ColumnElement[int]:
    if dialect == "sqlite":
        return col(Event.number) + 1
    return select(func.min(col(EventHorizon.xact))).where(col(EventHorizon.xact) > col(Event.xact)).scalar_subquery()


def _events(dialect: str, batch: ColumnElement[int]) -> Rows:
    rest: list[Mapped[Any]] = [col(getattr(Event, label)) for label in EventRow._fields[3:]]
    return select(batch.label("batch"), col(Event.number), _xact(dialect).label("xact"), *rest)


def _oldest_running() -> ColumnElement[int]:
    return cast(func.clientela_event_horizon(), BigInteger)
