"""What is asked about, and what the answers must hold: read from the tables with plain statements, past all servers."""

import asyncio
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, delete, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from benchmarks.data import engine_for
from clientela.demo.organisations import Person, seed_organisation
from models import ActivityRecord, Agreement, BillingProfile, Customer, Relationship
from models.agreement import AgreementType
from policy.vocabulary import Role
from resolvers.visibility import Rows

Row = dict[str, Any]
ASKED_FOR_ONE = 100
"""How many customers the reads of one customer go round."""

LONGEST_PAGE = 500
UPDATED = "update_customer_billing_profile"


@dataclass(frozen=True)
class Subject:
    """One partner's customers.

    Attributes:
        url: The database.
        partner: The partner's number; it is called `seed-001` and so on.
        rows: Its first customers by name, one more than the longest page, as `comparable` of the answers has them.
    """

    url: str
    partner: int
    rows: list[Row]

    @property
    def person(self) -> Person:
        """Who asks: an admin agent, whom no field that is asked for is denied."""
        return seed_organisation(self.partner).person(Role.ADMIN_AGENT)

    def some_customers(self) -> list[UUID]:
        """The customers that reads of one customer go round."""
        return [row["tenantId"] for row in self.rows[:ASKED_FOR_ONE]]


@dataclass(frozen=True)
class Profile:
    """A billing profile to update: what is stored now."""

    id: UUID
    customer_id: UUID
    etag: str
    values: dict[str, str | None]


async def read_subject(url: str, partner: int) -> Subject:
    """Reads what the answers about a partner's customers must hold."""
    engine = engine_for(url)
    async with engine.connect() as connection:
        tenant = seed_organisation(partner).id
        rows = [_comparable(row) for row in await connection.execute(_customers(tenant))]
        agreements = await _agreements(connection, tenant, [row["tenantId"] for row in rows])
    await engine.dispose()
    for row in rows:
        row["agreements"] = agreements[row["tenantId"]]
    return Subject(url, partner, rows)


async def read_profiles(subject: Subject, count: int) -> list[Profile]:
    """The billing profiles of the partner's first customers, as they are now."""
    engine = engine_for(subject.url)
    columns = BillingProfile.__table__.columns  # type: ignore[attr-defined]
    wanted = [row["tenantId"] for row in subject.rows[:count]]
    async with engine.connect() as connection:
        found = (
            await connection.execute(
                select(*columns).where(
                    columns.partner_id == seed_organisation(subject.partner).id, columns.customer_id.in_(wanted)
                )
            )
        ).mappings()
        profiles = [Profile(row["id"], row["customer_id"], row["etag"], dict(row)) for row in found]
    await engine.dispose()
    return profiles


async def count_updates(subject: Subject) -> int:
    """How many lines the activity log has of updates that the partner's people made."""
    engine = engine_for(subject.url)
    async with engine.connect() as connection:
        count = await connection.scalar(
            select(func.count())
            .select_from(ActivityRecord)
            .where(
                col(ActivityRecord.partner_id) == seed_organisation(subject.partner).id,
                col(ActivityRecord.operation) == UPDATED,
            )
        )
    await engine.dispose()
    return count or 0


async def settled_updates(subject: Subject) -> int:
    """As `count_updates`, once nothing is under way: wrk leaves without waiting for the last answers."""
    before, count = -1, await count_updates(subject)
    while count != before:
        await asyncio.sleep(0.3)
        before, count = count, await count_updates(subject)
    return count


async def forget_updates(subject: Subject) -> None:
    """Deletes those lines, so that every round begins with the same log."""
    engine = engine_for(subject.url)
    async with engine.execution_options(writes=True).begin() as connection:
        await connection.execute(delete(ActivityRecord).where(col(ActivityRecord.operation) == UPDATED))
    async with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        if connection.dialect.name == "postgresql":
            await connection.exec_driver_sql("vacuum (analyze) activity_record")
            await connection.exec_driver_sql("vacuum (analyze) billing_profile")
    await engine.dispose()


def instant(value: datetime) -> datetime:
    """To the millisecond: JavaScript has nothing finer."""
    return value.replace(microsecond=value.microsecond // 1000 * 1000)


def _customers(tenant: UUID) -> Rows:
    return (
        select(
            col(Customer.id),
            col(Relationship.list_name),
            col(Customer.domain),
            col(Customer.country),
            col(Customer.cloud),
            col(Customer.created_at),
            col(Customer.account_verification),
            col(Relationship.role),
            col(Relationship.status),
            col(Relationship.since),
        )
        .join(
            Customer,
            and_(col(Customer.cloud) == col(Relationship.cloud), col(Customer.id) == col(Relationship.customer_id)),
        )
        .where(col(Relationship.partner_id) == tenant)
        .order_by(col(Relationship.list_name_key), col(Relationship.customer_id))
        .limit(LONGEST_PAGE + 1)
    )


def _comparable(row: Any) -> Row:  # noqa: ANN401 - a row of the SELECT above
    return {
        "tenantId": row.id,
        "companyName": row.list_name,
        "domain": row.domain,
        "country": row.country,
        "cloud": row.cloud.name,
        "createdAt": instant(row.created_at),
        "accountVerification": row.account_verification.name,
        "relationship": {"role": row.role.name, "status": row.status.name, "since": instant(row.since)},
    }


async def _agreements(connection: AsyncConnection, tenant: UUID, customers: list[UUID]) -> dict[UUID, list[Row]]:
    found: dict[UUID, list[Row]] = {key: [] for key in customers}
    statement = (
        select(col(Agreement.customer_id), col(Agreement.type), col(Agreement.method), col(Agreement.agreed_on))
        .where(
            col(Agreement.customer_id).in_(customers),
            col(Agreement.type) == AgreementType.MICROSOFT_CUSTOMER_AGREEMENT,
            or_(col(Agreement.partner_id) == tenant, col(Agreement.partner_id).is_(None)),
        )
        .order_by(col(Agreement.agreed_on).desc(), col(Agreement.id).desc())
    )
    for row in await connection.execute(statement):
        entry = {"type": row.type.name, "method": row.method.name, "agreedOn": instant(row.agreed_on)}
        found[row.customer_id].append(entry)
    return found
