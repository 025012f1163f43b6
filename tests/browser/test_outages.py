"""The page while the server is down."""

import asyncio

from playwright.async_api import Browser, expect

from tests.support.browser_user import TIMEOUT_MS, BrowserUser, open_browser_user
from tests.support.chat_processes import Server
from tests.support.http_client import HttpClient

# The messages in the database of the page, as JSON.
_STORED = """
async () => {
  const open = indexedDB.open('parlour');
  await new Promise((resolve) => { open.onsuccess = resolve; });
  const all = open.result.transaction('values').objectStore('values').getAll();
  await new Promise((resolve) => { all.onsuccess = resolve; });
  open.result.close();
  return JSON.stringify(all.result.filter((value) => value?.messages));
}
"""


async def test_messages_written_while_the_server_is_down_arrive_once_and_in_order(
    chromium: Browser, server: Server
) -> None:
    alice, bob = await _two_who_talk(chromium, server)
    await asyncio.to_thread(server.stop)
    await expect(alice.banner).to_be_visible()
    await expect(bob.banner).to_be_visible()

    await alice.say("one", "two", "three")
    await bob.say("uno", "dos")
    await alice.sees("before", "one", "two", "three")
    await alice.sees_statuses(waiting=3)
    await bob.sees_statuses(waiting=2)
    # The page, the logged-in user and the last messages come from the browser's storage.
    await alice.page.reload()
    await alice.sees("before", "one", "two", "three")
    await alice.sees_statuses(waiting=3)

    await asyncio.to_thread(server.start)
    # The pages reconnect by themselves.
    await expect(alice.banner).to_have_count(0, timeout=60_000)
    await expect(bob.banner).to_have_count(0, timeout=60_000)
    await alice.sees_statuses(waiting=0, read=4)
    await bob.sees_statuses(waiting=0, read=2)
    texts = await alice.messages.all_text_contents()
    assert sorted(texts) == ["before", "dos", "one", "three", "two", "uno"]
    assert [text for text in texts if text in {"one", "two", "three"}] == ["one", "two", "three"]
    assert [text for text in texts if text in {"uno", "dos"}] == ["uno", "dos"]
    await bob.sees(*texts)

    # After a reload the messages come from the log, in the same order.
    await bob.page.reload()
    await bob.sees(*texts)
    assert (alice.errors, bob.errors) == ([], [])


async def test_a_reload_while_offline_shows_the_last_messages_and_a_log_out_deletes_them(
    chromium: Browser, server: Server, people: HttpClient
) -> None:
    ada, bob = await people.register("ada", "Ada"), await people.register("bob", "Bob Marsh")
    group = await bob.create_group("Choir", ada)
    await bob.post(group, *(f"number {number}" for number in range(1, 101)))
    await ada.read(group, 100)
    user = await open_browser_user(chromium, server.url)
    page = user.page
    await user.log_in("ada")
    await user.open("Choir")
    await expect(user.messages.last).to_have_text("number 100")
    await bob.post(group, "the last one")
    await expect(user.messages.last).to_have_text("the last one")
    await page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    async with asyncio.timeout(TIMEOUT_MS / 1_000):
        while "the last one" not in await page.evaluate(_STORED):
            await asyncio.sleep(0.1)

    await page.context.set_offline(True)
    await page.reload()
    await expect(user.banner).to_be_visible()
    await expect(user.messages.last).to_have_text("the last one")
    await expect(page.locator("[data-seq='101']")).to_be_in_viewport()
    await expect(page.get_by_role("article", name="Bob Marsh").last).to_be_visible()
    await expect(page.locator(".placeholder")).to_have_count(0)
    await bob.post(group, "written meanwhile")
    await page.context.set_offline(False)
    await expect(user.banner).to_have_count(0)
    await expect(user.messages.last).to_have_text("written meanwhile")

    # The device is logged out from another one: the page says why, and keeps nothing.
    found = await ada.call("GET", "/v1/devices")
    device = next(each for each in found["devices"] if each["platform"] == "web")
    await ada.call("DELETE", f"/v1/devices/{device['id']}")
    await expect(page.get_by_role("alert")).to_contain_text("logged out from another device")
    await expect(page.get_by_role("radio", name="Log in")).to_be_checked()
    assert await page.evaluate(_STORED) == "[]"
    assert user.errors == []


async def _two_who_talk(chromium: Browser, server: Server) -> tuple[BrowserUser, BrowserUser]:
    alice = await open_browser_user(chromium, server.url)
    bob = await open_browser_user(chromium, server.url)
    await alice.register("alice", "Alice")
    await bob.register("bob", "Bob")
    await alice.find("bob")
    await alice.say("before")
    await bob.open("Alice")
    await bob.sees("before")
    await alice.sees_statuses(read=1)
    return alice, bob
