"""Fills a database with any number of made-up customers, for load tests."""

import asyncio
import re
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from random import Random
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from sqlmodel import col

from clientela.database import refresh_statistics
from clientela.demo.batches import Batch, lock, write
from clientela.demo.catalogue import catalogue
from clientela.demo.companies import Company, domain_prefix, make_profile
from clientela.demo.customers import Terms, add_relationship, add_tenant, make_tenant
from clientela.demo.history import add_creation
from clientela.demo.organisations import Organisation, seed_organisation
from clientela.demo.partners import add_partner
from models import Partner, RelationshipDomain
from policy.vocabulary import Role

THREE_YEARS = timedelta(days=3 * 365)
CHUNK = 2_500  # customers in memory at once

# Steps through all combinations of words in an order that looks like none; prime, so it meets each one once.
_STRIDE = 104_729
_NUMBER = re.compile(r"([0-9]+)\.")


class _Chunk(NamedTuple):
    is_first: bool
    end: int
    batch: Batch


async def seed_customers(
    engine: AsyncEngine,
    *,
    customers: int,
    partners: int = 1,
    now: datetime,
    on_progress: Callable[[int], None],
) -> None:
    """Adds customers of the partners `seed-001`, `seed-002`, …, which are made where they do not exist.

    Everything is one transaction, so that a run that is interrupted leaves nothing behind. Seeding again adds more
    customers, numbered on from those that are there.

    Args:
        engine: A migrated database.
        customers: How many to add, spread evenly over the partners.
        partners: How many partners.
        now: The newest customer is of this time, the oldest of three years before.
        on_progress: Called after each chunk with the number of customers added so far.
    """
    async with engine.execution_options(writes=True).begin() as connection:
        await lock(connection)
        sellers = [seed_organisation(number) for number in range(1, partners + 1)]
        await _add_missing(connection, sellers, now - THREE_YEARS)
        first = await _last_number(connection) + 1
        chunks = _chunks(sellers, first, customers, now)
        chunk = next(chunks, None)
        while chunk is not None:
            # The next chunk is made while the database takes this one in.
            _, following = await asyncio.gather(write(connection, chunk.batch), asyncio.to_thread(next, chunks, None))
            # After the first chunk too: what checks the foreign keys would read all relationships of a partner for each
            # row, until the planner knows that a customer is one in many.
            if chunk.is_first or following is None:
                await refresh_statistics(connection)
            on_progress(chunk.end)
            chunk = following


async def _add_missing(connection: AsyncConnection, sellers: Sequence[Organisation], created_at: datetime) -> None:
    ids = [seller.id for seller in sellers]
    present = set(await connection.scalars(select(col(Partner.id)).where(col(Partner.id).in_(ids))))
    batch = Batch()
    for seller in sellers:
        if seller.id not in present:
            add_partner(batch, seller, created_at)
    await write(connection, batch)


async def _last_number(connection: AsyncConnection) -> int:
    seeded = select(col(Partner.id)).where(col(Partner.domain).like("seed-%"))
    names = await connection.stream_scalars(
        select(col(RelationshipDomain.name)).where(col(RelationshipDomain.partner_id).in_(seeded))
    )
    last = 0
    async for name in names:
        last = max(last, *map(int, _NUMBER.findall(name)))
    return last


def _chunks(sellers: Sequence[Organisation], first: int, customers: int, now: datetime) -> Iterator[_Chunk]:
    rng = Random(first)  # noqa: S311 - not cryptography: the same customers every time
    for start in range(0, customers, CHUNK):
        end = min(start + CHUNK, customers)
        batch = Batch()
        for index in range(start, end):
            created_at = now - THREE_YEARS * (1 - (index + 1) / customers)
            _add_customer(batch, sellers[index % len(sellers)], first + index, created_at, rng)
        yield _Chunk(start == 0, end, batch)


def _add_customer(batch: Batch, partner: Organisation, number: int, created_at: datetime, rng: Random) -> None:
    tenant = make_tenant(partner.cloud, _company(number, rng), created_at, rng)
    add_tenant(batch, tenant, rng)
    add_relationship(batch, tenant, partner.id, tenant.company.profile, terms=Terms(created_at), rng=rng)
    add_creation(batch, tenant, partner.id, partner.person(Role.SALES_AGENT), rng)


def _company(number: int, rng: Random) -> Company:
    """The company of that number: its name is the number's alone, so no two have the same."""
    parts = catalogue()["countries"]["US"]
    lists = (parts["words"], parts["families"], parts["trades"], parts["legal_forms"])
    combinations = len(lists[0]) * len(lists[1]) * len(lists[2]) * len(lists[3])
    rest, round_ = number * _STRIDE % combinations, number // combinations
    chosen = []
    for words in lists:
        rest, position = divmod(rest, len(words))
        chosen.append(words[position])
    word, family, trade, legal_form = chosen
    again = f" {round_ + 1}" if round_ else ""
    prefix = f"{domain_prefix(word + family)}{number}"
    profile = make_profile(
        f"{word} {family} {trade}{again} {legal_form}", prefix, "US", rng.choice(parts["cities"]), rng
    )
    return Company("US", prefix, profile)
