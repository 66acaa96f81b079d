"""Seeding for load tests: as many as asked for, whole, and never the same twice."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlmodel import SQLModel, col

from clientela.demo.organisations import find_person, seed_organisation
from clientela.demo.seed import seed_customers
from clientela.demo.world import fill_demo_world
from models import (
    ActivityRecord,
    BillingProfile,
    Customer,
    CustomerDomain,
    CustomerUser,
    Partner,
    PartnerUser,
    Relationship,
    RelationshipDomain,
)

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
OF_A_CUSTOMER = (
    Customer,
    CustomerDomain,
    CustomerUser,
    Relationship,
    RelationshipDomain,
    BillingProfile,
    ActivityRecord,
)


async def seed(engine: AsyncEngine, customers: int, partners: int = 1) -> list[int]:
    progress: list[int] = []
    await seed_customers(engine, customers=customers, partners=partners, now=NOW, on_progress=progress.append)
    return progress


async def count(engine: AsyncEngine, model: type[SQLModel]) -> int:
    async with engine.connect() as connection:
        return (await connection.execute(select(func.count()).select_from(model))).scalar_one()


async def test_each_partner_gets_its_share(engine: AsyncEngine) -> None:
    assert await seed(engine, 300, partners=3) == [300]
    assert [await count(engine, model) for model in OF_A_CUSTOMER] == [300] * len(OF_A_CUSTOMER)
    async with engine.connect() as connection:
        shares = await connection.execute(select(col(Relationship.partner_id), func.count()).group_by("partner_id"))
        assert dict(shares.all()) == {seed_organisation(number).id: 100 for number in (1, 2, 3)}
        users = set(await connection.scalars(select(col(PartnerUser.id))))
    agent = find_person("sales-agent@seed-002")
    assert agent is not None
    assert agent.id in users
    assert len(users) == 12


async def test_seeding_again_adds_customers_of_other_names(engine: AsyncEngine) -> None:
    assert await seed(engine, 3000) == [2500, 3000]
    assert await seed(engine, 300, partners=2) == [300]
    assert await count(engine, Partner) == 2
    async with engine.connect() as connection:
        names = set(await connection.scalars(select(col(Relationship.list_name_key))))
        domains = set(await connection.scalars(select(col(Customer.domain))))
    assert len(names) == len(domains) == 3300


async def test_prefixes_are_selective(engine: AsyncEngine) -> None:
    await seed(engine, 2000)
    async with engine.connect() as connection:
        start = func.substr(col(Relationship.list_name_key), 1, 4).label("start")
        counts = [number for _, number in await connection.execute(select(start, func.count()).group_by(start))]
    assert len(counts) > 40
    assert max(counts) < 2000 / 20


async def test_the_demo_world_stays_as_it_is(engine: AsyncEngine) -> None:
    await fill_demo_world(engine, NOW)
    before = await count(engine, Customer)
    await seed(engine, 10)
    assert await count(engine, Customer) == before + 10


async def test_an_interrupted_run_leaves_nothing_behind(engine: AsyncEngine) -> None:
    def interrupt(_: int) -> None:
        raise KeyError("enough")

    with pytest.raises(KeyError):
        await seed_customers(engine, customers=10, now=NOW, on_progress=interrupt)
    assert await count(engine, Customer) == await count(engine, Partner) == 0
