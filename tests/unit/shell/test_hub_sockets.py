"""Sockets come, belong and go at any moment."""

import asyncio

import pytest

from parlour.domain.messages import LogEvent
from parlour.entrypoints.shell.signals import conversation_topic
from parlour.entrypoints.shell.tail import MAX_HELD
from tests.support import builders as b
from tests.support.hub import Node, assert_empty, kinds, texts
from tests.support.shell import DeafBus, turns
from tests.support.sockets import HeardSocket


class TestArriving:
    async def test_holds_what_happens_until_the_logs_were_read(
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

    async def test_late_hears_what_comes_after_what_it_has_read(
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

    async def test_while_more_happens_than_can_be_held_is_told_to_ask_the_log(
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

    async def test_where_this_node_is_behind_hears_nothing_from_before(
        self, node: Node, alice: HeardSocket, bob: HeardSocket
    ) -> None:
        """Bob may have joined with the third event: what the node has missed is not for him."""
        await node.connect(alice)
        await node.connect(bob, end=3)
        node.say(4)
        node.say(3)
        node.say(1)
        node.say(2)
        node.say(5)

        assert texts(alice) == ["1", "2", "3", "4", "5"]
        assert texts(bob) == ["4", "5"]

    async def test_after_a_removal_that_this_node_has_missed_stays(
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

    async def test_and_gone_again_before_this_node_has_caught_up_leaves_nothing_behind(
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

    async def test_follows_again_where_the_bus_failed(
        self, node: Node, alice: HeardSocket, bob: HeardSocket
    ) -> None:
        assert isinstance(node.bus, DeafBus)
        node.bus.broken = ConnectionError()
        with pytest.raises(ConnectionError):
            await node.connect(alice)
        node.bus.broken = None
        await node.connect(bob)

        assert conversation_topic(b.LOBBY) in node.bus.topics

    async def test_leaves_conversations_that_are_no_longer_theirs(
        self, node: Node, alice: HeardSocket
    ) -> None:
        """They were removed between the two looks into the database."""
        node.hub.register(alice)
        await node.hub.subscribe([alice], [b.LOBBY])
        node.hub.complete_subscription(alice, 0, {}, [b.LOBBY])
        node.say(1)

        assert not alice.pushed
        assert not node.hub.conversations

    async def test_leaves_alone_what_was_joined_meanwhile(
        self, node: Node, alice: HeardSocket
    ) -> None:
        """What is read may be older than what somebody else attached."""
        await node.connect(alice)
        await node.hub.subscribe([alice], [b.KITCHEN])  # somebody invites her …
        node.hub.complete_subscription(
            alice, 0, {b.LOBBY: 0}, [b.LOBBY]
        )  # … while something older was read
        node.hub.complete_subscription(alice, 0, {b.LOBBY: 0, b.KITCHEN: 3}, [b.KITCHEN])
        node.say(4, to=b.KITCHEN)

        assert texts(alice) == ["4"]

    async def test_may_end_at_any_moment(self, node: Node, alice: HeardSocket) -> None:
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

    async def test_is_not_undone_by_one_that_ends(
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


class TestLeaving:
    async def test_forgets_the_socket_everywhere(self, node: Node, alice: HeardSocket) -> None:
        await node.connect(alice)
        await node.hub.watching.watch(alice, [b.BOB])
        node.hub.unregister(alice)
        node.hub.unregister(alice)
        assert isinstance(node.bus, DeafBus)

        assert_empty(node.hub)
        assert not node.bus.topics

    async def test_leaves_the_others(
        self, node: Node, alice: HeardSocket, bob: HeardSocket
    ) -> None:
        laptop = HeardSocket(b.ALICE)
        await node.connect(alice, laptop, bob)
        node.hub.unregister(alice)
        node.say(1)

        assert texts(laptop) == texts(bob) == ["1"]
        assert node.hub.sockets_of(b.ALICE) == (laptop,)
        assert set(node.hub.sockets_in(b.LOBBY)) == {laptop, bob}

    async def test_of_a_socket_that_never_came_is_nothing(
        self, node: Node, alice: HeardSocket
    ) -> None:
        node.hub.unregister(alice)

        assert node.hub.sockets_of(b.ALICE) == ()


class TestMembership:
    async def test_ends_with_the_removal(
        self, node: Node, alice: HeardSocket, bob: HeardSocket
    ) -> None:
        """The removal is the last thing that they learn of the conversation."""
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

    async def test_ends_where_the_log_is_read(
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

    async def test_ends_by_the_own_log_too(self, node: Node, bob: HeardSocket) -> None:
        await node.connect(bob)
        node.note(1, "conversation.left", of=b.BOB)
        node.say(1)

        assert kinds(bob) == ["conversation.left"]

    async def test_that_begins_is_told(self, node: Node, bob: HeardSocket) -> None:
        await node.connect(bob, into=[])
        node.note(1, "conversation.joined", of=b.BOB)

        assert kinds(bob) == ["conversation.joined"]
        assert node.joined == [(b.BOB, b.LOBBY)]

    async def test_does_not_end_for_those_who_stay(self, node: Node, alice: HeardSocket) -> None:
        await node.connect(alice)
        node.remove(b.CAROL, 1)
        node.say(2)

        assert len(alice.pushed) == 2
