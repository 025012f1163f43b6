"""A service that goes away while people write."""

import asyncio

from playwright.async_api import Browser, expect

from tests.support.terminals import Server
from tests.support.visitors import Visitor, visit


async def test_what_was_typed_while_the_server_was_down_arrives_once_and_in_order(
    chromium: Browser, server: Server
) -> None:
    alice, bob = await _two_who_talk(chromium, server)
    await asyncio.to_thread(server.stop)
    await expect(alice.banner).to_be_visible()
    await expect(bob.banner).to_be_visible()

    await alice.say("one", "two", "three")
    await bob.say("uno", "dos")
    await alice.sees("before", "one", "two", "three")
    await alice.sees_ticks(waiting=3)
    await bob.sees_ticks(waiting=2)
    # Neither the page nor who she is comes from the server now: both must have been kept.
    await alice.page.reload()
    await alice.sees("one", "two", "three")
    await alice.sees_ticks(waiting=3)

    await asyncio.to_thread(server.start)
    # Nobody does anything: the pages come back by themselves, when their next try is due.
    await expect(alice.banner).to_have_count(0, timeout=60_000)
    await expect(bob.banner).to_have_count(0, timeout=60_000)
    await alice.sees_ticks(waiting=0, read=4)
    await bob.sees_ticks(waiting=0, read=2)
    texts = await alice.messages.all_text_contents()
    assert sorted(texts) == ["before", "dos", "one", "three", "two", "uno"]
    assert [text for text in texts if text in {"one", "two", "three"}] == ["one", "two", "three"]
    assert [text for text in texts if text in {"uno", "dos"}] == ["uno", "dos"]
    await bob.sees(*texts)

    # What the log says is what both saw.
    await bob.page.reload()
    await bob.sees(*texts)
    assert (alice.errors, bob.errors) == ([], [])


async def _two_who_talk(chromium: Browser, server: Server) -> tuple[Visitor, Visitor]:
    alice = await visit(chromium, server.url)
    bob = await visit(chromium, server.url)
    await alice.register("alice", "Alice")
    await bob.register("bob", "Bob")
    await alice.find("bob")
    await alice.say("before")
    await bob.open("Alice")
    await bob.sees("before")
    await alice.sees_ticks(read=1)
    return alice, bob
