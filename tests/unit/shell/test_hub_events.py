"""The hub delivers events to the sockets of members, in order and once."""

import pytest

from parlour.adapters.memory import MemoryBus, MemoryExchange
from parlour.entrypoints.shell.signals import Signal, SignalKind
from tests.support import builders as b
from tests.support.hub import Node, assert_empty, texts
from tests.support.shell import DeafBus, turns
from tests.support.sockets import HeardSocket


class TestEvents:
    async def test_reach_every_socket_but_the_one_that_sent_them(
        self, node: Node, alice: HeardSocket, bob: HeardSocket
    ) -> None:
        laptop = HeardSocket(b.ALICE)
        await node.connect(alice, laptop, bob)
        node.say(1, by=alice)

        assert (texts(alice), texts(laptop), texts(bob)) == ([], ["1"], ["1"])

    async def test_reach_members_only(self, node: Node, alice: HeardSocket) -> None:
        mallory = HeardSocket(b.MALLORY)
        await node.connect(alice)
        await node.connect(mallory, into=[b.KITCHEN])
        node.say(1)
        node.type(b.BOB)
        node.receipt(b.BOB)

        assert not mallory.pushed
        assert not mallory.soft
        assert not mallory.latest

    async def test_come_in_the_order_of_the_log(self, node: Node, alice: HeardSocket) -> None:
        await node.connect(alice)
        for offset in (3, 1, 1, 2, 3, 4):
            node.say(offset)

        assert texts(alice) == ["1", "2", "3", "4"]

    async def test_that_are_missing_are_reported_at_once(
        self, node: Node, alice: HeardSocket
    ) -> None:
        await node.connect(alice)
        node.say(1)
        assert node.missing == []
        node.say(3)
        assert node.missing == [False]

    async def test_may_be_missing_anywhere_after_a_gap_of_the_bus(self, node: Node) -> None:
        node.hub.gap()

        assert node.missing == [True]

    async def test_without_subscribers_leave_nothing_behind(self, node: Node) -> None:
        node.say(1)
        node.note(1)
        node.appear(b.ALICE)

        assert not node.hub.conversations
        assert not node.hub.users
        assert not node.hub.watching.watchers

    async def test_are_pushed_to_all_as_the_same_bytes(
        self, node: Node, alice: HeardSocket, bob: HeardSocket
    ) -> None:
        await node.connect(alice, bob)
        node.say(1)

        assert alice.pushed[0] is bob.pushed[0]

    async def test_reach_the_others_where_one_socket_breaks(self, node: Node) -> None:
        sockets = [HeardSocket(b.BOB) for _ in range(5)]
        await node.connect(*sockets)
        sockets[2].breaks = True
        node.say(1)
        node.note(1, of=b.BOB)

        assert [len(each.pushed) for each in sockets] == [2, 2, 0, 2, 2]
        assert len(node.failed) == 2

    async def test_that_are_malformed_are_ignored(self, node: Node, alice: HeardSocket) -> None:
        await node.connect(alice)
        node.hub.frame("c:nonsense", Signal(SignalKind.EVENT, b"", 1, node=b.next_id()).pack())
        node.hub.frame("?:", Signal(SignalKind.EVENT, b"", 1, node=b.next_id()).pack())
        node.hub.frame("c:", b"nonsense")
        node.say(1)

        assert texts(alice) == ["1"]
        assert len(node.failed) == 2


class TestEventsFromTheLog:
    async def test_are_delivered_where_they_were_missed(
        self, node: Node, alice: HeardSocket
    ) -> None:
        await node.connect(alice)
        node.say(3)
        signals = [node.publisher.message(b.message(offset, str(offset)))[1] for offset in (1, 2)]
        node.hub.apply_from_log(b.LOBBY, signals, 2)

        assert texts(alice) == ["1", "2", "3"]

    async def test_take_the_place_of_texts_that_were_held(
        self, node: Node, alice: HeardSocket
    ) -> None:
        await node.connect(alice)
        node.say(2)
        log = [
            node.publisher.message(b.message(seq, text))[1] for seq, text in ((1, "one"), (2, ""))
        ]
        node.hub.apply_from_log(b.LOBBY, log, 2)

        assert texts(alice) == ["one", ""]

    async def test_are_ignored_while_a_subscription_is_pending(
        self, node: Node, alice: HeardSocket
    ) -> None:
        node.hub.register(alice)
        await node.hub.subscribe([alice], [b.LOBBY])
        node.hub.apply_from_log(b.LOBBY, [node.publisher.message(b.message(1))[1]], 1)
        node.hub.apply_private_from_log(b.ALICE, (), 1)
        node.hub.complete_subscription(alice, 0, {b.LOBBY: 0}, [b.LOBBY])
        node.say(1)

        assert texts(alice) == ["1"]

    async def test_without_subscribers_are_ignored(self, node: Node) -> None:
        node.hub.apply_from_log(b.LOBBY, (), 7)
        node.hub.apply_private_from_log(b.ALICE, (), 7)

        assert_empty(node.hub)


class TestNodes:
    @pytest.fixture
    async def nodes(self) -> tuple[Node, Node]:
        """Two nodes on one bus."""
        exchange = MemoryExchange()
        nodes = Node(MemoryBus(exchange)), Node(MemoryBus(exchange))
        for node in nodes:
            await node.bus.start(node.hub)
        return nodes

    async def test_receive_signals_from_each_other(
        self, nodes: tuple[Node, Node], alice: HeardSocket, bob: HeardSocket
    ) -> None:
        here, there = nodes
        await here.connect(alice)
        await there.connect(bob)
        here.say(1, by=alice)
        there.say(2, by=bob)
        await turns()

        assert texts(alice) == ["2"]
        assert texts(bob) == ["1"]

    async def test_ignore_their_own_signals_from_the_bus(
        self, node: Node, alice: HeardSocket
    ) -> None:
        await node.connect(alice)
        node.type(b.BOB)
        assert isinstance(node.bus, DeafBus)
        for topic, payload in node.bus.published:
            node.hub.frame(topic, payload)

        assert len(alice.soft) == 1
