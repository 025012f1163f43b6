"""Hiding messages and clearing the history, for oneself alone."""

import pytest

from parlour.domain.kernel.errors import Invalid, NotFound
from parlour.domain.kernel.ids import ConversationId, UserId
from parlour.domain.logs import Noted
from parlour.domain.messages import MAX_NUMBER, PageWindow, SetPin
from tests.support import builders as b
from tests.support.world import World

NEWEST = PageWindow()


def told(noted: Noted) -> list[dict[str, object]]:
    """Return the data of the private events that were committed."""
    return [dict(b.data(event)) for event in noted.changes.private]


def seen(world: World, viewer: UserId, room: ConversationId) -> list[int]:
    """Return the numbers of the messages that a page shows."""
    page = world.do.page_history(viewer, room, NEWEST)
    return [each.message.seq for each in page.messages]


def last(world: World, viewer: UserId, room: ConversationId) -> int | None:
    """Return the number of the message that the list of conversations shows."""
    message = world.do.get_head(viewer, room).last
    return message.seq if message else None


class TestHideMessages:
    def test_leaves_them_out_for_one_user_alone(self, world: World) -> None:
        alice, bob = world.people("alice", "bob")
        room = world.group(alice, bob)
        world.say(alice, room, "one", "two", "three", "four")
        noted = world.do.hide_messages(bob, room, [4, 2, 2])

        assert told(noted) == [{"conversation": str(room), "seqs": [2, 4]}]
        assert [event.offset for event in noted.changes.private] == [noted.offset]
        assert (seen(world, bob, room), last(world, bob, room)) == ([1, 3], 3)
        assert (seen(world, alice, room), last(world, alice, room)) == ([1, 2, 3, 4], 4)
        with pytest.raises(NotFound):
            world.do.get_message(bob, room, 2)

    def test_leaves_them_out_of_what_is_pinned(self, world: World) -> None:
        alice, bob = world.people("alice", "bob")
        room = world.group(alice, bob)
        world.say(alice, room, "one", "two")
        for seq in (1, 2):
            world.execute(SetPin(actor=alice, conversation=room, seq=seq, on=True))
        world.do.hide_messages(bob, room, [1])

        def pinned(viewer: UserId) -> list[int]:
            return [pin.seq for pin, _ in world.do.list_pins(viewer, room).pins]

        assert (pinned(bob), pinned(alice)) == ([2], [2, 1])

    def test_says_nothing_of_those_that_are_hidden_already(self, world: World) -> None:
        alice, bob = world.people("alice", "bob")
        room = world.group(alice, bob)
        world.say(alice, room, "one", "two", "three")
        first = world.do.hide_messages(bob, room, [1])
        again = world.do.hide_messages(bob, room, [1])
        more = world.do.hide_messages(bob, room, [1, 2])

        assert (told(again), again.offset) == ([], first.offset)
        assert told(more) == [{"conversation": str(room), "seqs": [2]}]

    def test_shows_no_last_message_where_all_are_hidden(self, world: World) -> None:
        alice, bob = world.people("alice", "bob")
        room, other = world.group(alice, bob), world.group(alice, bob)
        world.say(alice, room, "one", "two")
        world.say(alice, other, "three")
        world.do.hide_messages(bob, room, [1, 2])
        found = {head.conversation.id: head.last for head in world.do.list_heads(bob).heads}

        assert found[room] is None
        assert found[other] is not None
        world.say(alice, room, "three")
        assert last(world, bob, room) == 3

    def test_leaves_the_number_of_unread_messages_alone(self, world: World) -> None:
        alice, bob = world.people("alice", "bob")
        room = world.group(alice, bob)
        world.say(alice, room, "one", "two")
        world.do.hide_messages(bob, room, [2])

        assert world.do.get_head(bob, room).unread == 2

    @pytest.mark.parametrize("seqs", [[], [*range(1, 102)]], ids=["none", "many"])
    def test_refuses_none_and_too_many(self, world: World, seqs: list[int]) -> None:
        (alice,) = world.people("alice")
        with pytest.raises(Invalid) as refusal:
            world.do.hide_messages(alice, world.group(alice), seqs)
        assert refusal.value.field == "seqs"

    def test_refuses_messages_that_do_not_exist(self, world: World) -> None:
        alice, mallory = world.people("alice", "mallory")
        room = world.group(alice)
        world.say(alice, room, "one")
        for user, seq in ((alice, 0), (alice, 2), (mallory, 1)):
            with pytest.raises(NotFound):
                world.do.hide_messages(user, room, [seq])

    def test_ignores_messages_from_before_one_joined(self, world: World) -> None:
        alice, bob = world.people("alice", "bob")
        room = world.group(alice)
        world.say(alice, room, "one")
        world.add_members(alice, room, [bob])

        assert told(world.do.hide_messages(bob, room, [1])) == []


class TestClearHistory:
    def test_leaves_out_all_up_to_a_message_for_one_user_alone(self, world: World) -> None:
        alice, bob = world.people("alice", "bob")
        room = world.group(alice, bob)
        world.say(alice, room, "one", "two", "three", mentions=[str(bob)])
        noted = world.do.clear_history(bob, room, 2)
        head = world.do.get_head(bob, room)

        assert told(noted) == [{"conversation": str(room), "up_to": 2}]
        assert [event.offset for event in noted.changes.private] == [noted.offset]
        assert (seen(world, bob, room), seen(world, alice, room)) == ([3], [1, 2, 3])
        assert (head.unread, head.mentions, last(world, bob, room)) == (1, 1, 3)

    def test_reaches_to_the_last_message_at_most(self, world: World) -> None:
        alice, bob = world.people("alice", "bob")
        room = world.group(alice, bob)
        world.say(alice, room, "one")
        noted = world.do.clear_history(bob, room, MAX_NUMBER)

        assert told(noted) == [{"conversation": str(room), "up_to": 1}]
        assert last(world, bob, room) is None
        world.say(alice, room, "two")
        assert seen(world, bob, room) == [2]

    def test_never_goes_back(self, world: World) -> None:
        alice, bob = world.people("alice", "bob")
        room = world.group(alice, bob)
        world.say(alice, room, "one", "two", "three")
        first = world.do.clear_history(bob, room, 2)
        for up_to in (1, 2):
            noted = world.do.clear_history(bob, room, up_to)
            assert (told(noted), noted.offset) == ([], first.offset)

        assert seen(world, bob, room) == [3]
        assert told(world.do.hide_messages(bob, room, [1])) == []

    @pytest.mark.parametrize("up_to", [0, MAX_NUMBER + 1])
    def test_refuses_what_is_no_number(self, world: World, up_to: int) -> None:
        (alice,) = world.people("alice")
        with pytest.raises(Invalid) as refusal:
            world.do.clear_history(alice, world.group(alice), up_to)
        assert refusal.value.field == "up_to"

    def test_is_for_members(self, world: World) -> None:
        alice, mallory = world.people("alice", "mallory")
        room = world.group(alice)
        with pytest.raises(NotFound):
            world.do.clear_history(mallory, room, 1)
