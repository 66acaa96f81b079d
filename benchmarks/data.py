"""The databases that the servers run on: seeded once, kept, and made anew when what they are made from changed."""

import hashlib
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from uuid import UUID

import asyncpg
from sqlalchemy import and_, select, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from sqlmodel import col

from benchmarks.places import WORK
from clientela.database import make_engine, refresh_statistics
from clientela.demo.batches import Batch, write
from clientela.demo.customers import uuid7
from clientela.demo.history import CUSTOMER_AGREEMENT_TEMPLATE
from clientela.demo.seed import seed_customers
from clientela.migration import migrate, newest_revision
from clientela.settings import Settings
from models import Agreement, BillingProfile, Customer
from models.agreement import AgreementMethod, AgreementType
from resolvers.naming import fold

RECIPE = 1
"""Raised when the data should be made anew though its description below did not change."""

NOW = datetime(2026, 1, 1, tzinfo=UTC)
CHUNK = 5_000


@dataclass(frozen=True)
class World:
    """What a database holds.

    Attributes:
        name: Of the database, or of the file.
        steps: Calls of the seeding code, each as (customers to add, over the first so many partners).
        partners: How many customers a partner ends up with, by the number in its name `seed-001`.
        agreements: Whether each customer gets two acceptances of the customer agreement, which seeding leaves out.
    """

    name: str
    steps: tuple[tuple[int, int], ...]
    partners: dict[int, int]
    agreements: bool = False

    @property
    def key(self) -> str:
        """Changes with everything that the content depends on."""
        recipe = repr((RECIPE, self.steps, self.agreements, newest_revision()))
        return hashlib.sha256(recipe.encode()).hexdigest()[:12]


HUNDRED_THOUSAND = World("clientela_bench", ((100_000, 100),), {1: 1_000}, agreements=True)
# The first call gives three partners 100 each, the next ones raise two of them and then one.
TWO_SIZES = World("clientela_bench_growth", ((300, 3), (19_800, 2)), {3: 100, 2: 10_000})
THREE_SIZES = World("clientela_bench_million", ((300, 3), (19_800, 2), (990_000, 1)), {3: 100, 2: 10_000, 1: 1_000_000})


async def postgres_database(server: str, world: World) -> str:
    """The URL of a filled PostgreSQL database; fills it where the one that is there is of another key.

    Args:
        server: URL of a server on which the user may create databases, without a database's name.
        world: What it holds.
    """
    admin = await asyncpg.connect(f"{server}/postgres")
    url = f"{server}/{world.name}"
    try:
        if await admin.fetchval(_COMMENT, world.name) == world.key:
            return url
        await admin.execute(f'drop database if exists "{world.name}" with (force)')
        await admin.execute(f'create database "{world.name}"')
        await _fill(url, world)
        # Last: a database that was left half filled carries no key.
        await admin.execute(f"comment on database \"{world.name}\" is '{world.key}'")
    finally:
        await admin.close()
    filled = await asyncpg.connect(url)
    await filled.execute("vacuum (analyze)")
    await filled.close()
    return url


_COMMENT = "select shobj_description(oid, 'pg_database') from pg_database where datname = $1"


async def sqlite_database(world: World) -> str:
    """The URL of a filled SQLite file; fills one where there is none of this key."""
    path = WORK / f"{world.name}-{world.key}.sqlite3"
    if not path.exists():
        draft = path.with_suffix(".draft")
        for left in WORK.glob(f"{world.name}-*"):
            left.unlink()
        await _fill(f"sqlite:///{draft}", world)
        draft.rename(path)
    return f"sqlite:///{path}"


def engine_for(url: str) -> AsyncEngine:
    """An engine as the server itself makes it."""
    return make_engine(Settings.model_validate({"database_url": url, "data_dir": Path(WORK)}))


async def _fill(url: str, world: World) -> None:
    engine = engine_for(url)
    await migrate(engine)
    for customers, partners in world.steps:

        def progress(done: int, wanted: int = customers) -> None:
            sys.stderr.write(f"\rseeding {world.name}: {done} of {wanted} customers ")

        await seed_customers(engine, customers=customers, partners=partners, now=NOW, on_progress=progress)
        sys.stderr.write("\n")
    if world.agreements:
        async with engine.execution_options(writes=True).begin() as connection:
            await _add_agreements(connection)
            await refresh_statistics(connection)
    if engine.dialect.name == "sqlite":
        async with engine.connect() as connection:
            await connection.execute(text("pragma wal_checkpoint(truncate)"))
    await engine.dispose()


async def _add_agreements(connection: AsyncConnection) -> None:
    profiles = (
        select(
            col(BillingProfile.cloud),
            col(BillingProfile.partner_id),
            col(BillingProfile.customer_id),
            col(BillingProfile.email),
            col(Customer.created_at),
        )
        .join(
            Customer,
            and_(col(Customer.cloud) == col(BillingProfile.cloud), col(Customer.id) == col(BillingProfile.customer_id)),
        )
        .order_by(col(BillingProfile.customer_id))
    )
    rows = (await connection.execute(profiles)).all()
    rng = Random(RECIPE)
    for start in range(0, len(rows), CHUNK):
        batch = Batch()
        for row in rows[start : start + CHUNK]:
            _add_acceptance(batch, row.cloud, row.customer_id, row.partner_id, row.email, row.created_at, rng)
            _add_acceptance(batch, row.cloud, row.customer_id, None, row.email, row.created_at, rng)
        await write(connection, batch)


def _add_acceptance(
    batch: Batch,
    cloud: str,
    customer_id: UUID,
    partner_id: UUID | None,
    email: str,
    at: datetime,
    rng: Random,
) -> None:
    batch.add(
        Agreement,
        id=uuid7(at, rng),
        cloud=cloud,
        customer_id=customer_id,
        partner_id=partner_id,
        type=AgreementType.MICROSOFT_CUSTOMER_AGREEMENT,
        method=AgreementMethod.PARTNER_ATTESTATION if partner_id else AgreementMethod.DIRECT_ACCEPTANCE,
        template_id=CUSTOMER_AGREEMENT_TEMPLATE,
        # Apart, so that the order by date is one order.
        agreed_on=at if partner_id else at.replace(microsecond=0),
        contact_first_name="Ada",
        contact_last_name="Byron",
        contact_email=email,
        contact_phone_number=None,
        contact_key=fold(f"Ada|Byron|{email}|"),
        recorded_by=email,
        created_at=at,
    )
