"""Sockets subscribe and unsubscribe at any moment."""

import asyncio

import pytest

from parlour.domain.messages import LogEvent
from parlour.entrypoints.shell.signals import conversation_topic
from parlour.entrypoints.shell.tail import MAX_HELD
from tests.support import builders as b
from tests.support.hub import Node, assert_empty, kinds, texts
from tests.support.shell import DeafBus, turns
from tests.support.sockets import HeardSocket


class TestSubscribing:
    async def test_buffers_events_until_the_logs_were_read(
        self, node: Node, alice: HeardSocket
    ) -> None:
        node.hub.register(alice)
        await node.hub.subscribe([alice], [b.LOBBY])
        node.say(6)
        node.say(5)
        node.note(3)
        assert not alice.pushed

        node.hub.complete_subscription(alice, 2, {b.LOBBY: 5}, [b.LOBBY])

        assert kinds(alice) == ["read.moved", "message.posted"]
        assert texts(alice) == ["6"]

    async def test_delivers_events_after_those_that_were_read(
        self, node: Node, alice: HeardSocket, bob: HeardSocket
    ) -> None:
        await node.connect(alice)
        node.say(1)
        node.hub.register(bob)
        await node.hub.subscribe([bob], [b.LOBBY])
        node.say(2)
        node.hub.complete_subscription(bob, 0, {b.LOBBY: 2}, [b.LOBBY])
        node.say(3)

        assert texts(alice) == ["1", "2", "3"]
        assert texts(bob) == ["3"]

    async def test_with_too_many_events_meanwhile_ends_in_a_resync(
        self, node: Node, alice: HeardSocket, bob: HeardSocket
    ) -> None:
        await node.connect(alice)
        node.hub.register(bob)
        await node.hub.subscribe([bob], [b.LOBBY])
        for offset in range(1, MAX_HELD + 2):
            node.say(offset)
        node.hub.complete_subscription(bob, 0, {b.LOBBY: 0}, [b.LOBBY])
        node.say(MAX_HELD + 2)

        assert bob.resyncs == [(b.LOBBY, "too_far_behind")]
        assert texts(bob) == [f"{MAX_HELD + 2}"]

    async def test_on_a_node_that_is_behind_delivers_no_earlier_events(
        self, node: Node, alice: HeardSocket, bob: HeardSocket
    ) -> None:
        """Bob may have joined with the third event: events that the node missed are not his."""
        await node.connect(alice)
        await node.connect(bob, end=3)
        node.say(4)
        node.say(3)
        node.say(1)
        node.say(2)
        node.say(5)

        assert texts(alice) == ["1", "2", "3", "4", "5"]
        assert texts(bob) == ["4", "5"]

    async def test_outlasts_an_earlier_removal_that_this_node_missed(
        self, node: Node, alice: HeardSocket, bob: HeardSocket
    ) -> None:
        """Bob was removed with the first event and is a member again with the second."""
        await node.connect(alice)
        await node.connect(bob, end=2)
        node.remove(b.BOB, 1)
        node.say(2)
        node.say(3)

        assert kinds(alice) == ["member.removed", "message.posted", "message.posted"]
        assert texts(bob) == ["3"]

    async def test_of_a_socket_that_closes_before_the_node_caught_up_leaves_nothing_behind(
        self, node: Node, alice: HeardSocket, bob: HeardSocket
    ) -> None:
        await node.connect(alice)
        await node.connect(bob, end=2)
        for socket in (alice, bob):
            node.hub.unregister(socket)

        assert_empty(node.hub)

    async def test_follows_each_topic_once(self, node: Node, alice: HeardSocket) -> None:
        await node.connect(alice, HeardSocket(b.ALICE), HeardSocket(b.BOB))
        assert isinstance(node.bus, DeafBus)

        assert node.bus.topics == {
            f"u:{b.ALICE.hex}", f"u:{b.BOB.hex}", conversation_topic(b.LOBBY)
        }  # fmt: skip

    async def test_follows_the_topic_again_after_the_bus_failed(
        self, node: Node, alice: HeardSocket, bob: HeardSocket
    ) -> None:
        assert isinstance(node.bus, DeafBus)
        node.bus.broken = ConnectionError()
        with pytest.raises(ConnectionError):
            await node.connect(alice)
        node.bus.broken = None
        await node.connect(bob)

        assert conversation_topic(b.LOBBY) in node.bus.topics

    async def test_skips_conversations_that_the_user_has_left(
        self, node: Node, alice: HeardSocket
    ) -> None:
        """They were removed between the two queries."""
        node.hub.register(alice)
        await node.hub.subscribe([alice], [b.LOBBY])
        node.hub.complete_subscription(alice, 0, {}, [b.LOBBY])
        node.say(1)

        assert not alice.pushed
        assert not node.hub.conversations

    async def test_keeps_conversations_that_were_joined_meanwhile(
        self, node: Node, alice: HeardSocket
    ) -> None:
        """The list that was read may be older than the subscription."""
        await node.connect(alice)
        await node.hub.subscribe([alice], [b.KITCHEN])  # somebody invites her …
        node.hub.complete_subscription(
            alice, 0, {b.LOBBY: 0}, [b.LOBBY]
        )  # … while something older was read
        node.hub.complete_subscription(alice, 0, {b.LOBBY: 0, b.KITCHEN: 3}, [b.KITCHEN])
        node.say(4, to=b.KITCHEN)

        assert texts(alice) == ["4"]

    async def test_may_be_cancelled_at_any_moment(self, node: Node, alice: HeardSocket) -> None:
        assert isinstance(node.bus, DeafBus)
        node.bus.gate = asyncio.Event()
        node.hub.register(alice)
        attaching = asyncio.create_task(node.hub.subscribe([alice], [b.LOBBY]))
        await turns()
        node.hub.unregister(alice)
        node.bus.gate.set()
        await attaching
        node.hub.complete_subscription(alice, 0, {b.LOBBY: 0}, [b.LOBBY])
        await node.hub.subscribe([alice], [b.KITCHEN])
        await node.hub.watching.watch(alice, [b.BOB])

        assert_empty(node.hub)

    async def test_survives_another_one_that_ends(
        self, node: Node, alice: HeardSocket, bob: HeardSocket
    ) -> None:
        assert isinstance(node.bus, DeafBus)
        node.bus.gate = asyncio.Event()
        for socket in (alice, bob):
            node.hub.register(socket)
        attaching = [
            asyncio.create_task(node.hub.subscribe([each], [b.LOBBY])) for each in (alice, bob)
        ]
        await turns()
        node.hub.unregister(alice)
        node.bus.gate.set()
        await asyncio.gather(*attaching)
        node.hub.complete_subscription(bob, 0, {b.LOBBY: 0}, [b.LOBBY])
        node.say(1)

        assert texts(bob) == ["1"]
        assert conversation_topic(b.LOBBY) in node.bus.topics


