"""The invited customer at a server in production: signed in by the deployment's issuer, and by nobody else."""

import threading
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
import pytest_asyncio
import uvicorn
from playwright.async_api import Browser, BrowserContext, Page, expect

from clientela.app import create_app
from clientela.clock import utc_now
from clientela.database import make_engine
from clientela.identity.people import People
from clientela.server import listen
from clientela.settings import Settings
from tests.api.relationship_requests import CREATE, SEND, form
from tests.identity.conftest import AUDIENCE, claims_of
from tests.identity.issuer import Issuer
from tests.web.conftest import Watch
from tests.web.sign_in import SignIn
from tests.worlds import fill, settings_for

pytestmark = pytest.mark.asyncio(loop_scope="module")


@dataclass
class Deployment:
    """A server in production mode and where its people sign in."""

    url: str
    issuer: Issuer
    sign_in: SignIn
    link: str


@pytest.fixture(scope="module")
def issuer() -> Iterator[Issuer]:
    issuer = Issuer()
    yield issuer
    issuer.shut()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def deployment(
    chromium: str, issuer: Issuer, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Deployment]:
    folder: Path = tmp_path_factory.mktemp("production")
    world = settings_for(f"sqlite:///{folder / 'world.sqlite3'}", folder)
    await fill(world)
    sign_in = SignIn(issuer)
    issuer.open(*sign_in.routes())
    settings = Settings(  # type: ignore[call-arg]
        _env_file=None,
        database_url=world.database_url,
        secret_key="s" * 40,  # type: ignore[arg-type]
        issuers=sign_in.settings(AUDIENCE),  # type: ignore[arg-type]
        port=0,
    )
    listener = listen(settings)
    settings = settings.model_copy(update={"port": listener.getsockname()[1]})
    server = uvicorn.Server(uvicorn.Config(create_app(settings), log_config=None, ws="none", loop="asyncio"))
    thread = threading.Thread(target=server.run, args=([listener],))
    thread.start()
    engine = make_engine(settings)
    admin = await People(engine).find("customer-admin@wingtiptoys", utc_now())
    await engine.dispose()
    assert admin is not None
    sign_in.claims = claims_of("admin-agent@adatum", issuer, tid=str(admin.tenant_id), oid=str(admin.id))
    yield Deployment(settings.base_url, issuer, sign_in, await invitation(settings.base_url, issuer))
    server.should_exit = True
    thread.join()


async def invitation(url: str, issuer: Issuer) -> str:
    """The link of an invitation by A. Datum."""
    bearer = {"Authorization": f"Bearer {issuer.token(claims_of('admin-agent@adatum', issuer))}"}
    async with httpx.AsyncClient(base_url=url, headers=bearer) as http:
        drafted = await http.post("/graphql", json={"query": CREATE, "variables": {"input": form()}})
        request = drafted.json()["data"]["relationshipRequestCreate"]["relationshipRequest"]
        sending = {"input": {"relationshipRequestId": request["id"]}}
        (await http.post("/graphql", json={"query": SEND, "variables": sending})).raise_for_status()
    return str(request["link"])


@pytest_asyncio.fixture(loop_scope="module")
async def visitor(browser: Browser, deployment: Deployment) -> AsyncIterator[Page]:
    """A visitor who can reach the server and its issuer, and nothing else."""
    watch = Watch(deployment.url)
    own = f"{deployment.sign_in.origin}/"
    context: BrowserContext = await browser.new_context(base_url=deployment.url)
    await context.route(lambda url: watch.is_foreign(url) and not url.startswith(own), watch.refuse)
    context.on("console", watch.hear)
    yield await context.new_page()
    await context.close()
    assert watch.faults == []


async def test_the_issuer_signs_the_customer_in(visitor: Page, deployment: Deployment):
    """R2.3: back at the invitation, signed in, with nothing of the sign-in left behind."""
    await visitor.goto(deployment.link)
    await expect(visitor.get_by_label("Who are you?")).to_be_hidden()
    await visitor.get_by_role("button", name="Sign in").click()
    await expect(visitor.get_by_role("heading", level=1)).to_have_text("A. Datum Corporation invites Wingtip Toys")
    assert visitor.url == deployment.link
    assert await visitor.evaluate("JSON.stringify([sessionStorage, localStorage])") == "[{},{}]"
    async with httpx.AsyncClient(base_url=deployment.url) as http:
        policy = (await http.get("/invitation")).headers["content-security-policy"]
    assert f"connect-src 'self' {deployment.sign_in.origin};" in policy


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ({"code": "the-code", "state": "a-strangers"}, "You were not signed in"),
        ({"error": "access_denied", "error_description": "The user went away", "state": "?"}, "The user went away"),
    ],
)
async def test_an_answer_that_is_none_of_ours_signs_nobody_in(
    visitor: Page, deployment: Deployment, answer: dict[str, str], told: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(deployment.sign_in, "answer", answer)
    await visitor.goto(deployment.link)
    await visitor.get_by_role("button", name="Sign in").click()
    await expect(visitor.get_by_role("alert")).to_contain_text(told)
    await expect(visitor.get_by_role("button", name="Sign in")).to_be_visible()
    assert visitor.url == deployment.link
