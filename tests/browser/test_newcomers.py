"""Two people who never saw the page before."""

from playwright.async_api import Browser, expect

from tests.support.terminals import Server
from tests.support.visitors import visit


async def test_two_newcomers_find_each_other_and_talk_with_true_ticks(
    chromium: Browser, server: Server
) -> None:
    alice = await visit(chromium, server.url)
    bob = await visit(chromium, server.url)
    await alice.register("alice", "Alice")
    await expect(alice.page.get_by_text("You have no conversations yet")).to_be_visible()
    await bob.register("bob", "Bob")

    await alice.find("bob")
    await alice.say("Hello Bob")
    # His page is open, but he is elsewhere in it: the message is with him and unread.
    await alice.sees_ticks(delivered=1, read=0)
    await expect(bob.page.locator(".entry.unread")).to_contain_text("1 unread message")
    await bob.open("Alice")
    await bob.sees("Hello Bob")
    await alice.sees_ticks(delivered=0, read=1)

    await bob.say("Hello Alice")
    await alice.sees("Hello Bob", "Hello Alice")
    await bob.sees_ticks(read=1)
    assert (alice.errors, bob.errors) == ([], [])


async def test_a_message_to_somebody_who_is_away_is_sent_and_no_more(
    chromium: Browser, server: Server
) -> None:
    alice = await visit(chromium, server.url)
    bob = await visit(chromium, server.url)
    await alice.register("alice", "Alice")
    await bob.register("bob", "Bob")
    await bob.page.goto("about:blank")

    await alice.find("bob")
    await alice.say("Are you there?")
    await alice.sees_ticks(sent=1, delivered=0, read=0)
    await bob.page.goto(server.url)
    await alice.sees_ticks(sent=0, delivered=1)
    assert alice.errors == []
