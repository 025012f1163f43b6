"""The conversation menu and scrolling through the history."""

import asyncio

from playwright.async_api import Browser, Route, expect

from tests.support.browser_user import TIMEOUT_MS, open_browser_user
from tests.support.chat_processes import Server
from tests.support.http_client import HttpClient

LENGTH = 140

# Scrolls up by a third of a row in each frame; returns the largest number of rows added in a
# frame, and the total.
ADDED_ROWS = """
async () => {
  const scroller = document.querySelector('.scroller');
  const [rows] = scroller.children;
  const added = [];
  const observer = new MutationObserver((records) =>
    added.push(records.reduce((sum, { addedNodes }) => sum + addedNodes.length, 0)));
  observer.observe(rows, { childList: true });
  const end = scroller.scrollTop - 3 * scroller.clientHeight;
  while (scroller.scrollTop > end) {
    scroller.scrollTop -= 10;
    await new Promise(requestAnimationFrame);
  }
  observer.disconnect();
  return [Math.max(...added), added.reduce((sum, one) => sum + one, 0)];
}
"""


async def test_a_conversation_can_be_muted_forever_and_pinned_from_its_menu(
    chromium: Browser, server: Server, people: HttpClient
) -> None:
    ada, bob = await people.register("ada", "Ada"), await people.register("bob", "Bob")
    await bob.post(await bob.open_direct(ada), "Hello Ada")
    group = await bob.create_group("Reading circle", ada)
    await bob.post(group, "Friday at seven")
    user = await open_browser_user(chromium, server.url)
    await user.log_in("ada")
    page = user.page
    direct = page.locator(".entry", has_text="Hello Ada")

    await direct.click(button="right")
    await page.get_by_role("menuitem", name="Mute …").click()
    await page.get_by_role("menuitem", name="Until I turn it on again").click()
    await expect(direct).to_contain_text("Muted")
    # Muted conversations do not count.
    await expect(page).to_have_title("(1) Parlour")
    await expect(page.locator(".entry").first).to_contain_text("Friday at seven")
    await direct.click(button="right")
    await page.get_by_role("menuitem", name="Pin to the top").click()
    await expect(page.locator(".entry").first).to_contain_text("Hello Ada")
    await page.reload()
    await expect(page.locator(".entry").first).to_contain_text("Pinned")
    await expect(direct).to_contain_text("Muted")
    assert user.errors == []


async def test_jumping_through_the_history_keeps_the_scroll_position(
    chromium: Browser, server: Server, people: HttpClient
) -> None:
    ada, bob = await people.register("ada", "Ada"), await people.register("bob", "Bob")
    direct = await bob.open_direct(ada)
    await bob.post(direct, *(f"number {number}" for number in range(1, LENGTH + 1)))
    await ada.read(direct, LENGTH)
    user = await open_browser_user(chromium, server.url)
    await user.log_in("ada")
    await user.open("Bob")
    scroller = user.page.locator(".scroller")
    newest = user.page.locator(f"[data-seq='{LENGTH}']")
    await expect(newest).to_be_in_viewport()

    # Like dragging the scrollbar: repeatedly to the top, then to the end and back.
    start = user.page.locator(".conversation-start")
    async with asyncio.timeout(TIMEOUT_MS / 1_000):
        while not await start.count():
            await scroller.evaluate("one => { one.scrollTop = 0; }")
            await expect(user.page.locator(".row-message").first).to_be_visible()
    await scroller.evaluate("one => { one.scrollTop = one.scrollHeight; }")
    await expect(newest).to_be_in_viewport()
    await scroller.evaluate("one => { one.scrollTop = 0; }")
    await expect(start).to_be_in_viewport()
    await expect(user.page.locator("[data-seq='1']")).to_be_in_viewport()
    assert user.errors == []


async def test_scrolling_renders_only_a_few_rows_in_each_frame(
    chromium: Browser, server: Server, people: HttpClient
) -> None:
    ada, bob = await people.register("ada", "Ada"), await people.register("bob", "Bob")
    direct = await bob.open_direct(ada)
    await bob.post(direct, *(f"number {number}" for number in range(1, LENGTH + 1)))
    await ada.read(direct, LENGTH)
    user = await open_browser_user(chromium, server.url)
    await user.log_in("ada")
    await user.open("Bob")
    await expect(user.page.locator(f"[data-seq='{LENGTH}']")).to_be_in_viewport()

    fullest, all_rows = await user.page.evaluate(ADDED_ROWS)
    # A screen shows about twenty rows; rendering as many at once would take longer than one frame.
    assert fullest <= 12
    assert all_rows >= 40


async def test_the_list_shows_no_placeholder_name_while_the_name_is_loading(
    chromium: Browser, server: Server, people: HttpClient
) -> None:
    ada, bob = await people.register("ada", "Ada"), await people.register("bob", "Bob")
    await bob.post(await bob.create_group("Reading circle", ada), "Friday at seven")
    user = await open_browser_user(chromium, server.url)
    names = asyncio.Event()

    async def late(route: Route) -> None:
        await names.wait()
        await route.continue_()

    await user.page.route("**/v1/users**", late)
    await user.log_in("ada")
    preview = user.page.locator(".entry-preview")
    await expect(preview).to_have_text("Friday at seven")
    names.set()
    await expect(preview).to_have_text("Bob: Friday at seven")


async def test_a_member_who_is_let_in_again_sees_the_open_conversation(
    chromium: Browser, server: Server, people: HttpClient
) -> None:
    ada, bob = await people.register("ada", "Ada"), await people.register("bob", "Bob Marsh")
    group = await bob.create_group("Choir", ada)
    await bob.post(group, "before")
    user = await open_browser_user(chromium, server.url)
    await user.log_in("ada")
    await user.open("Choir")
    await user.sees("before")
    await bob.call("DELETE", f"/v1/conversations/{group}/members/{ada.id}")
    await expect(user.page.locator(".composer-closed")).to_be_visible()
    await bob.call("POST", f"/v1/conversations/{group}/members", {"users": [ada.id]})
    await bob.post(group, "welcome back")
    await expect(user.messages.last).to_have_text("welcome back")
    await expect(user.page.locator("message-composer textarea")).to_be_visible()
    await expect(user.page.locator(".loading-row")).to_have_count(0)
    assert user.errors == []
