"""Subscriptions in the explorer: the newest event stands in the answer's pane, until somebody has seen enough."""

from uuid import uuid4

import pytest
from playwright.async_api import Page, expect

from tests.streams.clients import INVITE
from tests.web.explorer import answer_of, become, open_tab, run

pytestmark = pytest.mark.asyncio(loop_scope="module")
SALES = "sales-agent@litware"


async def happens(page: Page) -> None:
    """Somebody else makes a line of the log, as from another window."""
    token = (await (await page.request.post("/development/token", data={"as": "admin-agent@litware"})).json())["token"]
    form = {"kind": "DIRECT", "includesDelegatedAdmin": False, "targetEmail": f"{uuid4().hex}@example.com"}
    sent = {"query": INVITE, "variables": {"input": form}}
    answer = await page.request.post("/graphql", data=sent, headers={"Authorization": f"Bearer {token}"})
    assert (await answer.json())["data"]["relationshipRequestCreate"]["userErrors"] == []


async def watching(page: Page) -> None:
    """Runs the ready-made subscription; comes back once it tells of something."""
    await open_tab(page, "Watch the log", "subscription WatchTheLog")
    await run(page)
    for _ in range(60):
        # Nothing says when a subscription has begun: things happen until it tells of one.
        await happens(page)
        try:
            await expect(answer_of(page)).to_contain_text('"create_relationship_request"', timeout=500)
        except AssertionError:
            continue
        return
    pytest.fail("the subscription told of nothing")


async def test_what_happens_is_shown_as_it_happens(page: Page) -> None:
    await watching(page)
    await expect(answer_of(page)).not_to_contain_text('"errors"')


async def test_a_stream_is_ended_by_its_button(page: Page) -> None:
    await watching(page)
    async with page.expect_event("requestfailed", lambda request: request.url.endswith("/graphql")):
        await page.get_by_role("button", name="Stop query").click()
    await expect(page.get_by_role("button", name="Execute query")).to_be_visible()


async def test_a_stream_is_not_kept_by_who_becomes_another(page: Page) -> None:
    await watching(page)
    async with page.expect_event("requestfailed", lambda request: request.url.endswith("/graphql")):
        await become(page, "helpdesk-agent@litware")
    await expect(answer_of(page)).not_to_contain_text("create_relationship_request")


async def test_who_may_not_hear_of_it_is_told_why(page: Page) -> None:
    await become(page, "mpn-partner-admin@litware")
    await open_tab(page, "Watch the log", "subscription WatchTheLog")
    await run(page)
    await expect(answer_of(page)).to_contain_text('"FORBIDDEN"')
    await expect(page.get_by_role("button", name="Execute query")).to_be_visible()
