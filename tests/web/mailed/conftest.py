"""A demo server that sends mail, for those whom it invites."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
import pytest_asyncio
from playwright.async_api import BrowserContext, Page

from tests.mail.relay import Relay, relay
from tests.processes.server import Server, environment, started


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def smtp() -> AsyncIterator[Relay]:
    async with relay() as it:
        yield it


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def server(chromium: str, smtp: Relay, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Server]:
    """A demo server that sends mail."""
    folder: Path = tmp_path_factory.mktemp("mailed")
    mail = {"SMTP_HOST": "127.0.0.1", "SMTP_PORT": smtp.port, "SMTP_SECURITY": "none", "MAIL_FROM": "us@example.com"}
    with started(environment(DATA_DIR=folder / "data", **mail), folder / "server.log") as (process, url):
        async with httpx.AsyncClient(base_url=url, timeout=30) as http:
            yield Server(process, url, http)


@pytest.fixture(scope="module")
def origin(server: Server) -> str:
    return server.url


@pytest_asyncio.fixture(loop_scope="module")
async def visitor(context: BrowserContext) -> Page:
    """A page that nobody is signed in at."""
    return await context.new_page()
