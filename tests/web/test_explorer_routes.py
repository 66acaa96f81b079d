"""The routes of the explorer, without a browser: what they answer before a build, and to unusual requests."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette

from clientela import explorer


@pytest.fixture
def build(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a small build."""
    (tmp_path / "assets").mkdir()
    (tmp_path / "index.html").write_text("<!doctype html><title>Explorer</title>")
    (tmp_path / "assets" / "index-1234.js").write_text("plain")
    (tmp_path / "assets" / "index-1234.js.gz").write_bytes(b"gzipped")
    (tmp_path / "assets" / "codicon-1234.ttf").write_bytes(b"font")
    monkeypatch.setattr(explorer, "_BUILD", tmp_path)
    return tmp_path


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    app = Starlette(routes=[*explorer.explorer_routes(development=False)])
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
        yield client


@pytest.mark.parametrize("path", ["/graphiql", "/graphiql/assets/index-1234.js"])
async def test_without_a_build_it_says_how_to_get_one(
    path: str, client: httpx.AsyncClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(explorer, "_BUILD", tmp_path / "nowhere")
    answer = await client.get(path)
    assert answer.status_code == 503
    assert "python graphiql/build.py" in answer.text


async def test_a_build_made_later_is_found(client: httpx.AsyncClient, build: Path) -> None:
    page = build / "index.html"
    content = page.read_bytes()
    page.unlink()
    assert (await client.get("/graphiql")).status_code == 503
    page.write_bytes(content)
    assert (await client.get("/graphiql")).content == content


async def test_outside_development_the_page_asks_for_a_token(client: httpx.AsyncClient) -> None:
    answer = await client.get("/graphiql/config.json")
    assert answer.json() == {"endpoint": "/graphql", "development": False}
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.usefixtures("build")
async def test_a_page_that_the_browser_has_is_not_sent_again(client: httpx.AsyncClient) -> None:
    first = await client.get("/graphiql")
    second = await client.get("/graphiql", headers={"If-None-Match": f"W/{first.headers['etag']}"})
    assert (second.status_code, second.content) == (304, b"")
    assert second.headers["content-security-policy"] == first.headers["content-security-policy"]


@pytest.mark.usefixtures("build")
@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [("gzip, br", "gzip"), ("br, *;q=0.5", "gzip"), ("gzip;q=0, *", None), ("gzip; q=0.0", None), ("gzip;q=x", None)],
)
async def test_an_asset_comes_compressed_only_to_those_who_take_it(
    accepted: str, encoding: str | None, client: httpx.AsyncClient
) -> None:
    async with client.stream("GET", "/graphiql/assets/index-1234.js", headers={"Accept-Encoding": accepted}) as answer:
        content = b"".join([chunk async for chunk in answer.aiter_raw()])
    assert answer.headers.get("content-encoding") == encoding
    assert content == (b"gzipped" if encoding else b"plain")
    assert answer.headers["vary"] == "Accept-Encoding"
    assert answer.headers["content-type"] == "text/javascript; charset=utf-8"


@pytest.mark.usefixtures("build")
async def test_an_asset_without_a_compressed_sibling_comes_as_it_is(client: httpx.AsyncClient) -> None:
    answer = await client.get("/graphiql/assets/codicon-1234.ttf")
    assert (answer.content, answer.headers["content-type"]) == (b"font", "font/ttf")
    assert "vary" not in answer.headers


@pytest.mark.usefixtures("build")
@pytest.mark.parametrize("name", ["index-1234.js.gz", "..%2Findex.html", "%2e%2e%2findex.html", "index.html", ""])
async def test_nothing_but_the_assets_is_served(name: str, client: httpx.AsyncClient) -> None:
    assert (await client.get(f"/graphiql/assets/{name}")).status_code == 404
