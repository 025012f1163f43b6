"""The conversation list: the mark "unread" and the compact list."""

from playwright.async_api import Browser, Locator, expect

from tests.support.browser_user import BrowserUser, open_browser_user
from tests.support.chat_processes import Server
from tests.support.http_client import HttpClient


async def test_the_mark_unread_is_shown_on_all_devices_until_the_conversation_is_opened(
    chromium: Browser, server: Server, people: HttpClient
) -> None:
    ada, bob = await people.register("ada", "Ada"), await people.register("bob", "Bob")
    direct = await bob.open_direct(ada)
    await bob.post(direct, "Hello Ada")
    await ada.read(direct, 1)
    await bob.create_group("Reading circle", ada)
    here = await open_browser_user(chromium, server.url)
    await here.log_in("ada")
    beside = await here.tab()
    away = await open_browser_user(chromium, server.url)
    await away.log_in("ada")

    await _choose(here, "Mark as unread")
    for user in (here, beside, away):
        await expect(_dot(user)).to_have_text("Marked as unread")
        # The mark does not count as a message.
        await expect(user.page).to_have_title("Parlour")
    await here.page.reload()
    await expect(_dot(here)).to_be_visible()

    await away.open("Bob")
    for user in (here, beside, away):
        await expect(_dot(user)).to_have_count(0)
    # In an open conversation the mark stays until the user comes back to it.
    await _choose(away, "Mark as unread")
    await expect(_dot(here)).to_be_visible()
    await expect(_dot(away)).to_be_visible()
    await away.open("Reading circle")
    await expect(_dot(away)).to_be_visible()
    await away.open("Bob")
    await expect(_dot(here)).to_have_count(0)

    await _choose(here, "Mark as unread")
    await expect(_dot(beside)).to_be_visible()
    await _choose(beside, "Mark as read")
    for user in (here, beside, away):
        await expect(_dot(user)).to_have_count(0)
    await here.page.reload()
    await expect(_line(here)).to_be_visible()
    await expect(_dot(here)).to_have_count(0)
    assert (here.errors, beside.errors, away.errors) == ([], [], [])


async def test_the_compact_list_is_toggled_by_keyboard_and_remembered(
    chromium: Browser, server: Server, people: HttpClient
) -> None:
    ada, bob = await people.register("ada", "Ada"), await people.register("bob", "Bob")
    await bob.post(await bob.open_direct(ada), "Hello Ada")
    user = await open_browser_user(chromium, server.url)
    page = user.page
    await user.log_in("ada")
    fold = page.get_by_role("button", name="Compact list")
    preview = page.locator(".entry-preview")
    await expect(fold).to_have_attribute("aria-pressed", "false")
    assert await _width(user) >= 280

    await fold.press("Enter")
    await expect(fold).to_be_focused()
    await expect(fold).to_have_attribute("aria-pressed", "true")
    await expect(preview).to_be_hidden()
    assert await _width(user) <= 80
    entry = page.get_by_role("link", name="Bob 1 1 unread message", exact=True)
    await expect(entry).to_have_attribute("title", "Bob")
    await expect(entry.locator(".badge")).to_be_in_viewport(ratio=1)
    await page.reload()
    await expect(preview).to_be_hidden()
    await expect(entry).to_be_visible()

    # Narrow screens show the full list and have no button for the compact one.
    await page.set_viewport_size({"width": 360, "height": 700})
    await expect(preview).to_be_visible()
    await expect(fold).to_have_count(0)
    await page.set_viewport_size({"width": 1180, "height": 800})
    await expect(preview).to_be_hidden()
    await page.keyboard.press("Control+Shift+F")
    await expect(page.get_by_label("Search", exact=True)).to_be_focused()
    await expect(preview).to_be_visible()
    await expect(fold).to_have_attribute("aria-pressed", "false")
    assert user.errors == []


def _line(user: BrowserUser) -> Locator:
    return user.page.locator(".entry", has_text="Bob").first


def _dot(user: BrowserUser) -> Locator:
    return _line(user).locator(".badge-dot")


async def _choose(user: BrowserUser, item: str) -> None:
    await _line(user).click(button="right")
    await user.page.get_by_role("menuitem", name=item, exact=True).click()


async def _width(user: BrowserUser) -> float:
    box = await user.page.locator(".sidebar").bounding_box()
    assert box
    return box["width"]
