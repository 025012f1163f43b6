"""Drafts: what a user is about to say, on all of their devices."""

import pytest

from parlour.domain.conversations import Role
from parlour.domain.kernel.errors import Invalid, NotFound
from parlour.domain.kernel.ids import ConversationId
from parlour.domain.logs import Cursor, Noted
from parlour.domain.messages import MAX_CHARACTERS, MAX_NUMBER, TooManyDrafts, drafts
from parlour.domain.sync import Snapshot, SnapshotRequest, heads
from tests.support import builders as b
from tests.support.fakes import SECOND
from tests.support.world import World


def told(noted: Noted) -> list[dict[str, object]]:
    """Return the data of the private events that were committed."""
    return [dict(b.data(event)) for event in noted.changes.private]


class TestSetDraft:
    def test_tells_all_devices_and_shows_it_in_the_list(self, world: World) -> None:
        alice, bob = world.people("alice", "bob")
        direct = world.direct(alice, bob)
        now = world.clock.advance()
        noted = world.do.set_draft(alice, direct, "Dear Bob,\n", 7)
        draft = world.do.get_head(alice, direct).draft

        assert told(noted) == [{"conversation": str(direct), "text": "Dear Bob,\n", "reply_to": 7}]
        assert [event.offset for event in noted.changes.private] == [noted.offset]
        assert draft is not None
        assert (draft.text, draft.reply_to, draft.at) == ("Dear Bob,\n", 7, now)
        assert world.do.get_head(bob, direct).draft is None

    def test_replaces_the_former_one_and_says_nothing_where_it_is_the_same(
        self, world: World
    ) -> None:
        alice, bob = world.people("alice", "bob")
        direct = world.direct(alice, bob)
        world.do.set_draft(alice, direct, "one")
        second = world.do.set_draft(alice, direct, "two")
        again = world.do.set_draft(alice, direct, "two")
        other = world.do.set_draft(alice, direct, "two", 1)

        assert told(again) == []
        assert again.offset == second.offset == other.offset - 1
        draft = world.do.get_head(alice, direct).draft
        assert draft is not None
        assert draft.reply_to == 1

    @pytest.mark.parametrize("text", [None, "", " \n"], ids=["none", "empty", "blank"])
    def test_removes_it_without_a_visible_text(self, world: World, text: str | None) -> None:
        alice, bob = world.people("alice", "bob")
        direct = world.direct(alice, bob)
        world.do.set_draft(alice, direct, "Dear Bob")
        removed = world.do.set_draft(alice, direct, text)
        again = world.do.set_draft(alice, direct, text)

        assert told(removed) == [{"conversation": str(direct), "text": None}]
        assert (told(again), again.offset) == ([], removed.offset)
        assert world.do.get_head(alice, direct).draft is None

    def test_keeps_no_text_in_the_log_that_was_replaced(self, world: World) -> None:
        alice, bob = world.people("alice", "bob")
        direct = world.direct(alice, bob)
        start = Cursor(world.do.set_draft(alice, direct, None).offset)
        for text in ("first thought", "second thought"):
            world.do.set_draft(alice, direct, text)
        texts = [b.data(event)["text"] for event in world.do.sync_private(alice, start).events]

        assert texts == ["second thought", "second thought"]

    @pytest.mark.parametrize(
        ("text", "reply_to", "field"),
        [
            ("x" * (MAX_CHARACTERS + 1), None, "text"),
            ("a\0b", None, "text"),
            ("hi", 0, "reply_to"),
            ("hi", MAX_NUMBER + 1, "reply_to"),
        ],
        ids=["long", "control", "zero", "large"],
    )
    def test_refuses_what_could_not_be_sent(
        self, world: World, text: str, reply_to: int | None, field: str
    ) -> None:
        alice, bob = world.people("alice", "bob")
        with pytest.raises(Invalid) as refusal:
            world.do.set_draft(alice, world.direct(alice, bob), text, reply_to)
        assert refusal.value.field == field

    def test_has_a_maximum_for_each_user(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(drafts, "MAX_DRAFTS", 2)
        alice, bob = world.people("alice", "bob")
        rooms = [world.group(alice, bob) for _ in range(3)]
        for room in rooms[:2]:
            world.do.set_draft(alice, room, "hi")
        world.do.set_draft(bob, rooms[2], "hi")
        with pytest.raises(TooManyDrafts):
            world.do.set_draft(alice, rooms[2], "hi")
        world.do.set_draft(alice, rooms[0], "hi there")
        world.do.set_draft(alice, rooms[1], None)

        assert told(world.do.set_draft(alice, rooms[2], "hi"))

    @pytest.mark.parametrize("text", ["hi", None], ids=["set", "remove"])
    def test_is_for_members(self, world: World, text: str | None) -> None:
        alice, mallory = world.people("alice", "mallory")
        for room in (world.group(alice), ConversationId(b.next_id())):
            with pytest.raises(NotFound):
                world.do.set_draft(mallory, room, text)

    def test_outlives_a_message_but_not_the_membership(self, world: World) -> None:
        alice, bob = world.people("alice", "bob")
        room = world.group(alice, bob)
        world.do.set_draft(bob, room, "hm")
        world.say(bob, room, "hi")
        assert world.do.get_head(bob, room).draft is not None
        world.remove_member(alice, room, bob)
        world.add_members(alice, room, [bob])

        assert world.do.get_head(bob, room).draft is None
        assert world.storage.uow.read(lambda stores: stores.drafts.count(bob)) == 0

    def test_leaves_alone_what_others_change_of_the_member(self, world: World) -> None:
        alice, bob = world.people("alice", "bob")
        room = world.group(alice, bob)
        world.do.set_draft(bob, room, "hm")
        world.change_role(alice, room, bob, Role.ADMIN)
        world.do.set_draft(bob, room, None)

        assert world.do.get_head(bob, room).member.role is Role.ADMIN


class TestPagesOfHeads:
    def test_hold_no_more_drafts_than_fit_into_a_frame(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(heads, "MAX_DRAFTED", 10)
        (alice,) = world.people("alice")
        rooms = []
        for text in ("12345678901", "1234567890", "", "1", "12345"):
            rooms.append(world.group(alice))
            world.do.set_draft(alice, rooms[-1], text)
            world.clock.advance(SECOND)
        pages: list[list[int]] = []
        cursor = None
        while len(pages) < 9:
            page = world.do.list_heads(alice, before=cursor)
            pages.append([rooms.index(head.conversation.id) for head in page.heads])
            cursor = page.next
            if cursor is None:
                break

        assert pages == [[4, 3, 2], [1], [0]]

    def test_of_a_snapshot_say_that_there_are_more(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(heads, "MAX_DRAFTED", 10)
        (alice,) = world.people("alice")
        for text in ("1234567890", "1"):
            world.do.set_draft(alice, world.group(alice), text)
        (one,) = world.do.take_snapshots([SnapshotRequest(alice)])
        assert isinstance(one, Snapshot)

        assert (len(one.heads), one.more) == (1, True)
        monkeypatch.setattr(heads, "MAX_DRAFTED", 11)
        (both,) = world.do.take_snapshots([SnapshotRequest(alice)])
        assert isinstance(both, Snapshot)

        assert (len(both.heads), both.more) == (2, False)
