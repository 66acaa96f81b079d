"""SQLite numbers events by itself, from the newest on, which is never forgotten: no number comes twice."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from clientela.clock import utc_now
from clientela.database import make_engine
from resolvers.events import forget_events
from tests.worlds import World

COPY = """insert into activity_record
select lower(hex(randomblob(16))), cloud, partner_id, occurred_at, operation, resource_type, status, actor, actor_id,
    actor_kind, actor_roles, actor_mfa, customer_id, customer_name, customer_name_key, correlation_id, changes
from activity_record limit 3"""
"""Three lines of the log in one statement, as an import writes them."""


@pytest.mark.parametrize("world", ["sqlite"], indirect=True)
async def test_no_number_comes_twice(world: World):
    async with world.copy() as settings:
        engine = make_engine(settings)
        async with engine.execution_options(writes=True).begin() as connection:
            before = await connection.scalar(text("select max(number) from event"))
            for _ in range(2):
                await connection.execute(text(COPY))
                numbers = (await connection.scalars(text("select number from event order by number desc"))).all()
                newest = before + 3
                assert numbers[:3] == list(range(newest, before, -1))
                await connection.execute(forget_events(utc_now() + timedelta(days=1)))
                assert (await connection.scalars(text("select number from event"))).all() == [newest]
                before = newest
        await engine.dispose()