class TestUnregistering:
    async def test_removes_all_subscriptions_of_the_socket(
        self, node: Node, alice: HeardSocket
    ) -> None:
        await node.connect(alice)
        await node.hub.watching.watch(alice, [b.BOB])
        node.hub.unregister(alice)
        node.hub.unregister(alice)
        assert isinstance(node.bus, DeafBus)

        assert_empty(node.hub)
        assert not node.bus.topics

    async def test_keeps_the_subscriptions_of_others(
        self, node: Node, alice: HeardSocket, bob: HeardSocket
    ) -> None:
        laptop = HeardSocket(b.ALICE)
        await node.connect(alice, laptop, bob)
        node.hub.unregister(alice)
        node.say(1)

        assert texts(laptop) == texts(bob) == ["1"]
        assert node.hub.sockets_of(b.ALICE) == (laptop,)
        assert set(node.hub.sockets_in(b.LOBBY)) == {laptop, bob}

    async def test_of_an_unknown_socket_is_ignored(self, node: Node, alice: HeardSocket) -> None:
        node.hub.unregister(alice)

        assert node.hub.sockets_of(b.ALICE) == ()


class TestMembership:
    async def test_ends_with_the_event_of_the_removal(
        self, node: Node, alice: HeardSocket, bob: HeardSocket
    ) -> None:
        """It is the last event that they get."""
        laptop = HeardSocket(b.BOB)
        await node.connect(alice, bob, laptop)
        node.say(1)
        node.remove(b.BOB, 2)
        node.say(3)
        node.type(b.ALICE)

        removed = ["message.posted", "member.removed"]
        assert kinds(bob) == kinds(laptop) == removed
        assert kinds(alice) == [*removed, "message.posted"]
        assert not bob.soft
        assert not node.hub.is_subscribed(bob, b.LOBBY)

    async def test_ends_in_the_order_of_the_log(
        self, node: Node, alice: HeardSocket, bob: HeardSocket
    ) -> None:
        await node.connect(alice, bob)
        node.say(3)
        node.remove(b.BOB, 2)
        node.say(1)

        assert kinds(bob) == ["message.posted", "member.removed"]
        assert len(alice.pushed) == 3

    async def test_ends_also_where_the_removal_is_read_from_the_log(
        self, node: Node, alice: HeardSocket, bob: HeardSocket
    ) -> None:
        await node.connect(alice, bob)
        data = {"user": str(b.BOB), "left": False}
        events: list[LogEvent] = [
            b.event(1, "member.removed", data=data),
            b.message(2),
        ]
        node.hub.apply_from_log(b.LOBBY, [node.publisher.entry(each)[1] for each in events], 2)

        assert kinds(bob) == ["member.removed"]
        assert kinds(alice) == ["member.removed", "message.posted"]

    async def test_ends_also_by_the_private_log(self, node: Node, bob: HeardSocket) -> None:
        await node.connect(bob)
        node.note(1, "conversation.left", of=b.BOB)
        node.say(1)

        assert kinds(bob) == ["conversation.left"]

    async def test_that_begins_is_reported(self, node: Node, bob: HeardSocket) -> None:
        await node.connect(bob, into=[])
        node.note(1, "conversation.joined", of=b.BOB)

        assert kinds(bob) == ["conversation.joined"]
        assert node.joined == [(b.BOB, b.LOBBY)]

    async def test_of_others_is_not_ended(self, node: Node, alice: HeardSocket) -> None:
        await node.connect(alice)
        node.remove(b.CAROL, 1)
        node.say(2)

        assert len(alice.pushed) == 2
