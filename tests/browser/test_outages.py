"""The page while the server is down."""

import asyncio

from playwright.async_api import Browser, expect

from tests.support.browser_user import BrowserUser, open_browser_user
from tests.support.chat_processes import Server


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
    # The page and the logged-in user come from the browser's storage.
    await alice.page.reload()
    await alice.sees("one", "two", "three")
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
