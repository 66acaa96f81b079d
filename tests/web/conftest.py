"""The demo server and a browser, both real, for the tests of what people see."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Page, Route, ViewportSize, async_playwright

_PROJECT = Path(__file__).resolve().parents[2]
_START_SECONDS = 60
_STOP_SECONDS = 10
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


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _is_healthy(origin: str) -> bool:
    try:
        with urllib.request.urlopen(f"{origin}/healthz", timeout=2) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False


def _wait_until_healthy(process: "subprocess.Popen[bytes]", origin: str, log: Path) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while not _is_healthy(origin):
        try:
            # The pause between two attempts: it ends at once if the server gives up.
            process.wait(timeout=0.1)
        except subprocess.TimeoutExpired:
            if time.monotonic() < deadline:
                continue
        pytest.fail(f"The demo server did not become healthy. It said:\n{log.read_text()[-4000:]}")


@contextmanager
def _stopped_afterwards(process: "subprocess.Popen[bytes]") -> Iterator[None]:
    try:
        yield
    finally:
        process.terminate()
        try:
            process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@pytest.fixture(scope="session")
def origin(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a demo server of its own, started only if there is a browser to look at it."""
    folder = tmp_path_factory.mktemp("demo")
    port = _free_port()
    log = folder / "server.log"
    command = [sys.executable, "-m", "clientela.cli", "demo", "--port", str(port), "--data-dir", str(folder / "data")]
    with log.open("wb") as output:
        process = subprocess.Popen(command, cwd=_PROJECT, stdout=output, stderr=subprocess.STDOUT, env=os.environ)
    with _stopped_afterwards(process):
        address = f"http://127.0.0.1:{port}"
        _wait_until_healthy(process, address, log)
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
