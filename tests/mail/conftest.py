"""Outboxes with their relay."""

from collections.abc import AsyncIterator

import pytest_asyncio

from tests.clients import Api, serve_in_process
from tests.mail.relay import Relay, relay
from tests.mail.sending import Sender, sender, with_relay
from tests.worlds import World


@pytest_asyncio.fixture
async def smtp() -> AsyncIterator[Relay]:
    """A relay that takes everything from everybody, until it is told otherwise."""
    async with relay() as it:
        yield it


@pytest_asyncio.fixture
async def litware(world: World, smtp: Relay) -> AsyncIterator[Sender]:
    """Litware's outbox on a database of the test's own."""
    async with world.copy() as settings, sender(settings, smtp.port) as it:
        yield it


@pytest_asyncio.fixture
async def mailing(world: World, smtp: Relay) -> AsyncIterator[Api]:
    """A server that sends mail."""
    async with world.copy() as settings, serve_in_process(with_relay(settings, smtp.port)) as api:
        yield api
