"""The ready-made tabs and the README's five minutes, each in a demo world that nobody touched before."""

import asyncio
import csv
import io
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.async_api import Page, Response, expect

from tests.processes.server import HOME
from tests.web.conftest import demo_server
from tests.web.explorer import answer_of, become, open_tab, run
from tests.web.mailed.visits import come_in

pytestmark = pytest.mark.asyncio(loop_scope="module")
SALES = "sales-agent@litware"
ADMIN = "admin-agent@litware"
HELPDESK = "helpdesk-agent@litware"
TOUR = sorted((HOME / "graphiql" / "src" / "tour").glob("*.graphql"))
README = (HOME / "README.md").read_text()
FIVE_MINUTES = README.partition("## Five minutes at Litware")[2].partition("\n## ")[0]
# The comment of each of these says who to become.
PROVIDER = "admin-agent@fabrikam"
OWNER = "customer-user@alpineskihouse"
PERSON = {"ExportCustomers": ADMIN, "BuyForYourCompany": OWNER, "Partnerships": PROVIDER}
WATCH = "WatchTheLog"
SPACE = r"[\s\xa0]"


@pytest.fixture
def origin(chromium: str, tmp_path: Path) -> Iterator[str]:
    """The address of a demo server that this test alone visits."""
    with demo_server(tmp_path) as address:
        yield address


async def answer(page: Page, operation: str) -> dict[str, object]:
    """Runs the open tab, which has this operation; its answer, not that of another tab on its way."""

    def is_its_own(response: Response) -> bool:
        return response.url.endswith("/graphql") and f" {operation}" in (response.request.post_data or "")

    async with page.expect_response(is_its_own) as arriving:
        await run(page)
    body: dict[str, object] = await (await arriving.value).json()
    return body


async def test_every_ready_made_tab_is_answered_without_an_error(page: Page) -> None:
    """In their order, by the people that they are meant for; the one that streams has a test of its own."""
    names = [re.search(r"^(?:query|mutation|subscription) (\w+)", file.read_text(), re.MULTILINE)[1] for file in TOUR]
    tabs = page.get_by_role("tab")
    await expect(tabs).to_have_count(len(names))
    person = SALES
    for position, name in enumerate(names):
        if name == WATCH:
            continue
        if (wanted := PERSON.get(name, SALES)) != person:
            await become(page, wanted)
            person = wanted
        await tabs.nth(position).click()
        await expect(page.locator(".graphiql-query-editor .view-lines")).to_contain_text(name)
        body = await answer(page, name)
        assert "errors" not in body, (name, body)
        faults = [value["userErrors"] for value in body["data"].values() if "userErrors" in (value or {})]
        assert faults == [[] for _ in faults], (name, body)
        assert all(value is not None for value in body["data"].values()), (name, body)
        await expect(answer_of(page)).to_contain_text('"data"')


async def test_the_five_minutes_of_the_readme(page: Page) -> None:
    """Step by step, in its words."""
    for title in re.findall(r"\*\*(.+?)\*\*", FIVE_MINUTES):
        await expect(page.get_by_role("tab", name=title)).to_be_visible()
    await run(page)
    await expect(answer_of(page)).to_contain_text('"SALES_AGENT"')

    await open_tab(page, "Registration numbers", "query RegistrationNumbers")
    await run(page)
    await expect(answer_of(page)).to_contain_text(re.compile(rf'"organizationRegistrationNumber":{SPACE}"[^"]+"'))
    await become(page, HELPDESK)
    await expect(answer_of(page)).to_contain_text("FIELD_FORBIDDEN")
    await expect(answer_of(page)).to_contain_text('"organizationRegistrationNumber": null')

    await become(page, SALES)
    await open_tab(page, "Create customer", "mutation CreateCustomer")
    await run(page)
    await expect(answer_of(page)).to_contain_text(re.compile(rf'"password":{SPACE}"[^"]+"'))
    await run(page)
    await expect(answer_of(page)).to_contain_text("DOMAIN_TAKEN")

    await open_tab(page, "Export customers", "mutation ExportCustomers")
    await run(page)
    await expect(answer_of(page)).to_contain_text('"FORBIDDEN"')
    await become(page, ADMIN)
    export = (await answer(page, "ExportCustomers"))["data"]["customerExport"]["export"]
    found = await (await page.request.get(export["url"])).text()
    rows = list(csv.DictReader(io.StringIO(found.removeprefix("\ufeff"))))
    assert "Trattoria Calvi" in [row["Company name"] for row in rows]

    await open_tab(page, "Activity log", "query ActivityLog")
    lines = (await answer(page, "ActivityLog"))["data"]["activityLog"]["nodes"]
    assert [line["operation"] for line in lines[:3]] == ["export_customers", "access_denied", "add_customer"]
    exported, denied, created = lines[:3]
    assert created["customerName"] == "Trattoria Calvi"
    assert created["changes"]
    assert denied["changes"] == []
    assert exported["changes"]

    await become(page, PROVIDER)
    await open_tab(page, "Partnerships", "query Partnerships")
    (waiting,) = [row for row in await partnerships(page) if row["status"] == "REQUESTED"]
    reseller = await page.context.new_page()
    await come_in(reseller, waiting["link"], "global-admin@northwind")
    await reseller.get_by_role("checkbox", name="I authorise Fabrikam, Inc.").check()
    await reseller.get_by_role("button", name="Authorise").click()
    await expect(reseller.get_by_role("heading", level=1)).to_have_text("You authorised the provider")
    (made,) = [row for row in await partnerships(page) if row["id"] == waiting["id"]]
    assert (made["status"], made["reseller"]) == ("ACTIVE", {"name": "Northwind Traders"})

    await become(page, OWNER)
    await open_tab(page, "Buy for your company", "query BuyForYourCompany")
    (owned,) = (await answer(page, "BuyForYourCompany"))["data"]["viewer"]["ownedSubscriptions"]
    assert owned["offers"]["nodes"]
    await become(page, "customer-admin@alpineskihouse")
    bought = (await answer(page, "BuyForYourCompany"))["data"]["viewer"]["subscriptions"]
    assert owned["subscription"]["id"] in {row["id"] for row in bought["nodes"]}
    await become(page, "customer-admin@trattoriacalvi")


async def partnerships(page: Page) -> list[dict[str, object]]:
    """The rows of the open tab, asked for anew."""
    return (await answer(page, "Partnerships"))["data"]["partnerships"]["nodes"]


async def test_the_shell_command_of_the_readme(origin: str, tmp_path: Path) -> None:
    """In a copy that has the environment and the demo world where `make demo` puts them."""
    (shell,) = re.findall(r"```sh\n(.*?)```", FIVE_MINUTES, re.DOTALL)
    (tmp_path / ".clientela").symlink_to(tmp_path / "data")
    (tmp_path / ".venv").symlink_to(sys.prefix)
    command = shell.replace("http://127.0.0.1:8000", origin)
    env = {**os.environ, "PYTHONPATH": str(HOME)}
    running = await asyncio.create_subprocess_exec("sh", "-c", command, cwd=tmp_path, env=env, stdout=subprocess.PIPE)
    printed, _ = await running.communicate()
    body = json.loads(printed)
    assert body["data"]["viewer"]["roles"] == ["HELPDESK_AGENT"]
    assert body["data"]["customers"]["totalCount"] > 1000
