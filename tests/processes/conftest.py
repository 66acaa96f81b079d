"""Server processes that tests share."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.processes.server import Deployment, deployed
from tests.worlds import World


@pytest_asyncio.fixture(scope="module")
async def two(world: World, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Deployment]:
    """Two processes on one copy of the demo world."""
    async with world.copy() as settings, deployed(settings, tmp_path_factory.mktemp("two"), 2) as deployment:
        yield deployment
