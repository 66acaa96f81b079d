"""Servers on databases of both kinds, for every test that asks for `api` or `fresh_api`."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.clients import Api, serve_in_process
from tests.worlds import POSTGRES, WANT_OF_POSTGRESQL, World, administer, fill, postgresql_answers, settings_for

TEMPLATE = "clientela_test_template"


@pytest_asyncio.fixture(scope="session", params=["sqlite", "postgresql"])
async def world(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    """The demo world, filled once a run on each kind of database."""
    folder = tmp_path_factory.mktemp("world")
    if request.param == "sqlite":
        template = folder / "template.sqlite3"
        await fill(settings_for(f"sqlite:///{template}", folder))
        yield World("sqlite", folder, str(template))
        return
    if not await postgresql_answers():
        pytest.skip(WANT_OF_POSTGRESQL)
    await administer(f"drop database if exists {TEMPLATE} with (force)")
    await administer(f"create database {TEMPLATE}")
    await fill(settings_for(f"{POSTGRES}/{TEMPLATE}", folder))
    yield World("postgresql", folder, TEMPLATE)
    await administer(f"drop database {TEMPLATE} with (force)")


@pytest_asyncio.fixture(scope="module")
async def api(world: World) -> AsyncIterator[Api]:
    """A server whose database the tests of one module share: add to it, but count nothing that others may add."""
    async with world.copy() as settings, serve_in_process(settings) as server:
        yield server


@pytest_asyncio.fixture
async def fresh_api(world: World) -> AsyncIterator[Api]:
    """A server on a database of one's own."""
    async with world.copy() as settings, serve_in_process(settings) as server:
        yield server
