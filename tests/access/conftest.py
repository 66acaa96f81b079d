"""What the tests of access stand on."""

import sys
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
import structlog

from clientela.logs import configure_logs
from tests.access.overheard import Overheard, Tee
from tests.access.planting import Planted, plant
from tests.access.reference import CALLERS
from tests.access.writings import Writings
from tests.clients import Api


@pytest_asyncio.fixture(scope="module")
async def planted(api: Api) -> AsyncIterator[dict[str, Planted]]:
    """By partner, a customer whose values are found again wherever they are shown."""
    partners = {caller.partner: caller for caller in CALLERS}
    yield {
        partner: await plant(api, partner, caller.cloud, reseller=caller.reseller)
        for partner, caller in partners.items()
    }


@pytest_asyncio.fixture
async def overheard(api: Api, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Overheard]:
    """What the server tells, writes and logs from now on; it logs as a server process does that says everything."""
    log, hooks, former = Tee(sys.stderr), api.http.event_hooks["response"], structlog.get_config()
    monkeypatch.setattr(sys, "stderr", log)
    configure_logs("DEBUG")
    it = Overheard(Writings(api), log)
    api.http.event_hooks = {"response": [*hooks, it.hear]}
    yield it
    api.http.event_hooks = {"response": hooks}
    structlog.configure(**former)
