"""What the tests of access stand on."""

import sys
from collections.abc import AsyncIterator
from contextlib import redirect_stderr

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
async def overheard(api: Api) -> AsyncIterator[Overheard]:
    """What the server tells, writes and logs, which is whatever a server process may log.

    Requests are logged to what is standard error when they are: `redirect_stderr(overheard.log)` in the test itself,
    for pytest puts its own there between a fixture and its test.
    """
    log, hooks, former = Tee(sys.stderr), api.http.event_hooks["response"], structlog.get_config()
    with redirect_stderr(log):
        configure_logs("DEBUG")
    it = Overheard(Writings(api), log)
    api.http.event_hooks = {"response": [*hooks, it.hear]}
    yield it
    api.http.event_hooks = {"response": hooks}
    structlog.configure(**former)
