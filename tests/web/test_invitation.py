"""The invited customer, from the mail's link to the partner's list: a real mailbox and browser, no other host."""

import os
import re
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from tests.api.relationship_requests import CREATE, SEND, form
from tests.mail.mailbox import link_in
from tests.mail.relay import Relay, relay
from tests.processes.server import Server, environment, started

pytestmark = pytest.mark.asyncio(loop_scope="module")

AGENT = "admin-agent@adatum"
CUSTOMERS = """query ($search: String) {
  customers(filter: {search: $search}, first: 5) { nodes { companyName relationship { origin delegatedAdmin } } }
}"""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def smtp() -> AsyncIterator[Relay]:
    async with relay() as it:
        yield it


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def server(chromium: str, smtp: Relay, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Server]:
    """A demo server that sends mail."""
    folder: Path = tmp_path_factory.mktemp("invitation")
    mail = {"SMTP_HOST": "127.0.0.1", "SMTP_PORT": smtp.port, "SMTP_SECURITY": "none", "MAIL_FROM": "us@example.com"}
    with started(environment(DATA_DIR=folder / "data", **mail), folder / "server.log") as (process, url):
        async with httpx.AsyncClient(base_url=url, timeout=30) as http:
            yield Server(process, url, http)


@pytest.fixture(scope="module")
def origin(server: Server) -> str:
    return server.url


@pytest_asyncio.fixture(loop_scope="module")
async def link(server: Server, smtp: Relay) -> str:
    """The link of a mail that A. Datum sent."""
    number = len(smtp.taken)
    wanted = form(targetEmail=f"person{number}@example.com")
    draft = (await server.ask(AGENT, CREATE, input=wanted)).ok()["relationshipRequestCreate"]["relationshipRequest"]
    (await server.ask(AGENT, SEND, input={"relationshipRequestId": draft["id"], "deliver": True})).ok()
    return link_in((await smtp.wait_for(number + 1))[-1])


async def customers(server: Server, search: str) -> list[dict[str, object]]:
    return (await server.ask(AGENT, CUSTOMERS, search=search)).ok()["customers"]["nodes"]


async def come_in(page: Page, link: str, name: str) -> None:
    await page.goto(link)
    await page.get_by_label("Who are you?").fill(name)
    await page.get_by_role("button", name="Sign in", exact=True).click()


async def picture(page: Page, name: str) -> None:
    """Keeps what the page looks like, where somebody asked for it."""
    if folder := os.environ.get("CLIENTELA_TEST_PICTURES"):
        await page.screenshot(path=f"{folder}/{name}.png", full_page=True)


@pytest_asyncio.fixture(loop_scope="module")
async def visitor(context) -> Page:
    return await context.new_page()


async def test_from_the_mails_link_to_the_partners_list(visitor: Page, server: Server, link: str):
    """Scenario 3; R2.2, R2.3, R2.4."""
    assert await customers(server, "wingtip") == []
    await come_in(visitor, link, "customer-admin@wingtiptoys")
    heading = visitor.get_by_role("heading", level=1)
    await expect(heading).to_have_text("A. Datum Corporation invites Wingtip Toys")
    await expect(heading).to_be_focused()
    await expect(visitor.get_by_role("listitem").filter(has_text="delegated admin privileges")).to_be_visible()
    await expect(visitor.get_by_text("order, change and cancel subscriptions")).to_be_visible()
    await picture(visitor, "invitation")

    await visitor.get_by_role("button", name="Accept").click()
    box = visitor.get_by_role("checkbox", name="I have read the agreement")
    await expect(box).to_be_focused()
    await expect(box).to_have_accessible_description(
        "Tick this box to accept; without the agreement nothing can be sold to you."
    )
    await expect(box).to_have_attribute("aria-invalid", "true")
    assert await customers(server, "wingtip") == []

    await box.check()
    await visitor.get_by_role("button", name="Accept").click()
    await expect(heading).to_have_text("You accepted the invitation")
    await expect(heading).to_be_focused()
    await expect(visitor.get_by_text("A. Datum Corporation can serve your company from now on.")).to_be_visible()
    await picture(visitor, "accepted")
    (customer,) = await customers(server, "wingtip")
    assert customer["relationship"] == {"origin": "INVITED", "delegatedAdmin": True}

    await come_in(visitor, link, "customer-admin@wingtiptoys")
    await expect(heading).to_have_text("You accepted the invitation")


