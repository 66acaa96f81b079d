"""The explorer as a visitor meets it: a real server, a real browser, and only what can be seen."""

import re
import urllib.request
from urllib.error import HTTPError

import pytest
from playwright.async_api import Browser, Page, Route, expect

from tests.web.explorer import answer_of, become, open_tab, run

pytestmark = pytest.mark.asyncio(loop_scope="module")

SALES = "sales-agent@litware"
HELPDESK = "helpdesk-agent@litware"


async def test_shows_who_you_are_and_the_ready_made_tabs(page: Page) -> None:
    await expect(page.get_by_text(f"You are: {SALES} — Sales agent, Litware")).to_be_visible()
    for title in ("Who am I", "Our customers", "Registration numbers", "Create customer", "Activity log"):
        await expect(page.get_by_role("tab", name=title)).to_be_visible()


async def test_everything_fits_a_small_screen(page: Page) -> None:
    await page.set_viewport_size({"width": 1280, "height": 800})
    answer = page.locator(".graphiql-response")
    for part in (page.get_by_role("combobox"), page.get_by_role("tab", name="Export customers"), answer):
        await expect(part).to_be_in_viewport(ratio=0.99)
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")


async def test_a_query_is_answered(page: Page) -> None:
    await run(page)
    await expect(answer_of(page)).to_contain_text('"kind": "PARTNER_USER"')
    await expect(answer_of(page)).to_contain_text('"SALES_AGENT"')


async def test_the_three_workers_run(page: Page) -> None:
    await page.locator(".graphiql-query-editor .view-lines").click()
    # The list of suggestions comes from the GraphQL worker: it is the proof that the worker works.
    await page.keyboard.press("Control+End")
    await page.keyboard.type("query Mine { vie")
    await expect(page.locator(".suggest-widget")).to_contain_text("viewer")
    for kind in ("graphql", "json", "editor"):
        worker = re.compile(rf"/assets/{kind}\.worker-[\w-]+\.js$")
        while not any(worker.search(running.url) for running in page.workers):
            await page.wait_for_event("worker", timeout=10_000)


async def test_another_person_sees_another_answer_at_once(page: Page) -> None:
    await open_tab(page, "Registration numbers", "query RegistrationNumbers")
    await run(page)
    # A pattern is matched as it stands: Monaco draws the space as one that does not break.
    await expect(answer_of(page)).to_contain_text(re.compile(r'"organizationRegistrationNumber":\s"[^"]+"'))
    await expect(answer_of(page)).not_to_contain_text('"errors"')

    await become(page, HELPDESK)

    await expect(answer_of(page)).to_contain_text("FIELD_FORBIDDEN")
    await expect(answer_of(page)).to_contain_text('"organizationRegistrationNumber": null')
    await expect(answer_of(page)).not_to_contain_text('"organizationRegistrationNumber": "')


async def test_a_mutation_is_not_run_by_choosing_a_person(page: Page) -> None:
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.post_data or ""))
    await open_tab(page, "Create customer", "mutation CreateCustomer")
    await become(page, HELPDESK)
    await expect(page.get_by_text("The open tab was not run again")).to_be_visible()
    assert not [body for body in sent if "CreateCustomer" in body]


async def test_the_person_outlasts_a_reload_and_the_token_does_not(page: Page) -> None:
    await become(page, HELPDESK)
    await page.reload()
    await expect(page.get_by_text(f"You are: {HELPDESK}")).to_be_visible()
    stored = await page.evaluate("JSON.stringify(localStorage)")
    assert HELPDESK in stored
    assert "eyJ" not in stored
    assert "Bearer" not in stored


async def test_a_refused_token_is_renewed(browser: Browser, origin: str) -> None:
    # A context of its own: the browser reports the 401 on the console, where the usual one tolerates nothing.
    async with await browser.new_context(base_url=origin) as context:
        page = await context.new_page()
        await page.goto("/graphiql")
        await page.locator(".graphiql-query-editor").get_by_text("query").wait_for()

        async def refuse_once(route: Route) -> None:
            await route.fulfill(status=401, json={"errors": [{"message": "Sign in again."}]})

        async with page.expect_request("**/development/token"):
            await page.route("**/graphql", refuse_once, times=1)
            await run(page)
        await expect(answer_of(page)).to_contain_text('"kind": "PARTNER_USER"')


async def test_the_people_can_be_chosen_by_keyboard(page: Page) -> None:
    await page.get_by_role("combobox", name="Become").focus()
    await page.keyboard.type("customer-admin@wing")
    await expect(page.get_by_role("option", name="customer-admin@wing").first).to_have_attribute(
        "aria-selected", "true"
    )
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("You are: customer-admin@wing")).to_be_visible()


def get(url: str, accept_encoding: str = "identity") -> tuple[int, dict[str, str], bytes]:
    request = urllib.request.Request(url, headers={"Accept-Encoding": accept_encoding})
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.status, {name.lower(): value for name, value in answer.headers.items()}, answer.read()
    except HTTPError as error:
        with error:
            return error.code, {}, b""


async def test_assets_are_immutable_and_compressed(origin: str) -> None:
    _, page_headers, html = get(f"{origin}/graphiql")
    assert page_headers["cache-control"] == "no-cache"
    paths = re.findall(r'(?:src|href)="(/graphiql/assets/[^"]+)"', html.decode())
    assert paths
    for path in paths:
        _, plain_headers, plain = get(origin + path)
        _, headers, gzipped = get(origin + path, "gzip")
        assert headers["cache-control"] == "public, max-age=31536000, immutable"
        assert headers["content-encoding"] == "gzip"
        assert headers["vary"] == "Accept-Encoding"
        assert "content-encoding" not in plain_headers
        assert len(gzipped) < len(plain)


async def test_the_page_forbids_scripts_of_others_and_strangers_frames(origin: str) -> None:
    _, headers, html = get(f"{origin}/graphiql")
    policy = headers["content-security-policy"].split("; ")
    assert {"default-src 'none'", "script-src 'self'", "frame-ancestors 'none'"} <= set(policy)
    assert not re.search(rb"<script(?![^>]*\bsrc=)", html)
