"""What a request left in the database: rows by table, lines of the log, the content of a customer's rows."""

from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Uuid, bindparam, select, text
from sqlmodel import col

from clientela.demo.organisations import find_person
from models import (
    ActivityRecord,
    Customer,
    CustomerDomain,
    Qualification,
)
from tests.access.resetting import OF_A_CUSTOMER
from tests.clients import Api

HELD = (CustomerDomain, *OF_A_CUSTOMER, Qualification)
KEYS = {str(Customer.__tablename__): "id", **{str(model.__tablename__): "customer_id" for model in HELD}}
# Read as they are stored: two thousand times a run, types would take longer than the rows.
STORED = [
    text(f"select * from {table} where {key} = :customer").bindparams(bindparam("customer", type_=Uuid()))
    for table, key in KEYS.items()
]


class Line(NamedTuple):
    """A line of the log, as far as it says who did what."""

    partner_id: UUID
    actor_id: UUID
    actor_kind: str
    operation: str
    status: str
    customer_id: UUID | None
    customer_name: str | None
    changes: list[dict[str, Any]]


async def newest_lines(api: Api, number: int) -> list[Line]:
    """The lines that were written last, the newest first."""
    columns = [col(getattr(ActivityRecord, name)) for name in Line._fields]
    newest = select(*columns).order_by(col(ActivityRecord.occurred_at).desc(), col(ActivityRecord.id).desc())
    async with api.database.connect() as connection:
        return [Line._make(row) for row in (await connection.execute(newest.limit(number))).all()]


def denied_line(name: str) -> Line:
    """The line of a mutation that was denied to somebody of the demo world: who, and no values."""
    person = find_person(name)
    assert person is not None
    kind = "partner_app" if person.is_app else "partner_user"
    return Line(person.tenant_id, person.id, kind, "access_denied", "failed", None, None, [])


async def content_of(api: Api, customer_id: UUID) -> list[list[str]]:
    """Everything that is stored of a customer by anybody, the log left out."""
    async with api.database.connect() as connection:
        found = [sorted(map(repr, await connection.execute(rows, {"customer": customer_id}))) for rows in STORED]
    assert found[0], "there is no such customer"
    return found


def difference(before: dict[str, int], after: dict[str, int]) -> dict[str, int]:
    """How many rows more each table has, the unchanged ones left out."""
    return {table: after[table] - before[table] for table in after if after[table] != before[table]}
