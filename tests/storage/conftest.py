"""Migrated databases of both kinds for tests that come in by the database."""

from collections.abc import AsyncIterator

import pytest_asyncio
from sqlalchemy.ext.asyncio import AsyncEngine

from clientela.database import make_engine
from clientela.migration import migrate
from clientela.settings import Settings
from tests.worlds import World


@pytest_asyncio.fixture
async def empty(world: World) -> AsyncIterator[Settings]:
    """Settings of a server on a database without a single table."""
    async with world.empty() as settings:
        yield settings


@pytest_asyncio.fixture
async def engine(empty: Settings) -> AsyncIterator[AsyncEngine]:
    """A migrated database without a row."""
    engine = make_engine(empty)
    await migrate(engine)
    yield engine
    await engine.dispose()
