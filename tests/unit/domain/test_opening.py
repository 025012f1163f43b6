"""Creating direct conversations and groups."""

import attrs
import pytest

from parlour.domain.conversations import (
    ConversationKind,
    GroupFull,
    Limits,
    Opened,
    Pair,
    Role,
    Title,
)
from parlour.domain.kernel.errors import Invalid, NotFound
from parlour.domain.kernel.ids import UserId
from parlour.entrypoints.use_cases import Policy
from tests.support import builders as b
from tests.support.contested import Contested
from tests.support.world import World, new_world


class TestTitle:
    def test_is_one_line_of_any_script(self) -> None:
        assert str(Title.parse(" Ünï  陽子 👩‍🚀 ")) == "Ünï 陽子 👩‍🚀"

    @pytest.mark.parametrize("raw", ["", "x" * 129, "a\u202eb"])
    def test_refuses_malformed_input(self, raw: str) -> None:
        with pytest.raises(Invalid) as refusal:
            Title.parse(raw)
        assert refusal.value.field == "title"


class TestPair:
    def test_does_not_depend_on_the_order_of_the_users(self) -> None:
        pair = Pair.of(b.ALICE, b.BOB)

        assert pair == Pair.of(b.BOB, b.ALICE)
        assert [b.BOB, b.ALICE] == [pair.peer_of(b.ALICE), pair.peer_of(b.BOB)]
        assert Pair.of(b.ALICE, b.ALICE).peer_of(b.ALICE) == b.ALICE


def told(opened: Opened) -> list[tuple[UserId, str]]:
    return [(event.user, event.kind) for event in opened.changes.private]


class TestOpenDirect:
    def test_creates_a_conversation_of_two(self, world: World) -> None:
        alice, bob = world.people("alice", "bob")
        opened = world.do.open_direct(bob, alice)
        conversation, (event,) = opened.conversation, opened.changes.events

        assert opened.is_new
        assert conversation.kind is ConversationKind.DIRECT
        assert (conversation.title, conversation.pair) == (None, Pair.of(alice, bob))
        assert (conversation.members, conversation.seq, conversation.offset) == (2, 0, 1)
        assert (event.kind, event.offset, event.seq) == ("conversation.created", 1, 0)
        assert event.by == bob
        assert b.data(event) == {
            "kind": "direct",
            "title": None,
            "members": [{"user": str(user), "role": "member"} for user in (alice, bob)],
        }
        assert told(opened) == [(alice, "conversation.joined"), (bob, "conversation.joined")]
        page = world.do.list_members(alice, conversation.id)
        assert [(alice, Role.MEMBER), (bob, Role.MEMBER)] == [
            (member.user, member.role) for member, _ in page.members
        ]

    def test_returns_the_existing_conversation(self, world: World) -> None:
        alice, bob = world.people("alice", "bob")
        first = world.do.open_direct(alice, bob)
        again = world.do.open_direct(bob, alice)

        assert again.conversation == first.conversation
        assert not again.is_new
        assert not again.changes.private
        assert not again.changes.events

    def test_with_oneself_creates_notes_to_self(self, world: World) -> None:
        (alice,) = world.people("alice")
        opened = world.do.open_direct(alice, alice)

        assert opened.conversation.members == 1
        assert told(opened) == [(alice, "conversation.joined")]
        assert world.do.open_direct(alice, alice).conversation == opened.conversation

    def test_needs_two_enabled_users(self, world: World) -> None:
        alice, bob = world.register("alice").user, world.register("bob").user
        disabled = attrs.evolve(bob, disabled=True)
        world.storage.uow(lambda stores: stores.users.save(disabled))

        for stranger in (UserId(b.next_id()), bob.id):
            with pytest.raises(NotFound):
                world.do.open_direct(alice.id, stranger)
            with pytest.raises(NotFound):
                world.do.open_direct(stranger, alice.id)

    def test_returns_the_conversation_that_the_peer_created_concurrently(
        self, world: World
    ) -> None:
        alice, bob = world.people("alice", "bob")
        opened_by_bob = []
        contested = Contested(
            world.storage.uow, lambda: opened_by_bob.append(world.do.open_direct(bob, alice))
        )
        opened = attrs.evolve(world.do.open_direct, uow=contested)(alice, bob)

        assert [opened.conversation] == [each.conversation for each in opened_by_bob]
        assert not opened.is_new


class TestFindDirect:
    def test_finds_the_conversation_of_two_from_both_sides(self, world: World) -> None:
        alice, bob = world.people("alice", "bob")
        opened = world.do.open_direct(alice, bob)

        assert world.do.find_direct(alice, bob) == opened.conversation.id
        assert world.do.find_direct(bob, alice) == opened.conversation.id

    def test_creates_nothing(self, world: World) -> None:
        alice, bob = world.people("alice", "bob")
        with pytest.raises(NotFound):
            world.do.find_direct(alice, bob)

        assert not world.do.list_heads(bob).heads


class TestCreateGroup:
    def test_makes_its_creator_the_owner(self, world: World) -> None:
        alice, bob, carol = world.people("alice", "bob", "carol")
        opened = world.do.create_group(
            alice, title=Title("Lobby"), members=[carol, bob, carol, alice]
        )
        group, (event,) = opened.conversation, opened.changes.events

        assert opened.is_new
        assert group.kind is ConversationKind.GROUP
        assert (group.title, group.pair, group.members) == (Title("Lobby"), None, 3)
        assert (group.seq, group.offset) == (0, 1)
        assert b.data(event) == {
            "kind": "group",
            "title": "Lobby",
            "members": [
                {"user": str(alice), "role": "owner"},
                {"user": str(carol), "role": "member"},
                {"user": str(bob), "role": "member"},
            ],
        }
        assert [(user, "conversation.joined") for user in (alice, carol, bob)] == told(opened)
        assert all(
            b.data(event) == {"conversation": str(group.id)} for event in opened.changes.private
        )

    def test_may_have_its_creator_alone(self, world: World) -> None:
        (alice,) = world.people("alice")
        assert (
            world.do.create_group(alice, title=Title("Me"), members=[]).conversation.members == 1
        )

    def test_needs_enabled_members(self, world: World) -> None:
        alice, bob = world.register("alice").user, world.register("bob").user
        disabled = attrs.evolve(bob, disabled=True)
        world.storage.uow(lambda stores: stores.users.save(disabled))

        for stranger in (UserId(b.next_id()), bob.id):
            with pytest.raises(NotFound, match="no such user"):
                world.do.create_group(alice.id, title=Title("Lobby"), members=[stranger])

    def test_is_refused_above_the_maximum_number_of_members(self) -> None:
        world = new_world(policy=Policy(limits=Limits(group_members=3)))
        alice, *others = world.people("alice", "bob", "carol", "dave")

        with pytest.raises(GroupFull, match="at most 3"):
            world.do.create_group(alice, title=Title("Lobby"), members=others)
        world.do.create_group(alice, title=Title("Lobby"), members=others[:2])
