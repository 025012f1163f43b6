"""The page on a narrow phone: one pane at a time."""

from playwright.async_api import Browser, expect

from tests.support.residents import Town
from tests.support.terminals import Server
from tests.support.visitors import Visitor, visit

PHONE = {"width": 360, "height": 700}


async def test_a_narrow_screen_shows_the_list_or_a_conversation_and_never_scrolls_sideways(
    chromium: Browser, server: Server, people: Town
) -> None:
    ada, bob = people.person("ada", "Ada"), people.person("bob", "Bob")
    bob.say(ada.direct(bob), "Hello Ada", "https://example.org/" + "long" * 60, "wide " * 40)
    visitor = await visit(chromium, server.url, viewport=PHONE, has_touch=True)
    page = visitor.page
    await visitor.log_in("ada")
    await expect(page.locator("message-composer")).not_to_be_visible()
    await _fits(visitor)

    await visitor.open("Bob")
    await expect(visitor.messages).to_have_count(3)
    await expect(page.get_by_label("Search", exact=True)).not_to_be_visible()
    await _fits(visitor)
    # Enter is a new line where the keyboard is on the screen.
    await page.locator("message-composer textarea").fill("Hello from the bus")
    await page.get_by_role("button", name="Send", exact=True).click()
    await visitor.sees_ticks(sent=1)

    await page.get_by_role("button", name="Back to the list").click()
    await expect(page.get_by_label("Search", exact=True)).to_be_visible()
    await expect(page.locator("message-composer")).not_to_be_visible()
    await expect(page.locator(".entry").first).to_contain_text("Hello from the bus")
    await page.get_by_role("button", name="Settings and profile").click()
    await expect(page.locator("dialog")).to_be_visible()
    await _fits(visitor)
    assert visitor.errors == []


async def _fits(visitor: Visitor) -> None:
    width = await visitor.page.evaluate(
        """() => Math.max(document.documentElement.scrollWidth,
          ...[...document.querySelectorAll('.scroller, dialog')].map((one) => one.scrollWidth))"""
    )
    assert width <= PHONE["width"]
