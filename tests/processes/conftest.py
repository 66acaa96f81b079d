"""Server processes that tests share."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.processes.server import Deployment, deployed
from tests.worlds import World

# A few people race for minutes on end; 0 sets no limit.
UNLIMITED = {f"rate_{whose}_mutations": 0 for whose in ("user", "application", "address")}


@pytest_asyncio.fixture(scope="module")
async def two(world: World, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Deployment]:
    """Two processes on one copy of the demo world."""
    folder = tmp_path_factory.mktemp("two")
    async with world.copy() as settings, deployed(settings.model_copy(update=UNLIMITED), folder, 2) as deployment:
        yield deployment
