"""The invited customer, from the mail's link to the partner's list: a real mailbox and browser, no other host."""

import re

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from tests.api.relationship_requests import CREATE, SEND, form
from tests.mail.mailbox import link_in
from tests.mail.relay import Relay
from tests.processes.server import Server
from tests.web.mailed.visits import come_in, come_in_on_a_narrow_screen_in_the_dark, picture

pytestmark = pytest.mark.asyncio(loop_scope="module")

AGENT = "admin-agent@adatum"
CUSTOMERS = """query ($search: String) {
  customers(filter: {search: $search}, first: 5) { nodes { companyName relationship { origin delegatedAdmin } } }
}"""


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


async def test_from_the_mails_link_to_the_partners_list(visitor: Page, server: Server, link: str):
    """relationships.md 11.3; R2.2, R2.3, R2.4."""
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
    """relationships.md 11.4: a user who is no global admin."""
    await come_in(visitor, link, "customer-user@wingtiptoys")
    await expect(visitor.get_by_role("alert")).to_contain_text("Only a global admin of your company")
    await expect(visitor.get_by_role("button", name="Accept")).to_be_hidden()
    await visitor.get_by_role("button", name="Sign in as somebody else").click()
    await expect(visitor.get_by_label("Who are you?")).to_be_visible()


async def test_a_link_that_opens_nothing_says_what_to_do(visitor: Page, link: str):
    await come_in(visitor, link[:-1], "customer-admin@wingtiptoys")
    await expect(visitor.get_by_role("alert")).to_contain_text("This link opens no invitation")


async def test_a_narrow_screen_in_the_dark_shows_everything(visitor: Page, link: str):
    await come_in_on_a_narrow_screen_in_the_dark(visitor, link, "customer-admin@wingtiptoys", "Decline…")
    await picture(visitor, "narrow")


async def test_the_page_lets_nothing_in_and_its_token_out(server: Server):
    answer = await server.http.get("/invitation")
    policy = answer.headers["content-security-policy"].split("; ")
    assert {"default-src 'none'", "script-src 'self'", "style-src 'self'", "connect-src 'self'"} <= set(policy)
    assert {"frame-ancestors 'none'", "require-trusted-types-for 'script'"} <= set(policy)
    assert "unsafe" not in answer.headers["content-security-policy"]
    assert answer.headers["referrer-policy"] == "no-referrer"
    for name in ("page.css", "page.js", "customer.js", "graphql.js", "issuer.js", "development.js", "config.json"):
        part = await server.http.get(f"/invitation/{name}")
        assert (part.status_code, part.headers["x-content-type-options"]) == (200, "nosniff")
    for name in ("index.html", "..%2Finvitation_page.py", "%2e%2e%2fsettings.py", "nothing.js"):
        assert (await server.http.get(f"/invitation/{name}")).status_code == 404
