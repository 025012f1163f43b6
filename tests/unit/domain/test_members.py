"""Roles, settings and the list of members."""

import pytest

from parlour.domain.conversations import ConversationSettings, Role
from parlour.domain.kernel.errors import Forbidden, Invalid, NotFound
from parlour.domain.kernel.ids import ConversationId, UserId
from parlour.domain.kernel.paging import pack_cursor
from tests.support import builders as b
from tests.support.fakes import SECOND
from tests.support.world import World


def roles(world: World, viewer: UserId, group: ConversationId) -> list[Role]:
    page = world.do.list_members(viewer, group)
    return [member.role for member, _ in page.members]


class TestChangeRole:
    def test_makes_a_member_an_admin_and_back(self, world: World) -> None:
        alice, bob = world.people("alice", "bob")
        group = world.group(alice, bob)

        for role in (Role.ADMIN, Role.MEMBER):
            offset, changes = world.change_role(alice, group, bob, role)
            (event,) = changes.events
            assert (event.kind, event.by, event.offset) == ("member.changed", alice, offset)
            assert b.data(event) == {"user": str(bob), "role": role.value}
            assert roles(world, bob, group) == [Role.OWNER, role]
            assert world.do.get_head(bob, group).conversation.offset == offset

    def test_transfers_the_ownership_of_the_group(self, world: World) -> None:
        alice, bob = world.people("alice", "bob")
        group = world.group(alice, bob)
        offset, changes = world.change_role(alice, group, bob, Role.OWNER)

        assert roles(world, alice, group) == [Role.ADMIN, Role.OWNER]
        assert [
            {"user": str(bob), "role": "owner"},
            {"user": str(alice), "role": "admin"},
        ] == [b.data(event) for event in changes.events]
        assert [offset - 1, offset] == [event.offset for event in changes.events]
        world.remove_member(alice, group, alice)

    def test_to_the_same_value_writes_no_event(self, world: World) -> None:
        alice, bob = world.people("alice", "bob")
        group = world.group(alice, bob)
        before = world.do.get_head(alice, group)
        offset, changes = world.change_role(alice, group, bob, Role.MEMBER)

        assert offset == before.conversation.offset
        assert not changes.events
        assert before == world.do.get_head(alice, group)

    def test_changes_nothing_else_of_the_member(self, world: World) -> None:
        alice, bob = world.people("alice", "bob")
        group = world.group(alice, bob)
        world.say(alice, group, "hi")
        world.read(bob, group, 1)
        world.do.change_settings(
            bob, group, ConversationSettings(muted_until=world.clock.now, pinned=True)
        )
        before = world.do.get_head(bob, group).member
        world.change_role(alice, group, bob, Role.ADMIN)
        after = world.do.get_head(bob, group).member

        assert after.role is Role.ADMIN
        assert (after.read, after.received, after.pinned, after.muted_until) == (
            before.read,
            before.received,
            before.pinned,
            before.muted_until,
        )

    def test_is_allowed_to_the_owner_and_for_other_members_alone(self, world: World) -> None:
        alice, bob, carol, mallory = world.people("alice", "bob", "carol", "mallory")
        group = world.group(alice, carol, admins=[bob])

        for actor in (bob, carol):
            with pytest.raises(Forbidden):
                world.change_role(actor, group, carol, Role.ADMIN)
        with pytest.raises(Invalid, match="role is yours"):
            world.change_role(alice, group, alice, Role.MEMBER)
        for actor, target in [(mallory, carol), (alice, mallory)]:
            with pytest.raises(NotFound):
                world.change_role(actor, group, target, Role.ADMIN)

    def test_is_forbidden_in_direct_conversations(self, world: World) -> None:
        alice, bob = world.people("alice", "bob")

        with pytest.raises(Forbidden):
            world.change_role(alice, world.direct(alice, bob), bob, Role.ADMIN)


class TestChangeSettings:
    def test_writes_a_private_event_for_all_devices(self, world: World) -> None:
        alice, bob = world.people("alice", "bob")
        direct = world.direct(alice, bob)
        until = world.clock.now + SECOND
        changes = world.do.change_settings(
            alice, direct, ConversationSettings(muted_until=until, pinned=True)
        )
        (event,) = changes.private

        assert not changes.events
        assert (event.user, event.kind) == (alice, "settings.changed")
        assert b.data(event) == {
            "conversation": str(direct),
            "muted_until": "2026-01-02T03:04:06.678901Z",
            "pinned": True,
            "marked_unread": False,
        }
        mine, theirs = (world.do.get_head(user, direct).member for user in (alice, bob))
        assert (mine.muted_until, mine.pinned) == (until, True)
        assert (theirs.muted_until, theirs.pinned) == (None, False)

    def test_to_the_same_value_writes_no_event(self, world: World) -> None:
        alice, bob = world.people("alice", "bob")
        direct = world.direct(alice, bob)
        plain = ConversationSettings(muted_until=None, pinned=False)

        assert not world.do.change_settings(alice, direct, plain).private
        world.do.change_settings(
            alice, direct, ConversationSettings(muted_until=None, pinned=True)
        )
        (event,) = world.do.change_settings(alice, direct, plain).private
        assert b.data(event)["muted_until"] is None

    def test_keeps_settings_that_are_not_named(self, world: World) -> None:
        alice, bob = world.people("alice", "bob")
        direct = world.direct(alice, bob)
        until = world.clock.now + SECOND
        world.do.change_settings(alice, direct, ConversationSettings(muted_until=until))
        world.do.change_settings(alice, direct, ConversationSettings(pinned=True))
        (event,) = world.do.change_settings(
            alice, direct, ConversationSettings(marked_unread=True)
        ).private
        member = world.do.get_head(alice, direct).member

        assert (member.muted_until, member.pinned, member.marked_unread) == (until, True, True)
        assert (b.data(event)["pinned"], b.data(event)["marked_unread"]) == (True, True)
        assert not world.do.change_settings(alice, direct, ConversationSettings()).private
        assert not world.do.get_head(bob, direct).member.marked_unread

    def test_answers_not_found_to_strangers(self, world: World) -> None:
        alice, bob, mallory = world.people("alice", "bob", "mallory")
        direct = world.direct(alice, bob)

        with pytest.raises(NotFound):
            world.do.change_settings(
                mallory, direct, ConversationSettings(muted_until=None, pinned=True)
            )


class TestListMembers:
    def test_returns_pages_of_members_with_their_accounts(self, world: World) -> None:
        people = world.people("alice", "bob", "carol")
        group = world.group(*people)
        first = world.do.list_members(people[1], group, limit=2)
        second = world.do.list_members(people[1], group, limit=2, cursor=first.next)

        assert [*people] == [user.id for _, user in (*first.members, *second.members)]
        assert ["alice", "bob"] == [user.handle.value for _, user in first.members]
        assert second.next is None

    def test_answers_not_found_to_strangers(self, world: World) -> None:
        alice, mallory = world.people("alice", "mallory")

        with pytest.raises(NotFound):
            world.do.list_members(mallory, world.group(alice))

    @pytest.mark.parametrize("cursor", ["nonsense", pack_cursor("not a user")])
    def test_refuses_a_bad_page(self, world: World, cursor: str) -> None:
        (alice,) = world.people("alice")
        group = world.group(alice)

        with pytest.raises(Invalid, match="cursor"):
            world.do.list_members(alice, group, cursor=cursor)
        with pytest.raises(Invalid, match="limit"):
            world.do.list_members(alice, group, limit=101)
