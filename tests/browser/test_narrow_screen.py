"""The page on a phone: one pane at a time."""

from playwright.async_api import Browser, expect

from tests.support.browser_user import BrowserUser, open_browser_user
from tests.support.chat_processes import Server
from tests.support.http_client import HttpClient

PHONE = {"width": 360, "height": 700}


async def test_a_narrow_screen_shows_one_pane_and_never_scrolls_sideways(
    chromium: Browser, server: Server, people: HttpClient
) -> None:
    ada, bob = await people.register("ada", "Ada"), await people.register("bob", "Bob")
    await bob.post(
        await ada.open_direct(bob), "Hello Ada", "https://example.org/" + "long" * 60, "wide " * 40
    )
    user = await open_browser_user(chromium, server.url, viewport=PHONE, has_touch=True)
    page = user.page
    await user.log_in("ada")
    await expect(page.locator("message-composer")).not_to_be_visible()
    await _fits(user)

    await user.open("Bob")
    await expect(user.messages).to_have_count(3)
    await expect(page.get_by_label("Search", exact=True)).not_to_be_visible()
    await _fits(user)
    # On touch screens Enter inserts a new line, so the button is used.
    await page.locator("message-composer textarea").fill("Hello from the bus")
    await page.get_by_role("button", name="Send", exact=True).click()
    await user.sees_statuses(sent=1)

    await page.get_by_role("button", name="Back to the list").click()
    await expect(page.get_by_label("Search", exact=True)).to_be_visible()
    await expect(page.locator("message-composer")).not_to_be_visible()
    await expect(page.locator(".entry").first).to_contain_text("Hello from the bus")
    await page.get_by_role("button", name="Settings and profile").click()
    await expect(page.locator("dialog")).to_be_visible()
    await _fits(user)
    assert user.errors == []


async def _fits(user: BrowserUser) -> None:
    width = await user.page.evaluate(
        """() => Math.max(document.documentElement.scrollWidth,
          ...[...document.querySelectorAll('.scroller, dialog')].map((one) => one.scrollWidth))"""
    )
    assert width <= PHONE["width"]
