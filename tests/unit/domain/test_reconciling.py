"""What a node reads of the logs on behalf of all its sockets."""

from parlour.domain.kernel.ids import ConversationId, UserId
from tests.support import builders as b
from tests.support.world import World


class TestLogs:
    def test_end_at_the_last_event(self, world: World) -> None:
        alice, bob = world.people("alice", "bob")
        direct = world.direct(alice, bob)
        world.say(bob, direct, "one", "two")
        strangers = (ConversationId(b.next_id()), UserId(b.next_id()))
        ends = world.do.read_log_heads([direct, strangers[0]], [alice, strangers[1]])

        assert ends.conversations == {direct: 3}
        assert ends.users == {alice: 1}

    def test_of_no_keys_have_no_ends(self, world: World) -> None:
        ends = world.do.read_log_heads([], [])

        assert (ends.conversations, ends.users) == ({}, {})

    def test_are_read_after_an_offset_each(self, world: World) -> None:
        alice, bob = world.people("alice", "bob")
        direct, group = world.direct(alice, bob), world.group(alice)
        world.say(bob, direct, "one", "two", "three")
        missed = world.do.read_backlog({direct: 1, group: 1}, {alice: 1, bob: 0}, 2)

        assert [2, 3] == [event.offset for event in missed.conversations[direct]]
        assert missed.conversations[group] == []
        assert [2] == [event.offset for event in missed.users[alice]]
        assert ["conversation.joined"] == [event.kind for event in missed.users[bob]]

    def test_are_received_by_members_alone(self, world: World) -> None:
        alice, bob, mallory = world.people("alice", "bob", "mallory")
        group = world.group(alice, bob)

        assert world.do.filter_members(group, [alice, bob, mallory]) == {alice, bob}
        assert world.do.filter_members(ConversationId(b.next_id()), [alice]) == set()

    def test_of_a_user_are_the_private_log_and_their_conversations(self, world: World) -> None:
        alice, bob, mallory = world.people("alice", "bob", "mallory")
        direct, group = world.direct(alice, bob), world.group(bob)
        world.group(mallory)
        world.say(bob, direct, "hi")

        assert world.do.list_topics(bob) == (2, {direct: 2, group: 1})
        assert world.do.list_topics(UserId(b.next_id())) == (0, {})