async def test_a_customer_declines_by_keyboard_alone(visitor: Page, server: Server, link: str):
    await visitor.goto(link)
    await expect(visitor.get_by_role("heading", level=1)).to_be_focused()
    keyboard = visitor.keyboard
    await keyboard.press("Tab")
    await keyboard.type("customer-admin@cohowinery")
    await keyboard.press("Enter")
    await expect(visitor.get_by_role("heading", level=1)).to_contain_text("invites Coho Winery")
    for name in ("Read the agreement", "I have read", "Accept", "Decline…"):
        await keyboard.press("Tab")
        await expect(visitor.locator(":focus")).to_have_accessible_name(re.compile(f"^{name}"))
    await keyboard.press("Enter")
    await expect(visitor.get_by_label("Why?")).to_be_focused()
    await picture(visitor, "declining")
    await keyboard.type("We have a partner.")
    await keyboard.press("Tab")
    await keyboard.press("Enter")
    await expect(visitor.get_by_role("heading", level=1)).to_have_text("You declined the invitation")
    assert await customers(server, "cohowinery") == []


async def test_who_may_not_decide_is_told_so(visitor: Page, link: str):
    """Scenario 4: a user who is no global admin."""
    await come_in(visitor, link, "customer-user@wingtiptoys")
    await expect(visitor.get_by_role("alert")).to_contain_text("Only a global admin of your company")
    await expect(visitor.get_by_role("button", name="Accept")).to_be_hidden()
    await visitor.get_by_role("button", name="Sign in as somebody else").click()
    await expect(visitor.get_by_label("Who are you?")).to_be_visible()


async def test_a_link_that_opens_nothing_says_what_to_do(visitor: Page, link: str):
    await come_in(visitor, link[:-1], "customer-admin@wingtiptoys")
    await expect(visitor.get_by_role("alert")).to_contain_text("This link opens no invitation")


async def test_a_narrow_screen_in_the_dark_shows_everything(visitor: Page, link: str):
    await visitor.emulate_media(color_scheme="dark")
    await visitor.set_viewport_size({"width": 320, "height": 640})
    await come_in(visitor, link, "customer-admin@wingtiptoys")
    await expect(visitor.get_by_role("button", name="Decline…")).to_be_visible()
    await picture(visitor, "narrow")
    assert await visitor.evaluate("document.documentElement.scrollWidth <= innerWidth")


async def test_the_page_lets_nothing_in_and_its_token_out(server: Server):
    answer = await server.http.get("/invitation")
    policy = answer.headers["content-security-policy"].split("; ")
    assert {"default-src 'none'", "script-src 'self'", "style-src 'self'", "connect-src 'self'"} <= set(policy)
    assert {"frame-ancestors 'none'", "require-trusted-types-for 'script'"} <= set(policy)
    assert "unsafe" not in answer.headers["content-security-policy"]
    assert answer.headers["referrer-policy"] == "no-referrer"
    for name in ("page.css", "page.js", "graphql.js", "issuer.js", "development.js", "config.json"):
        part = await server.http.get(f"/invitation/{name}")
        assert (part.status_code, part.headers["x-content-type-options"]) == (200, "nosniff")
    for name in ("index.html", "..%2Finvitation_page.py", "%2e%2e%2fsettings.py", "nothing.js"):
        assert (await server.http.get(f"/invitation/{name}")).status_code == 404
