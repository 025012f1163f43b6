"""The notification centre: what concerned somebody, kept by the service."""

import asyncio

from playwright.async_api import Browser, expect

from tests.support.residents import Resident, Town
from tests.support.terminals import Server
from tests.support.visitors import visit
from tests.support.waiting import eventually

MENTIONS = 53
"""More than one page."""


async def test_mentions_wait_in_the_centre_lead_to_their_message_and_are_read_on_every_device(
    chromium: Browser, server: Server, people: Town
) -> None:
    ada, bob = people.person("ada", "Ada"), people.person("bob", "Bob")
    group = bob.group("Reading circle", ada)
    _mention(bob, ada, group, *range(1, MENTIONS + 1))
    eventually(lambda: ada.notified() == MENTIONS)
    visitor = await visit(chromium, server.url)
    await visitor.log_in("ada")
    other = await visit(chromium, server.url)
    await other.log_in("ada")
    page = visitor.page
    bell = page.get_by_role("button", name="Notifications")
    await expect(bell).to_contain_text("50+")

    # With the keyboard alone: open, walk, mark, and go there.
    await bell.press("Enter")
    notices = page.locator("dialog .notification")
    await expect(notices).to_have_count(50)
    await page.get_by_role("button", name="Show older ones").press("Enter")
    await expect(notices).to_have_count(MENTIONS)
    await expect(notices.first).to_contain_text(f"@ada number {MENTIONS}")
    await notices.first.focus()
    await page.keyboard.press("ArrowDown")
    await expect(notices.nth(1)).to_be_focused()
    await page.get_by_role("button", name="Mark as read").nth(0).press("Enter")
    await expect(bell).to_contain_text(str(MENTIONS - 1))
    await expect(other.page.get_by_role("button", name="Notifications")).to_contain_text("49+")

    await notices.nth(MENTIONS - 1).press("Enter")
    await expect(page.locator("dialog")).to_have_count(0)
    await expect(page.locator(".room-title", has_text="Reading circle")).to_be_visible()
    await expect(page.locator("[data-seq='1']")).to_be_in_viewport()
    await asyncio.to_thread(_mention, bob, ada, group, MENTIONS + 1)
    await bell.click()
    await expect(notices.first).to_contain_text(f"@ada number {MENTIONS + 1}")
    await page.get_by_role("button", name="Mark all as read").click()
    await expect(page.locator("dialog .notification.unread")).to_have_count(0)
    await expect(bell.locator(".badge")).to_have_count(0)
    await expect(other.page.locator("chat-list .badge-corner")).to_have_count(0)
    # They are the service's: a new page knows them.
    await page.reload()
    await bell.click()
    await expect(notices).to_have_count(50)
    await expect(page.locator("dialog .notification.unread")).to_have_count(0)
    assert (visitor.errors, other.errors) == ([], [])


def _mention(who: Resident, whom: Resident, group: str, *numbers: int) -> None:
    for number in numbers:
        who.say(group, f"@ada number {number}", mentions=[whom])
