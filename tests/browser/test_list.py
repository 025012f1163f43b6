"""The list of conversations: marked as unread, and folded to faces."""

from playwright.async_api import Browser, Locator, expect

from tests.support.residents import Town
from tests.support.terminals import Server
from tests.support.visitors import Visitor, visit


async def test_a_mark_of_unread_is_seen_on_every_device_until_the_conversation_is_opened(
    chromium: Browser, server: Server, people: Town
) -> None:
    ada, bob = people.person("ada", "Ada"), people.person("bob", "Bob")
    direct = bob.direct(ada)
    bob.say(direct, "Hello Ada")
    ada.read(direct, 1)
    bob.group("Reading circle", ada)
    here = await visit(chromium, server.url)
    await here.log_in("ada")
    beside = await here.tab()
    away = await visit(chromium, server.url)
    await away.log_in("ada")

    await _choose(here, "Mark as unread")
    for visitor in (here, beside, away):
        await expect(_dot(visitor)).to_have_text("Marked as unread")
        # A reminder is no message.
        await expect(visitor.page).to_have_title("Parlour")
    await here.page.reload()
    await expect(_dot(here)).to_be_visible()

    await away.open("Bob")
    for visitor in (here, beside, away):
        await expect(_dot(visitor)).to_have_count(0)
    # What is open is marked for later: until somebody comes back to it.
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
    for visitor in (here, beside, away):
        await expect(_dot(visitor)).to_have_count(0)
    await here.page.reload()
    await expect(_line(here)).to_be_visible()
    await expect(_dot(here)).to_have_count(0)
    assert (here.errors, beside.errors, away.errors) == ([], [], [])


async def test_the_list_is_folded_to_faces_by_a_key_and_stays_so_on_this_device(
    chromium: Browser, server: Server, people: Town
) -> None:
    ada, bob = people.person("ada", "Ada"), people.person("bob", "Bob")
    bob.say(bob.direct(ada), "Hello Ada")
    visitor = await visit(chromium, server.url)
    page = visitor.page
    await visitor.log_in("ada")
    fold = page.get_by_role("button", name="Compact list")
    preview = page.locator(".entry-preview")
    await expect(fold).to_have_attribute("aria-pressed", "false")
    assert await _width(visitor) >= 280

    await fold.press("Enter")
    await expect(fold).to_be_focused()
    await expect(fold).to_have_attribute("aria-pressed", "true")
    await expect(preview).to_be_hidden()
    assert await _width(visitor) <= 80
    entry = page.get_by_role("link", name="Bob 1 1 unread message", exact=True)
    await expect(entry).to_have_attribute("title", "Bob")
    await expect(entry.locator(".badge")).to_be_in_viewport(ratio=1)
    await page.reload()
    await expect(preview).to_be_hidden()
    await expect(entry).to_be_visible()

    # Where one pane is all there is, nothing is folded, and nothing offers to.
    await page.set_viewport_size({"width": 360, "height": 700})
    await expect(preview).to_be_visible()
    await expect(fold).to_have_count(0)
    await page.set_viewport_size({"width": 1180, "height": 800})
    await expect(preview).to_be_hidden()
    await page.keyboard.press("Control+Shift+F")
    await expect(page.get_by_label("Search", exact=True)).to_be_focused()
    await expect(preview).to_be_visible()
    await expect(fold).to_have_attribute("aria-pressed", "false")
    assert visitor.errors == []


def _line(visitor: Visitor) -> Locator:
    return visitor.page.locator(".entry", has_text="Bob").first


def _dot(visitor: Visitor) -> Locator:
    return _line(visitor).locator(".badge-dot")


async def _choose(visitor: Visitor, deed: str) -> None:
    await _line(visitor).click(button="right")
    await visitor.page.get_by_role("menuitem", name=deed, exact=True).click()


async def _width(visitor: Visitor) -> float:
    box = await visitor.page.locator(".sidebar").bounding_box()
    assert box
    return box["width"]
