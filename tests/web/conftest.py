"""The demo server and a browser, both real, for the tests of what people see."""

import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Page, Route, ViewportSize, async_playwright

from tests.processes.server import environment, started

_CHROMIUM_ARGUMENTS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
# Large enough that Monaco, which draws only the lines in sight and folds long ones, draws a whole answer as it is.
_VIEWPORT = ViewportSize(width=1800, height=1800)


@pytest.fixture(scope="session")
def chromium() -> str:
    path = shutil.which("chromium")
    if path is None:
        pytest.skip("SKIPPED FOR WANT OF CHROMIUM: the explorer was NOT tested. Install the system package 'chromium'.")
    return path


@contextmanager
def demo_server(folder: Path) -> Iterator[str]:
    """A demo server whose world is in the folder `data` there; its address."""
    with started(environment(DATA_DIR=folder / "data"), folder / "server.log") as (_, address):
        yield address


@pytest.fixture(scope="session")
def origin(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a demo server of its own, started only if there is a browser to look at it."""
    with demo_server(tmp_path_factory.mktemp("demo")) as address:
        yield address


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser(chromium: str) -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=list(_CHROMIUM_ARGUMENTS))
        yield browser
        await browser.close()


class Watch:
    """Collects what must not happen while a page is open."""

    def __init__(self, origin: str) -> None:
        self._origin = origin
        self.faults: list[str] = []

    def is_foreign(self, url: str) -> bool:
        return url.startswith(("http:", "https:", "ws:", "wss:")) and not url.startswith(f"{self._origin}/")

    async def refuse(self, route: Route) -> None:
        self.faults.append(f"asked another host: {route.request.url}")
        await route.abort()

    def hear(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.faults.append(f"console {message.type}: {message.text}")


@pytest_asyncio.fixture(loop_scope="module")
async def context(browser: Browser, origin: str) -> AsyncIterator[BrowserContext]:
    """A visitor without a past, who can reach the demo server and nothing else, and whose visit is free of faults."""
    watch = Watch(origin)
    context = await browser.new_context(viewport=_VIEWPORT, base_url=origin)
    await context.route(watch.is_foreign, watch.refuse)
    context.on("console", watch.hear)
    context.on("weberror", lambda error: watch.faults.append(f"uncaught: {error.error}"))
    await context.add_init_script(
        "addEventListener('securitypolicyviolation', e => console.error(`CSP ${e.violatedDirective} ${e.blockedURI}`))"
    )
    yield context
    await context.close()
    assert watch.faults == []


@pytest_asyncio.fixture(loop_scope="module")
async def page(context: BrowserContext) -> Page:
    """The explorer, loaded: the first tab's document is in the editor."""
    page = await context.new_page()
    await page.goto("/graphiql")
    await page.locator(".graphiql-query-editor").get_by_text("query").wait_for()
    return page
