"""The notification centre."""

import asyncio

from playwright.async_api import Browser, expect

from tests.support.browser_user import open_browser_user
from tests.support.chat_processes import Server
from tests.support.http_client import HttpClient, HttpUser

MENTIONS = 53
"""More than one page."""

COUNT_SOUNDS = """
localStorage.setItem('parlour.preferences', JSON.stringify({ sound: true }));
window.sounds = 0;
window.AudioContext = class extends AudioContext {
  constructor() {
    super();
    window.sounds += 1;
  }
};
"""


async def test_notifications_open_their_message_and_are_read_on_all_devices(
    chromium: Browser, server: Server, people: HttpClient
) -> None:
    ada, bob = await people.register("ada", "Ada"), await people.register("bob", "Bob")
    group = await bob.create_group("Reading circle", ada)
    await _mention(bob, ada, group, *range(1, MENTIONS + 1))
    async with asyncio.timeout(30):
        while await _notification_count(ada) < MENTIONS:
            await asyncio.sleep(0.05)
    user = await open_browser_user(chromium, server.url)
    await user.log_in("ada")
    other = await open_browser_user(chromium, server.url)
    await other.log_in("ada")
    page = user.page
    bell = page.get_by_role("button", name="Notifications")
    await expect(bell).to_contain_text("50+")

    # With the keyboard: open the centre, move in it, mark one as read, open its message.
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
    await _mention(bob, ada, group, MENTIONS + 1)
    await bell.click()
    await expect(notices.first).to_contain_text(f"@ada number {MENTIONS + 1}")
    await page.get_by_role("button", name="Mark all as read").click()
    await expect(page.locator("dialog .notification.unread")).to_have_count(0)
    await expect(bell.locator(".badge")).to_have_count(0)
    await expect(other.page.locator("chat-list .badge-corner")).to_have_count(0)
    # The service stores the notifications: they are there after a reload.
    await page.reload()
    await bell.click()
    await expect(notices).to_have_count(50)
    await expect(page.locator("dialog .notification.unread")).to_have_count(0)
    assert (user.errors, other.errors) == ([], [])


async def test_a_mention_in_a_muted_group_is_silent_in_an_open_page(
    chromium: Browser, server: Server, people: HttpClient
) -> None:
    ada, bob = await people.register("ada", "Ada"), await people.register("bob", "Bob")
    muted, heard = await bob.create_group("Muted", ada), await bob.create_group("Heard", ada)
    settings = {"muted_until": "2999-01-01T00:00:00Z", "pinned": False}
    await ada.call("PATCH", f"/v1/conversations/{muted}/settings", settings)
    user = await open_browser_user(chromium, server.url)
    await user.page.add_init_script(COUNT_SOUNDS)
    await user.log_in("ada")

    await bob.post(muted, "@ada in the muted group", mentions=[ada])
    await bob.post(heard, "to everyone")
    await bob.post(heard, "@ada in the other group", mentions=[ada])
    bell = user.page.get_by_role("button", name="Notifications")
    await expect(bell).to_contain_text("1")
    await expect(user.page.locator(".entry", has_text="@ada in the muted group")).to_be_visible()

    # One for each message of the group that is not muted.
    assert await user.page.evaluate("window.sounds") == 2
    assert user.errors == []


async def _mention(who: HttpUser, whom: HttpUser, group: str, *numbers: int) -> None:
    for number in numbers:
        await who.post(group, f"@ada number {number}", mentions=[whom])


async def _notification_count(who: HttpUser) -> int:
    answer = await who.call("GET", "/v1/notifications?limit=100")
    return len(answer["notifications"])
