"""Signals that are in no log: receipts, typing, presence, revocation."""

from parlour.domain.access import Ended
from parlour.domain.kernel.ids import DeviceId, UserId
from parlour.entrypoints.shell.hub import MAX_TYPING_TO_ALL
from tests.support import builders as b
from tests.support.hub import Node
from tests.support.shell import DeafBus
from tests.support.sockets import HeardSocket


class TestReceipts:
    async def test_reach_members_with_the_conversation_focused(
        self, node: Node, alice: HeardSocket, bob: HeardSocket
    ) -> None:
        carol = HeardSocket(b.CAROL, focus=True)
        bob.focus = b.LOBBY
        await node.connect(alice, bob, carol)
        node.receipt(b.BOB)

        assert [len(each.latest) for each in (alice, bob, carol)] == [0, 0, 1]

    async def test_merge_by_member(self, node: Node) -> None:
        carol = HeardSocket(b.CAROL, focus=True)
        await node.connect(carol)
        for user in (b.ALICE, b.ALICE, b.BOB):
            node.receipt(user)

        assert len({key for key, _ in carol.latest}) == 2

    async def test_of_large_conversations_are_not_pushed(self, node: Node) -> None:
        carol = HeardSocket(b.CAROL, focus=True)
        await node.connect(carol)
        node.receipt(b.ALICE, members=101)

        assert not carol.latest


class TestTyping:
    async def test_is_pushed_to_the_other_members(
        self, node: Node, alice: HeardSocket, bob: HeardSocket
    ) -> None:
        await node.connect(alice, bob)
        node.type(b.ALICE)

        assert (len(alice.soft), len(bob.soft)) == (0, 1)

    async def test_in_a_large_conversation_is_pushed_where_it_is_focused(self, node: Node) -> None:
        crowd = [HeardSocket(UserId(b.next_id())) for _ in range(MAX_TYPING_TO_ALL)]
        carol = HeardSocket(b.CAROL, focus=True)
        await node.connect(*crowd, carol)
        node.type(b.ALICE)

        assert len(carol.soft) == 1
        assert not any(each.soft for each in crowd)


class TestPresence:
    async def test_is_pushed_to_watchers(
        self, node: Node, alice: HeardSocket, bob: HeardSocket
    ) -> None:
        await node.connect(alice, bob)
        await node.hub.watching.watch(alice, [b.CAROL, b.CAROL])
        node.appear(b.CAROL)

        assert (len(alice.soft), len(bob.soft)) == (1, 0)

    async def test_follows_the_newest_list_of_watched_users(
        self, node: Node, alice: HeardSocket
    ) -> None:
        await node.connect(alice)
        await node.hub.watching.watch(alice, [b.CAROL, b.BOB])
        await node.hub.watching.watch(alice, [b.BOB, b.MALLORY])
        for user in (b.BOB, b.CAROL, b.MALLORY):
            node.appear(user)
        assert isinstance(node.bus, DeafBus)

        assert [key for key, _ in alice.soft] == [f"presence:{b.BOB}", f"presence:{b.MALLORY}"]
        assert {name[2:] for name in node.bus.topics if name[0] == "p"} == {
            b.BOB.hex, b.MALLORY.hex
        }  # fmt: skip

    async def test_is_followed_on_the_bus_while_anybody_watches(
        self, node: Node, alice: HeardSocket, bob: HeardSocket
    ) -> None:
        await node.connect(alice, bob)
        for socket in (alice, bob):
            await node.hub.watching.watch(socket, [b.CAROL])
        node.hub.unregister(alice)
        node.appear(b.CAROL)
        assert len(bob.soft) == 1
        await node.hub.watching.watch(bob, [])

        assert not node.hub.watching.watchers


class TestRevocation:
    async def test_closes_the_sockets_of_that_device_only(
        self, node: Node, alice: HeardSocket
    ) -> None:
        laptop = HeardSocket(b.ALICE, b.LAPTOP)
        await node.connect(alice, laptop)
        node.hub.publish(*node.publisher.ended(Ended(b.ALICE, (b.PHONE, DeviceId(b.next_id())))))

        assert (alice.is_ended, laptop.is_ended) == (True, False)
