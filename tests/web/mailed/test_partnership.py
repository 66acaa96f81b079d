"""The invited reseller, from the mail's link to the provider's list of resellers: a real mailbox and browser."""

import re
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from tests.api.partnerships import END, LIST, PROVIDER, REQUEST, SEND
from tests.mail.mailbox import link_in
from tests.mail.relay import Relay
from tests.processes.server import Server
from tests.web.mailed.visits import come_in, come_in_on_a_narrow_screen_in_the_dark, picture

pytestmark = pytest.mark.asyncio(loop_scope="module")

ADMIN = "global-admin@northwind"


@pytest_asyncio.fixture(loop_scope="module")
async def link(server: Server, smtp: Relay) -> AsyncIterator[str]:
    """The link of a mail that Fabrikam sent; what came of it is ended after the test."""
    number = len(smtp.taken)
    wanted = {"targetEmail": f"owner{number}@northwind.example"}
    invited = (await server.ask(PROVIDER, REQUEST, input=wanted)).ok()["partnershipRequest"]["partnership"]
    sent = (await server.ask(PROVIDER, SEND, input={"partnershipId": invited["id"]})).ok()["partnershipRequestSend"]
    assert sent["userErrors"] == []
    yield link_in((await smtp.wait_for(number + 1))[-1])
    for made in await resellers(server, status=["ACTIVE"], nameStartsWith="northwind"):
        ended = (await server.ask(PROVIDER, END, input={"partnershipId": made["id"], "declarationAccepted": True})).ok()
        assert ended["partnershipEnd"]["userErrors"] == []


async def resellers(server: Server, **filter_: Any) -> list[dict[str, Any]]:
    return (await server.ask(PROVIDER, LIST, filter=filter_, first=500)).ok()["partnerships"]["nodes"]


async def test_a_reseller_declines_by_keyboard_alone(visitor: Page, server: Server, link: str):
    """R3.5; two presses of one key do not do it."""
    await visitor.goto(link)
    await expect(visitor.get_by_role("heading", level=1)).to_be_focused()
    keyboard = visitor.keyboard
    await keyboard.press("Tab")
    await keyboard.type(ADMIN)
    await keyboard.press("Enter")
    await expect(visitor.get_by_role("heading", level=1)).to_have_text("Fabrikam, Inc. invites Northwind Traders")
    for name in ("On behalf of Northwind Traders", "Authorise", "Decline…"):
        await keyboard.press("Tab")
        await expect(visitor.locator(":focus")).to_have_accessible_name(re.compile(f"^{name}"))
    await keyboard.press("Enter")
    await expect(visitor.get_by_text("The provider may invite you again.")).to_be_focused()
    await keyboard.press("Enter")
    await keyboard.press("Tab")
    await expect(visitor.locator(":focus")).to_have_accessible_name("Decline the invitation")
    assert await resellers(server, status=["DECLINED"]) == []
    await keyboard.press("Enter")
    await expect(visitor.get_by_role("heading", level=1)).to_have_text("You declined the invitation")
    assert len(await resellers(server, status=["DECLINED"])) == 1
    assert await resellers(server, status=["ACTIVE"], nameStartsWith="northwind") == []


async def test_from_the_mails_link_to_the_providers_list(visitor: Page, server: Server, link: str):
    """R3.1-R3.4, R3.7, relationships.md 11.12: nothing is authorised before the box is ticked."""
    await come_in(visitor, link, ADMIN)
    heading = visitor.get_by_role("heading", level=1)
    await expect(heading).to_have_text("Fabrikam, Inc. invites Northwind Traders")
    await expect(heading).to_be_focused()
    for effect in ("may order for your customers", "admin access to the account", "Neither side's customers"):
        await expect(visitor.get_by_role("listitem").filter(has_text=effect)).to_be_visible()
    await picture(visitor, "partnership")

    await visitor.get_by_role("button", name="Authorise").click()
    box = visitor.get_by_role("checkbox", name="On behalf of Northwind Traders, I authorise Fabrikam, Inc.")
    await expect(box).to_be_focused()
    await expect(box).to_have_attribute("aria-invalid", "true")
    await expect(box).to_have_accessible_description(
        "Tick this box to authorise the provider; there is no partnership without it."
    )
    assert await resellers(server, status=["ACTIVE"], nameStartsWith="northwind") == []

    await box.check()
    await visitor.get_by_role("button", name="Authorise").click()
    await expect(heading).to_have_text("You authorised the provider")
    await expect(heading).to_be_focused()
    await expect(visitor.get_by_text("Fabrikam, Inc. is your company's indirect provider from now on.")).to_be_visible()
    (made,) = await resellers(server, status=["ACTIVE"], nameStartsWith="northwind")
    assert (made["reseller"], made["provider"]) == ({"name": "Northwind Traders"}, {"name": "Fabrikam, Inc."})

    await come_in(visitor, link, ADMIN)
    await expect(heading).to_have_text("You authorised the provider")


@pytest.mark.parametrize(
    ("person", "told"),
    [
        ("admin-agent@northwind", "Only a global admin of your company"),
        ("global-admin@tailspin", "works with this provider already"),
    ],
)
async def test_who_may_not_decide_is_told_so(visitor: Page, link: str, person: str, told: str):
    """R3.1, R3.5."""
    await come_in(visitor, link, person)
    await expect(visitor.get_by_role("alert")).to_contain_text(told)
    await expect(visitor.get_by_role("button", name="Authorise")).to_be_hidden()
    await visitor.get_by_role("button", name="Sign in as somebody else").click()
    await expect(visitor.get_by_label("Who are you?")).to_be_visible()


async def test_a_link_of_the_other_kind_and_a_stranger_see_nothing(visitor: Page, link: str):
    """A customer's admin at a reseller's link; the token of one page at the other."""
    for address, person in (
        (link, "customer-admin@wingtiptoys"),
        (link, "global-admin@contoso"),
        (link[:-1], "global-admin@tailspin"),
        (link.replace("/partnership?", "/invitation?"), "global-admin@tailspin"),
    ):
        await come_in(visitor, address, person)
        await expect(visitor.get_by_role("alert")).to_contain_text("This link opens no invitation")


async def test_a_narrow_screen_in_the_dark_shows_everything(visitor: Page, link: str):
    await come_in_on_a_narrow_screen_in_the_dark(visitor, link, "global-admin@tailspin", "Sign in as somebody else")
    await picture(visitor, "partnership-narrow")


async def test_the_page_lets_nothing_in_and_its_token_out(server: Server):
    answer = await server.http.get("/partnership")
    customers = await server.http.get("/invitation")
    for header in ("content-security-policy", "referrer-policy", "cross-origin-opener-policy"):
        assert answer.headers[header] == customers.headers[header]
    assert "unsafe" not in answer.headers["content-security-policy"]
    for name in ("page.css", "page.js", "reseller.js", "graphql.js", "issuer.js", "development.js", "config.json"):
        part = await server.http.get(f"/partnership/{name}")
        assert (part.status_code, part.headers["x-content-type-options"]) == (200, "nosniff")
    for name in ("index.html", "reseller.html", "..%2Finvitation_page.py", "nothing.js"):
        assert (await server.http.get(f"/partnership/{name}")).status_code == 404
