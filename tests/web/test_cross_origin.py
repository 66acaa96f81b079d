"""A front end on another origin, in a real browser: the named one asks and reads, another gets nothing."""

import json
from collections.abc import AsyncIterator, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import httpx
import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page

from tests.processes.server import environment, started

pytestmark = pytest.mark.asyncio(loop_scope="module")

ASK = """async ([url, token, method]) => {
  const headers = { authorization: `Bearer ${token}`, "idempotency-key": "a", "x-correlation-id": "from-a-page" };
  const asked = method === "GET"
    ? fetch(`${url}/graphql?query={__typename}`, { headers })
    : fetch(`${url}/graphql`, {
        method, headers: { ...headers, "content-type": "application/json" }, body: '{"query": "{ __typename }"}'
      });
  try {
    const answer = await asked;
    return [answer.status, answer.headers.get("x-correlation-id"), await answer.json()];
  } catch (error) {
    return error.name;
  }
}"""


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Says nothing."""


@pytest.fixture(scope="module")
def front(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The port of a front end with one empty page."""
    folder = tmp_path_factory.mktemp("front")
    (folder / "index.html").write_text("<!doctype html><link rel='icon' href='data:,'><title>Front end</title>")
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=folder)) as server:
        Thread(target=server.serve_forever).start()
        yield server.server_port
        server.shutdown()


@pytest.fixture(scope="module")
def api(chromium: str, front: int, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """A server that is open to 127.0.0.1 and not to localhost, and a token for it."""
    folder: Path = tmp_path_factory.mktemp("api")
    env = environment(DATA_DIR=folder, CORS_ORIGINS=json.dumps([f"http://127.0.0.1:{front}"]))
    with started(env, folder / "server.log") as (_, url):
        yield url, httpx.post(f"{url}/development/token", json={"as": "sales-agent@litware"}).json()["token"]


@pytest_asyncio.fixture(loop_scope="module")
async def page(browser: Browser) -> AsyncIterator[Page]:
    context = await browser.new_context()
    yield await context.new_page()
    await context.close()


@pytest.mark.parametrize("method", ["POST", "GET"])
async def test_a_page_of_the_named_origin_asks_and_reads(page: Page, front: int, api: tuple[str, str], method: str):
    await page.goto(f"http://127.0.0.1:{front}/")
    answer: Any = await page.evaluate(ASK, [*api, method])
    assert answer == [200, "from-a-page", {"data": {"__typename": "Query"}}]
    # A refusal can be read too.
    status, correlation_id, body = await page.evaluate(ASK, [api[0], "nobody", method])
    assert (status, correlation_id, body["errors"][0]["extensions"]["code"]) == (401, "from-a-page", "UNAUTHENTICATED")


@pytest.mark.parametrize("method", ["POST", "GET"])
async def test_a_page_of_another_origin_gets_nothing(page: Page, front: int, api: tuple[str, str], method: str):
    await page.goto(f"http://localhost:{front}/")
    assert await page.evaluate(ASK, [*api, method]) == "TypeError"
