"""Listing and marking notifications."""

from datetime import timedelta
from uuid import UUID

import pytest

from parlour.domain.conversations import ConversationSettings
from parlour.domain.kernel.errors import DomainError, Invalid
from parlour.domain.kernel.ids import ConversationId, UserId
from parlour.domain.kernel.paging import pack_cursor
from parlour.domain.notifications import (
    MAX_MARKED,
    NotificationPage,
    Notify,
    parse_key,
)
from tests.support import builders as b
from tests.support.contested import Contested
from tests.support.world import World, new_world


@pytest.fixture
def world() -> World:
    return new_world()


def mention(world: World, by: UserId, of: UserId, room: ConversationId, times: int = 1) -> None:
    """Mention somebody and notify them."""
    for _ in range(times):
        world.do.notify(world.say(by, room, "hi", mentions=[str(of)]))


def numbers(page: NotificationPage) -> list[int]:
    return [each.seq for each in page.notifications]


class TestListNotifications:
    def test_goes_back_page_by_page(self, world: World) -> None:
        alice, bob = world.people("alice", "bob")
        mention(world, alice, bob, world.group(alice, bob), times=3)
        first = world.do.list_notifications(bob, limit=2)
        second = world.do.list_notifications(bob, limit=2, cursor=first.next)

        assert [[3, 2], [1]] == [numbers(first), numbers(second)]
        assert second.next is None

    def test_leaves_out_conversations_that_were_left(self, world: World) -> None:
        alice, bob = world.people("alice", "bob")
        room = world.group(alice, bob)
        mention(world, alice, bob, room)
        world.remove_member(bob, room, bob)

        assert [] == numbers(world.do.list_notifications(bob))

    def test_counts_messages_that_were_read_as_read(self, world: World) -> None:
        alice, bob = world.people("alice", "bob")
        room = world.group(alice, bob)
        mention(world, alice, bob, room, times=2)
        world.read(bob, room, 1)

        assert [False, True] == [
            each.read for each in world.do.list_notifications(bob).notifications
        ]

    @pytest.mark.parametrize("cursor", ["nonsense", pack_cursor("-1"), pack_cursor("9" * 19)])
    def test_refuses_cursors_that_it_did_not_make(self, world: World, cursor: str) -> None:
        with pytest.raises(Invalid):
            world.do.list_notifications(b.ALICE, cursor=cursor)


class TestMarkNotifications:
    def test_by_id_is_an_event_for_every_device(self, world: World) -> None:
        alice, bob = world.people("alice", "bob")
        room = world.group(alice, bob)
        mention(world, alice, bob, room, times=2)
        changes = world.do.mark_notifications(bob, [(room, 1), (room, 99)])
        again = world.do.mark_notifications(bob, [(room, 1)])

        assert [{"ids": [f"{room}/1"]}] == [b.data(event) for event in changes.private]
        assert () == again.private

    def test_of_all_marks_every_one(self, world: World) -> None:
        alice, bob = world.people("alice", "bob")
        mention(world, alice, bob, world.group(alice, bob), times=2)
        changes = world.do.mark_notifications(bob, "all")

        assert [{"all": True}] == [b.data(event) for event in changes.private]
        assert all(each.read for each in world.do.list_notifications(bob).notifications)

    def test_of_too_many_is_refused(self, world: World) -> None:
        keys = [(b.LOBBY, seq) for seq in range(MAX_MARKED + 1)]
        with pytest.raises(Invalid):
            world.do.mark_notifications(b.ALICE, keys)


class TestNotify:
    def test_leaves_out_members_who_muted_the_conversation(self, world: World) -> None:
        alice, bob = world.people("alice", "bob")
        room = world.group(alice, bob)
        until = world.clock.now + timedelta(hours=1)
        world.do.change_settings(bob, room, ConversationSettings(muted_until=until, pinned=False))
        message = world.say(alice, room, "hi", mentions=[str(bob)])

        assert () == world.do.notify(message).changes.private

    def test_of_a_missing_conversation_notifies_nobody(self, world: World) -> None:
        alice, bob = world.people("alice", "bob")
        message = world.say(alice, world.direct(alice, bob), "hi")
        elsewhere = b.message(message.seq, by=alice, of=ConversationId(b.next_id()))

        assert () == world.do.notify(elsewhere).changes.private

    def test_starts_again_where_another_node_was_faster(self, world: World) -> None:
        alice, bob = world.people("alice", "bob")
        message = world.say(alice, world.group(alice, bob), "hi", mentions=[str(bob)])
        uow = Contested(world.storage.uow)
        notify = Notify(
            uow=uow,
            clock=world.clock,
            new_id=world.new_id,
            delay=timedelta(0),
            is_pushing=False,
        )

        assert 1 == len(notify(message).changes.private)
        assert 2 == uow.runs


class TestParseKey:
    @pytest.mark.parametrize("raw", ["", "x/1", f"{UUID(int=7)}/", f"{UUID(int=7)}/-1"])
    def test_refuses_malformed_ids(self, raw: str) -> None:
        with pytest.raises(DomainError):
            parse_key(raw)
