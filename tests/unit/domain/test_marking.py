"""Watermarks: the last message that each member has received, and has read."""

import pytest

from parlour.adapters.memory.conversations import MemoryMemberStore
from parlour.adapters.memory.logs import MemoryPrivateLogStore
from parlour.domain.conversations import ConversationSettings
from parlour.domain.kernel.errors import Invalid, NotFound
from parlour.domain.kernel.ids import ConversationId, UserId
from parlour.domain.kernel.paging import pack_cursor
from parlour.domain.messages import MAX_NUMBER, Mark, Marked, Receipt
from parlour.domain.users import ChosenState, PresenceChoice
from tests.support import builders as b
from tests.support.world import World


@pytest.fixture
def room(world: World) -> tuple[UserId, UserId, ConversationId]:
    """Alice has said ten things to Bob."""
    alice, bob = world.people("alice", "bob")
    direct = world.direct(alice, bob)
    world.say(alice, direct, *["hi"] * 10)
    return alice, bob, direct


Room = tuple[UserId, UserId, ConversationId]


def mark(
    world: World,
    room: Room,
    *,
    read: int | None = None,
    received: int | None = None,
    private: bool = False,
) -> Marked:
    return world.do.mark_watermarks(
        [Mark(conversation=room[2], user=room[1], read=read, received=received, private=private)]
    )


class TestMarkWatermarks:
    def test_reading_makes_a_receipt_and_a_private_event(self, world: World, room: Room) -> None:
        _, bob, direct = room
        marked = mark(world, room, read=4)
        (note,) = marked.changes.private

        assert marked.outcomes == (4,)
        assert marked.receipts == (
            Receipt(conversation=direct, user=bob, received=4, read=4, members=2),
        )
        assert (note.user, note.kind, note.at) == (bob, "read.moved", world.clock.now)
        assert b.data(note) == {"conversation": str(direct), "seq": 4}
        head = world.do.get_head(bob, direct)
        assert (head.member.read, head.member.received, head.unread) == (4, 4, 6)

    def test_receiving_does_not_move_the_read_mark(self, world: World, room: Room) -> None:
        marked = mark(world, room, received=7)

        assert marked.outcomes == (0,)
        assert [(receipt.received, receipt.read) for receipt in marked.receipts] == [(7, 0)]
        assert not marked.changes.private
        assert world.do.get_head(room[1], room[2]).unread == 10

    def test_never_moves_back(self, world: World, room: Room) -> None:
        mark(world, room, read=6, received=8)

        for again in (mark(world, room, read=3), mark(world, room, received=2), mark(world, room)):
            assert again.outcomes == (6,)
            assert not again.receipts
            assert not again.changes.private
        assert mark(world, room, read=7).receipts[0].received == 8

    def test_a_private_read_makes_no_receipt(self, world: World, room: Room) -> None:
        alice, bob, direct = room
        marked = mark(world, room, read=5, private=True)
        (note,) = marked.changes.private

        assert marked.outcomes == (5,)
        assert not marked.receipts
        assert b.data(note) == {"conversation": str(direct), "seq": 5}
        assert world.do.get_head(bob, direct).unread == 5
        receipts = world.do.list_receipts(alice, direct).members
        assert {alice: 0, bob: 0} == {member.user: member.read for member in receipts}

    def test_a_public_read_after_a_private_one_makes_a_receipt_alone(
        self, world: World, room: Room
    ) -> None:
        mark(world, room, read=5, private=True)
        marked = mark(world, room, read=3)

        assert marked.outcomes == (5,)
        assert marked.receipts[0].read == 3
        assert not marked.changes.private

    @pytest.mark.parametrize("private", [False, True])
    @pytest.mark.parametrize("seq", [4, 5])
    def test_reading_clears_the_mark_as_unread_on_every_device(
        self, world: World, room: Room, *, seq: int, private: bool
    ) -> None:
        _, bob, direct = room
        mark(world, room, read=4)
        world.do.change_settings(bob, direct, ConversationSettings(marked_unread=True))
        marked = mark(world, room, read=seq, private=private)
        (note,) = marked.changes.private

        assert (note.user, note.kind) == (bob, "read.moved")
        assert b.data(note) == {"conversation": str(direct), "seq": seq}
        assert not world.do.get_head(bob, direct).member.marked_unread
        assert bool(marked.receipts) == (seq == 5 and not private)

    def test_nothing_else_clears_the_mark_as_unread(self, world: World, room: Room) -> None:
        alice, bob, direct = room
        mark(world, room, read=4)
        world.do.change_settings(bob, direct, ConversationSettings(marked_unread=True))
        marks = mark(world, room, read=3), mark(world, room, received=10), mark(world, room)
        world.read(alice, direct, 10)

        assert not any(marked.changes.private for marked in marks)
        assert world.do.get_head(bob, direct).member.marked_unread

    @pytest.mark.parametrize(
        ("read", "received"), [(11, None), (None, 11), (-1, None), (None, -1), (MAX_NUMBER, 1)]
    )
    def test_refuses_a_seq_beyond_the_last_message(
        self, world: World, room: Room, read: int | None, received: int | None
    ) -> None:
        marked = mark(world, room, read=read, received=received)
        (outcome,) = marked.outcomes

        assert isinstance(outcome, Invalid)
        assert outcome.field == "seq"
        assert not marked.receipts

    def test_decides_each_mark_and_writes_each_member_once(self, world: World, room: Room) -> None:
        alice, bob, direct = room
        mallory = world.people("mallory")[0]
        marked = world.do.mark_watermarks(
            [
                Mark(conversation=direct, user=bob, read=2),
                Mark(conversation=direct, user=mallory, read=2),
                Mark(conversation=ConversationId(b.next_id()), user=bob, read=1),
                Mark(conversation=direct, user=bob, read=99),
                Mark(conversation=direct, user=bob, read=5),
                Mark(conversation=direct, user=alice, received=10),
            ]
        )

        assert [type(each) for each in marked.outcomes] == [
            int,
            NotFound,
            NotFound,
            Invalid,
            int,
            int,
        ]
        assert (marked.outcomes[0], marked.outcomes[4]) == (2, 5)
        assert {(bob, 5, 5), (alice, 10, 0)} == {
            (receipt.user, receipt.received, receipt.read) for receipt in marked.receipts
        }
        assert [5] == [b.data(note)["seq"] for note in marked.changes.private]

    @pytest.mark.parametrize("turned", [False, True])
    def test_returns_receipts_in_the_order_of_the_marks(
        self, world: World, *, turned: bool
    ) -> None:
        bob, *others = world.people("bob", "alice", "carol", "dora", "emil")
        rooms = [world.direct(other, bob) for other in others]
        for other, room in zip(others, rooms, strict=True):
            world.say(other, room, "hi")
        if turned:
            rooms.reverse()

        marked = world.do.mark_watermarks(
            [Mark(conversation=room, user=bob, read=1) for room in rooms]
        )

        assert [receipt.conversation for receipt in marked.receipts] == rooms

    def test_shows_nothing_of_a_user_who_is_invisible(self, world: World) -> None:
        alice, bob = world.people("alice", "bob")
        room = world.direct(alice, bob)
        world.say(alice, room, "one", "two", "three")
        world.read(bob, room, 1)
        world.do.choose_presence(bob, PresenceChoice(ChosenState.INVISIBLE))
        marked = world.do.mark_watermarks(
            [
                Mark(conversation=room, user=bob, received=3),
                Mark(conversation=room, user=bob, read=2),
            ]
        )

        assert marked.outcomes == (1, 2)
        assert marked.receipts == ()
        assert [2] == [b.data(note)["seq"] for note in marked.changes.private]
        assert world.do.get_head(bob, room).unread == 1
        (shown,) = (
            each for each in world.do.list_receipts(alice, room).members if each.user == bob
        )
        assert (shown.received, shown.read) == (1, 1)

        world.do.choose_presence(bob, PresenceChoice(ChosenState.ONLINE))
        (receipt,) = world.do.mark_watermarks([Mark(conversation=room, user=bob, read=3)]).receipts
        assert (receipt.received, receipt.read) == (3, 3)

    def test_of_an_empty_batch_does_nothing(self, world: World) -> None:
        marked = world.do.mark_watermarks([])

        assert (marked.outcomes, marked.receipts) == ((), ())


