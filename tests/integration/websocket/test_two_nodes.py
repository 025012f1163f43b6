"""Two nodes in one process, each with backends of its own, serve one deployment."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from uuid import UUID

import pytest

from parlour.domain.conversations import RemoveMember
from parlour.domain.kernel.errors import Unauthenticated
from parlour.domain.kernel.ids import ConversationId
from tests.support.shared_backends import sharing
from tests.support.site import SETTINGS, Guest, Serve, Site
from tests.support.socket_client import SHORT_TIMEOUT


@pytest.fixture
async def nodes(serve: Serve) -> AsyncIterator[tuple[Site, Site]]:
    """Two nodes that share what they keep and hear each other."""
    with sharing(SETTINGS) as settings:
        async with AsyncExitStack() as running:
            here = await running.enter_async_context(serve(settings))
            there = await running.enter_async_context(serve(settings))
            yield here, there


@pytest.fixture
def here(nodes: tuple[Site, Site]) -> Site:
    """The first node."""
    return nodes[0]


@pytest.fixture
def there(nodes: tuple[Site, Site]) -> Site:
    """The second node."""
    return nodes[1]


@pytest.fixture
def alice(here: Site) -> Guest:
    """Somebody, whose socket is here."""
    return here.person("alice")


@pytest.fixture
def bob(here: Site) -> Guest:
    """Somebody else, whose socket is there."""
    return here.person("bob")


class TestTwoNodes:
    async def test_carry_a_conversation(self, there: Site, alice: Guest, bob: Guest) -> None:
        room = alice.open_direct(bob)
        one, other = await alice.connect(), await bob.connect(at=there)
        for number in range(20):
            speaker = (one, other)[number % 2]
            assert (await speaker.say(room, str(number)))["seq"] == number + 1
        await one.until(lambda: len(one.texts(room)) == 10)
        await other.until(lambda: len(other.texts(room)) == 10)

        assert one.texts(room) == [str(number) for number in range(1, 20, 2)]
        assert other.texts(room) == [str(number) for number in range(0, 20, 2)]

    async def test_carry_ephemeral_signals(self, there: Site, alice: Guest, bob: Guest) -> None:
        room = alice.open_direct(bob)
        one = await alice.connect()
        await one.ask({"type": "presence.watch", "users": [bob.id]})
        await one.ask({"type": "focus", "conversation": room})
        other = await bob.connect(at=there)
        await one.hears("presence", user=bob.id, state="online")
        await one.say(room, "hi")
        await other.hears("event")
        await other.ask({"type": "read", "conversation": room, "seq": 1})
        await one.hears("receipt", user=bob.id, read=1)
        await other.send({"type": "typing", "conversation": room, "on": True})
        await one.hears("typing", user=bob.id, on=True)
        await other.close()
        await one.hears("presence", user=bob.id, state="offline")

    async def test_subscribe_added_members_and_unsubscribe_removed_ones(
        self, there: Site, alice: Guest, bob: Guest
    ) -> None:
        one, other = await alice.connect(), await bob.connect(at=there)
        room = alice.create_group("Tea", bob)
        await other.hears("resync", conversation=room, reason="joined")
        await one.say(room, "welcome")
        await other.hears("event", kind="message.posted")
        await alice.site.service.execute(
            RemoveMember(actor=alice.user, conversation=ConversationId(UUID(room)), user=bob.user)
        )
        await one.say(room, "a secret")
        await other.hears("event", kind="member.removed")
        await other.hears("event.me", kind="conversation.left")
        await other.quiet()

        assert other.texts(room) == ["welcome"]

    async def test_end_a_device_everywhere_within_a_second(
        self, here: Site, there: Site, alice: Guest
    ) -> None:
        tablet = here.log_in("alice", alice.user)
        one, two = await alice.connect(at=there), await tablet.connect(at=there)
        here.service.disconnect(here.service.use.end_device(alice.user, alice.grant.device))

        assert await one.closed(seconds=SHORT_TIMEOUT) == (4504, "session_revoked")
        await two.quiet()

    @pytest.mark.parametrize("removed", ["the watcher", "the watched"])
    async def test_end_the_watching_of_presence_with_the_last_conversation(
        self, there: Site, alice: Guest, bob: Guest, removed: str
    ) -> None:
        """Both watch each other, from two nodes; then one is removed from their only group."""
        watcher, watched = await alice.connect(), await bob.connect(at=there)
        room = alice.create_group("Tea", bob)
        await watched.hears("resync", conversation=room, reason="joined")
        await watcher.ask({"type": "presence.watch", "users": [bob.id]})
        await watched.ask({"type": "presence.watch", "users": [alice.id]})
        await alice.site.service.execute(
            RemoveMember(actor=alice.user, conversation=ConversationId(UUID(room)), user=bob.user)
        )
        ends, other = (
            (watched, (watcher, alice)) if removed == "the watcher" else (watcher, (watched, bob))
        )
        await ends.hears("presence", user=other[1].id, state="offline")
        await other[0].ask({"type": "presence.set", "state": "busy"})
        await ends.quiet()

        assert ends.heard("presence", state="busy") == []

    async def test_refuse_the_token_of_an_ended_device_everywhere_at_once(
        self, here: Site, there: Site, alice: Guest
    ) -> None:
        """The other node has no socket of the user, but has seen the token over HTTP."""
        other = there.service.identities
        assert (await other.of(alice.token)).user == alice.user
        here.service.disconnect(here.service.use.end_device(alice.user, alice.grant.device))
        await asyncio.sleep(0)

        with pytest.raises(Unauthenticated):
            await other.of(alice.token)

    async def test_serve_a_client_that_moves_to_the_other(
        self, here: Site, there: Site, alice: Guest, bob: Guest
    ) -> None:
        room = alice.open_direct(bob)
        one, other = await alice.connect(), await bob.connect(at=there)
        await one.say(room, "before")
        await other.hears("event")
        cursor = other.welcome["cursor"]
        there.process.stop()
        assert await other.closed() == (4001, "draining")
        await one.say(room, "meanwhile")
        back = await bob.connect(at=here, cursor=cursor)
        page = await back.ask({"type": "sync", "conversation": room, "after": 2})
        await one.say(room, "after")
        await back.hears("event")

        assert [event["data"]["body"]["text"] for event in page["events"]] == ["meanwhile"]
        assert back.texts(room) == ["after"]
