"""Two new users of the page."""

from playwright.async_api import Browser, expect

from tests.support.browser_user import open_browser_user
from tests.support.chat_processes import Server


async def test_two_new_users_find_each_other_and_see_the_delivery_status(
    chromium: Browser, server: Server
) -> None:
    alice = await open_browser_user(chromium, server.url)
    bob = await open_browser_user(chromium, server.url)
    await alice.register("alice", "Alice")
    await expect(alice.page.get_by_text("You have no conversations yet")).to_be_visible()
    await bob.register("bob", "Bob")

    await alice.find("bob")
    await alice.say("Hello Bob")
    # Bob's page is open but shows another view: the message is delivered and unread.
    await alice.sees_statuses(delivered=1, read=0)
    await expect(bob.page.locator(".entry.unread")).to_contain_text("1 unread message")
    await bob.open("Alice")
    await bob.sees("Hello Bob")
    await alice.sees_statuses(delivered=0, read=1)

    await bob.say("Hello Alice")
    await alice.sees("Hello Bob", "Hello Alice")
    await bob.sees_statuses(read=1)
    assert (alice.errors, bob.errors) == ([], [])


async def test_a_message_to_a_disconnected_user_stays_sent_until_they_return(
    chromium: Browser, server: Server
) -> None:
    alice = await open_browser_user(chromium, server.url)
    bob = await open_browser_user(chromium, server.url)
    await alice.register("alice", "Alice")
    await bob.register("bob", "Bob")
    await bob.page.goto("about:blank")

    await alice.find("bob")
    await alice.say("Are you there?")
    await alice.sees_statuses(sent=1, delivered=0, read=0)
    await bob.page.goto(server.url)
    await alice.sees_statuses(sent=0, delivered=1)
    assert alice.errors == []
