"""What the tests of access stand on."""

from collections.abc import AsyncIterator

import pytest_asyncio

from tests.access.planting import Planted, plant
from tests.access.reference import CALLERS
from tests.clients import Api


@pytest_asyncio.fixture(scope="module")
async def planted(api: Api) -> AsyncIterator[dict[str, Planted]]:
    """By partner, a customer whose values are found again wherever they are shown."""
    partners = {caller.partner: caller for caller in CALLERS}
    yield {
        partner: await plant(api, partner, caller.cloud, reseller=caller.reseller)
        for partner, caller in partners.items()
    }
