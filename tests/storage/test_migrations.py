"""Migrations: up from empty they make the tables that the code has, and down again they leave nothing."""

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest_asyncio
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, insert, inspect, select, text
from sqlalchemy.ext.asyncio import AsyncEngine

from clientela.clock import utc_now
from clientela.database import make_engine
from clientela.demo.world import fill_demo_world
from clientela.migration import current_revision, migrate, newest_revision
from clientela.settings import Settings
from models import OutboxMail, Partner, metadata
from models.outbox import MailKind


@pytest_asyncio.fixture
async def bare(empty: Settings) -> AsyncIterator[AsyncEngine]:
    """A database without a single table."""
    engine = make_engine(empty)
    yield engine
    await engine.dispose()


async def tables(engine: AsyncEngine) -> set[str]:
    async with engine.connect() as connection:
        return set(await connection.run_sync(lambda sync: inspect(sync).get_table_names()))


async def constraints(engine: AsyncEngine) -> dict[str, list[Any]]:
    """Checks and partial indexes of every table, which Alembic does not compare."""

    def read(sync: Connection) -> dict[str, list[Any]]:
        found = inspect(sync)
        return {
            name: [
                sorted(str(check["name"]) for check in found.get_check_constraints(name)),
                sorted(str(index["name"]) for index in found.get_indexes(name)),
                sorted(str(key["name"]) for key in found.get_foreign_keys(name)),
            ]
            for name in metadata.tables
        }

    async with engine.connect() as connection:
        return await connection.run_sync(read)


async def assert_agrees_with_the_code(engine: AsyncEngine) -> None:
    """A developer who asks Alembic for the next revision is proposed none; else this raises what it proposes."""

    def check(sync: Connection) -> None:
        config = Config()
        config.set_main_option("script_location", str(Path(__file__).parents[2] / "migrations"))
        config.attributes["connection"] = sync
        command.check(config)

    async with engine.connect() as connection:
        await connection.run_sync(check)


async def test_up_from_empty_equals_the_tables_of_the_code(bare: AsyncEngine):
    await migrate(bare)
    assert await tables(bare) == {*metadata.tables, "alembic_version"}
    await assert_agrees_with_the_code(bare)
    assert await current_revision(bare) == newest_revision()


async def test_the_constraints_are_those_of_the_code(bare: AsyncEngine, empty: Settings):
    """Check constraints included, which no comparison of Alembic's sees."""
    await migrate(bare)
    migrated = await constraints(bare)
    await migrate(bare, "base")
    async with bare.execution_options(writes=True).begin() as connection:
        await connection.run_sync(metadata.create_all)
    assert await constraints(bare) == migrated
    names = [name for kinds in migrated.values() for names in kinds for name in names]
    assert [name for name in names if not re.fullmatch("(ck|ix|uq|fk)_.+", name)] == []


async def test_down_to_base_and_up_again(bare: AsyncEngine):
    await migrate(bare)
    await migrate(bare, "base")
    assert await tables(bare) == {"alembic_version"}
    assert await current_revision(bare) is None
    await migrate(bare)
    await assert_agrees_with_the_code(bare)


async def test_down_with_the_demo_world_in_it(bare: AsyncEngine):
    await migrate(bare)
    assert await fill_demo_world(bare, utc_now())
    await migrate(bare, "base")
    assert await tables(bare) == {"alembic_version"}


async def test_migrating_again_changes_nothing(bare: AsyncEngine):
    await migrate(bare)
    await migrate(bare)
    await assert_agrees_with_the_code(bare)


async def test_processes_that_start_together_migrate_one_after_the_other(empty: Settings):
    engines = [make_engine(empty) for _ in range(4)]
    await asyncio.gather(*(migrate(engine) for engine in engines))
    await assert_agrees_with_the_code(engines[0])
    for engine in engines:
        await engine.dispose()


async def test_every_index_leads_with_the_tenants_key(bare: AsyncEngine):
    """Issue 2, B: the tenant key comes first, so that one partner's rows lie together."""
    unscoped = {
        "ix_relationship_domain_name": "serves the foreign key to customer_domain.name, unique in the system",
        "ix_outbox_mail_due": "mail is delivered in the order in which it falls due, whoever's it is",
        "ix_event_xact": "every process takes the events of all partners together, in one order",
        "ix_idempotent_answer_answered_at": "answers are forgotten by their age, whoever's they are",
    }
    for table in metadata.tables.values():
        for index in table.indexes:
            if index.name not in unscoped:
                assert index.columns[0].name == "cloud", index.name


async def test_mail_that_waits_outlives_the_change_of_its_kinds(bare: AsyncEngine):
    """0009: a table that SQLite makes anew keeps its rows to the byte; down again, only the new kind is lost."""
    await migrate(bare)
    await fill_demo_world(bare, utc_now())
    async with bare.execution_options(writes=True).begin() as connection:
        (partner,) = (await connection.execute(select(Partner.__table__).limit(1))).all()
        for kind in MailKind:
            row = OutboxMail(
                id=uuid4(),
                cloud=partner.cloud,
                partner_id=partner.id,
                kind=kind,
                about_id=uuid4(),
                message_id=f"<{kind}@example.com>",
                sender_name="Ünïcode & Co.",
                recipient="anna@example.com",
                subject="Ciao",
                text="a\nb\n",
                correlation_id="c",
                created_at=utc_now(),
            )
            await connection.execute(insert(OutboxMail).values(row.model_dump()))
    before = await waiting(bare)
    assert len(before) == len(MailKind)
    await migrate(bare, "0008")
    await migrate(bare)
    assert await waiting(bare) == [row for row in before if "partnership" not in row]
    await assert_agrees_with_the_code(bare)


async def waiting(engine: AsyncEngine) -> list[tuple[Any, ...]]:
    """The outbox as the database has it."""
    async with engine.connect() as connection:
        return [tuple(row) for row in await connection.execute(text("select * from outbox_mail order by kind"))]


async def test_the_log_and_its_events_outlive_being_made_anew(bare: AsyncEngine):
    """0011: up and down, line by line; events come in the same order, and the next one behind them."""
    await migrate(bare)
    await fill_demo_world(bare, utc_now())
    before = await logged(bare)
    assert all(before)
    await migrate(bare, "0010")
    assert await logged(bare) == before
    await migrate(bare)
    assert await logged(bare) == before
    await assert_agrees_with_the_code(bare)


async def logged(engine: AsyncEngine) -> list[list[tuple[Any, ...]]]:
    """The lines of the log, and its events in their order."""
    events = "select number, cloud, partner_id, kind, subject_id, created_at from event order by number"
    async with engine.connect() as connection:
        return [
            [tuple(row) for row in await connection.execute(text(asked))]
            for asked in ("select * from activity_record order by id", events)
        ]
