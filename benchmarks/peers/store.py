"""Reads and writes of the Python peers with an ORM: a session a resolver, eager loading, one transaction a write."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import UTC, datetime
from secrets import token_hex
from typing import Any
from uuid import UUID, uuid4

import orjson
from sqlalchemy import Connection, event, or_, tuple_
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.orm import joinedload
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from benchmarks.peers.scope import ACTOR_ID, CLOUD, DATABASE_URL, PARTNER_ID, POOL_SIZE
from benchmarks.peers.tables import ActivityRow, AgreementRow, BillingProfileRow, CustomerRow, LinkRow

SQLITE = DATABASE_URL.startswith("sqlite")
engine = create_async_engine(
    DATABASE_URL,
    pool_size=POOL_SIZE,
    max_overflow=0,
    **({"connect_args": {"timeout": 10, "isolation_level": None}} if SQLITE else {}),
)
writing_engine = engine.execution_options(writes=True)

# A loader option may be used by any number of statements.
_customer = joinedload(LinkRow.customer, innerjoin=True)  # type: ignore[arg-type]
_agreements = _customer.selectinload(
    CustomerRow.agreements.and_(  # type: ignore[attr-defined]
        col(AgreementRow.type) == "microsoft_customer_agreement",
        or_(col(AgreementRow.partner_id) == PARTNER_ID, col(AgreementRow.partner_id).is_(None)),
    )
)

if SQLITE:

    @event.listens_for(engine.sync_engine, "connect")
    def _prepare(connection: Any, _record: object) -> None:  # noqa: ANN401 - the driver's own class
        for pragma in ("journal_mode = wal", "synchronous = normal", "foreign_keys = on"):
            connection.execute(f"pragma {pragma}").close()

    @event.listens_for(engine.sync_engine, "begin")
    def _begin(connection: Connection) -> None:
        # Two transactions that read first and write then would refuse each other.
        writes = connection.get_execution_options().get("writes", False)
        connection.exec_driver_sql("begin immediate" if writes else "begin")


def global_id(prefix: str, key: UUID) -> str:
    """The id that Clientela gives the same object."""
    return f"{prefix}_{key.hex}"


def key_of(text: str) -> UUID:
    """The key in such an id."""
    return UUID(text.rpartition("_")[2])


def cursor_of(link: LinkRow) -> str:
    """The place of a row in the list by name."""
    return urlsafe_b64encode(orjson.dumps([link.list_name_key, str(link.customer_id)])).decode()


async def find_customer(key: UUID, *, agreements: bool) -> LinkRow | None:
    """One customer of the partner.

    Args:
        key: The customer's tenant.
        agreements: Whether its agreements will be read too.
    """
    statement = (
        select(LinkRow)
        .where(
            col(LinkRow.cloud) == CLOUD,
            col(LinkRow.partner_id) == PARTNER_ID,
            col(LinkRow.customer_id) == key,
            col(LinkRow.status) == "active",
        )
        .options(_agreements if agreements else _customer)
    )
    async with AsyncSession(engine, expire_on_commit=False) as session:
        return (await session.exec(statement)).first()


async def list_customers(first: int, after: str | None, *, agreements: bool) -> list[LinkRow]:
    """A page of the partner's customers by name, and one more row if there is one.

    Args:
        first: Rows of the page.
        after: The cursor that the page before ended with.
        agreements: Whether their agreements will be read too.
    """
    statement = (
        select(LinkRow)
        .where(col(LinkRow.cloud) == CLOUD, col(LinkRow.partner_id) == PARTNER_ID, col(LinkRow.status) == "active")
        .order_by(col(LinkRow.list_name_key), col(LinkRow.customer_id))
        .limit(first + 1)
        .options(_agreements if agreements else _customer)
    )
    if after is not None:
        name, key = orjson.loads(urlsafe_b64decode(after))
        statement = statement.where(
            tuple_(col(LinkRow.list_name_key), col(LinkRow.customer_id)) > tuple_(name, UUID(key))
        )
    async with AsyncSession(engine, expire_on_commit=False) as session:
        return list((await session.exec(statement)).all())


async def update_profile(key: UUID, etag: str, values: dict[str, Any]) -> BillingProfileRow | None:
    """Replaces a billing profile and writes its line in the activity log: begin, select, update, insert, commit.

    Args:
        key: The customer's tenant.
        etag: The version that the caller read.
        values: Columns and their new values.

    Returns:
        The profile as it is now; None where there is none of that version.
    """
    async with AsyncSession(writing_engine, expire_on_commit=False) as session, session.begin():
        profile = await session.get(BillingProfileRow, (CLOUD, PARTNER_ID, key), with_for_update=True)
        if profile is None or profile.etag != etag:
            return None
        changes = [
            {"field": name, "old": getattr(profile, name), "new": value}
            for name, value in values.items()
            if getattr(profile, name) != value
        ]
        for name, value in values.items():
            setattr(profile, name, value)
        now = datetime.now(UTC)
        profile.etag = token_hex(16)
        profile.updated_at = now
        session.add(
            ActivityRow(
                id=uuid4(),
                cloud=CLOUD,
                partner_id=PARTNER_ID,
                occurred_at=now,
                operation="update_customer_billing_profile",
                resource_type="customer",
                status="succeeded",
                actor="peer",
                actor_id=ACTOR_ID,
                actor_kind="partner_user",
                actor_roles=["admin_agent"],
                actor_mfa=True,
                customer_id=key,
                customer_name=profile.company_name,
                customer_name_key=profile.company_name.casefold(),
                correlation_id=token_hex(16),
                changes=changes,
            )
        )
        return profile
