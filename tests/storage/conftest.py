"""Migrated databases of both kinds for tests that come in by the database."""

from collections.abc import AsyncIterator

import pytest_asyncio
from sqlalchemy.ext.asyncio import AsyncEngine

from clientela.database import make_engine
from clientela.settings import Settings
from tests.worlds import World


@pytest_asyncio.fixture
async def empty(world: World) -> AsyncIterator[Settings]:
    """Settings of a server on a database without a single table."""
    async with world.empty() as settings:
        yield settings


@pytest_asyncio.fixture(scope="module")
async def without_rows(world: World) -> AsyncIterator[World]:
    """A migrated database without a row, to be copied."""
    async with world.without_rows() as template:
        yield template


@pytest_asyncio.fixture
async def engine(without_rows: World) -> AsyncIterator[AsyncEngine]:
    """A migrated database without a row."""
    async with without_rows.copy() as settings:
        engine = make_engine(settings)
        yield engine
        await engine.dispose()