class TestListReceipts:
    def test_lists_the_members_who_received_a_message(self, world: World) -> None:
        people = world.people("alice", "bob", "carol")
        group = world.group(*people)
        world.say(people[0], group, "hi", "ho")
        for user, seq in zip(people, (2, 1, 0), strict=True):
            world.do.mark_watermarks([Mark(conversation=group, user=user, received=seq)])

        def received(seq: int) -> list[UserId]:
            found = world.do.list_receipts(people[2], group, seq=seq)
            return [member.user for member in found.members]

        assert [people, people[:2], people[:1]] == [received(0), received(1), received(2)]

    def test_returns_pages_that_may_be_short(self, world: World) -> None:
        people = world.people("alice", "bob", "carol")
        group = world.group(*people)
        world.say(people[0], group, "hi")
        world.read(people[2], group, 1)
        first = world.do.list_receipts(people[0], group, seq=1, limit=2)
        second = world.do.list_receipts(people[0], group, seq=1, limit=2, cursor=first.next)

        assert first.members == ()
        assert [people[2]] == [member.user for member in second.members]
        assert second.next is None

    def test_answers_not_found_to_strangers(self, world: World, room: Room) -> None:
        mallory = world.people("mallory")[0]

        with pytest.raises(NotFound):
            world.do.list_receipts(mallory, room[2])

    def test_refuses_numbers_out_of_range(self, world: World, room: Room) -> None:
        alice, _, direct = room

        for seq in (-1, MAX_NUMBER + 1):
            with pytest.raises(Invalid, match="seq"):
                world.do.list_receipts(alice, direct, seq=seq)
        with pytest.raises(Invalid, match="limit"):
            world.do.list_receipts(alice, direct, limit=0)
        with pytest.raises(Invalid, match="cursor"):
            world.do.list_receipts(alice, direct, cursor=pack_cursor("nobody"))


class TestLockedMembers:
    @pytest.mark.parametrize("store", [MemoryMemberStore, MemoryPrivateLogStore])
    def test_are_those_whose_membership_or_private_log_is_locked(
        self, world: World, monkeypatch: pytest.MonkeyPatch, store: type
    ) -> None:
        alice, bob = world.people("alice", "bob")
        room = world.direct(alice, bob)
        marks = [Mark(conversation=room, user=user, read=0) for user in (alice, bob)]
        assert world.do.mark_watermarks.locked(marks) == set()

        locked = {(room, alice)} if store is MemoryMemberStore else {alice}
        monkeypatch.setattr(store, "locked", lambda _, asked: set(asked) & locked)
        assert world.do.mark_watermarks.locked(marks) == {(room, alice)}
