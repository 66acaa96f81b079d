"""What a visitor does in the explorer."""

from playwright.async_api import Locator, Page, expect


def answer_of(page: Page) -> Locator:
    """The pane with the answer."""
    return page.locator(".graphiql-response .view-lines")


async def open_tab(page: Page, title: str, text: str) -> None:
    """Opens a ready-made tab, which has such a text."""
    await page.get_by_role("tab", name=title).click()
    await expect(page.locator(".graphiql-query-editor .view-lines")).to_contain_text(text)


async def run(page: Page) -> None:
    """Runs what the open tab has."""
    await page.get_by_role("button", name="Execute query").click()


async def become(page: Page, name: str) -> None:
    """Becomes somebody else."""
    await page.get_by_role("combobox", name="Become").fill(name)
    await page.get_by_role("option", name=name).click()
    await expect(page.get_by_text(f"You are: {name}")).to_be_visible()
