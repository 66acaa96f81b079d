"""How somebody who was invited opens the link of a mail, and what any such page must stand."""

import os

from playwright.async_api import Page, expect


async def come_in(page: Page, link: str, name: str) -> None:
    """Opens a link and signs in."""
    await page.goto(link)
    await page.get_by_label("Who are you?").fill(name)
    await page.get_by_role("button", name="Sign in", exact=True).click()


async def picture(page: Page, name: str) -> None:
    """Keeps what the page looks like, where somebody asked for it."""
    if folder := os.environ.get("CLIENTELA_TEST_PICTURES"):
        await page.screenshot(path=f"{folder}/{name}.png", full_page=True)


async def come_in_on_a_narrow_screen_in_the_dark(page: Page, link: str, name: str, last_button: str) -> None:
    """Opens a link on a small telephone: all of the page is there, down to its last button, and none of it beside."""
    await page.emulate_media(color_scheme="dark")
    await page.set_viewport_size({"width": 320, "height": 640})
    await come_in(page, link, name)
    await expect(page.get_by_role("button", name=last_button)).to_be_visible()
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
