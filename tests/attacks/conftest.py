"""One server process for all attacks."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.attacks.victim import Victim
from tests.processes.server import served
from tests.worlds import World

SHORT = {"body_seconds": 1.0, "header_seconds": 2.0, "keep_alive_seconds": 2, "stream_send_seconds": 1}


@pytest_asyncio.fixture(scope="module")
async def victim(world: World, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Victim]:
    """A server as an operator runs it, with the limits at their defaults but for waiting, which tests cut short."""
    log = tmp_path_factory.mktemp("victim") / "log"
    async with world.copy() as settings, served(settings.model_copy(update=SHORT), log) as server:
        found = Victim(server, log)
        await found.serves()
        yield found
