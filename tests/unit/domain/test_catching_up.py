"""Catching up: after an offset, after a cursor, from the beginning."""

import attrs
import pytest

from parlour.domain.conversations import ConversationSettings, Title
from parlour.domain.kernel.errors import Invalid, NotFound
from parlour.domain.kernel.ids import ConversationId, UserId
from parlour.domain.kernel.paging import pack_cursor
from parlour.domain.kernel.time import to_micros
from parlour.domain.logs import Cursor
from parlour.domain.messages import MAX_NUMBER
from parlour.domain.sync import (
    EventPage,
    Head,
    LogQuery,
    Snapshot,
    SnapshotRequest,
    connecting,
    use_cases,
)
from parlour.domain.users import Handle
from parlour.entrypoints.use_cases import Stores
from tests.support import builders as b
from tests.support.fakes import SECOND
from tests.support.world import World

Room = tuple[UserId, UserId, ConversationId]


@pytest.fixture
def room(world: World) -> Room:
    """A group whose log mixes messages and other events: c m m r m a m m (9 offsets)."""
    alice, bob, carol = world.people("alice", "bob", "carol")
    group = world.group(alice, bob)
    world.say(alice, group, "one", "two")
    world.rename(alice, group, Title("Hall"))
    world.say(bob, group, "three")
    world.add_members(alice, group, [carol])
    world.say(bob, group, "four", "five", "six")
    return alice, bob, group


def offsets(page: EventPage) -> list[int]:
    return [event.offset for event in page.events]


class TestEventsAfter:
    def test_gives_every_event_in_order(self, world: World, room: Room) -> None:
        page = world.do.events_after(room[0], room[2], 0)
        messages = [event for event in page.events if b.as_event(event).kind == "message.posted"]

        assert [
            "conversation.created",
            "message.posted",
            "message.posted",
            "conversation.changed",
            "message.posted",
            "member.added",
            "message.posted",
            "message.posted",
            "message.posted",
        ] == [b.as_event(event).kind for event in page.events]
        assert [1, 2, 3, 4, 5, 6, 7, 8, 9] == offsets(page)
        assert [0, 1, 2, 2, 3, 3, 4, 5, 6] == [event.seq for event in page.events]
        assert ["one", "two", "three"] == [b.data(event)["body"]["text"] for event in messages[:3]]
        assert (page.last, page.more, page.reset) == (9, False, False)

    @pytest.mark.parametrize("after", range(10))
    @pytest.mark.parametrize("limit", [1, 2, 3, 9])
    def test_starts_at_any_offset(self, world: World, room: Room, after: int, limit: int) -> None:
        page = world.do.events_after(room[0], room[2], after, limit)
        everything = world.do.events_after(room[0], room[2], 0).events

        assert everything[after : after + limit] == page.events
        assert (page.last, page.more) == (9, after + limit < 9)
        assert not page.reset

    def test_starts_at_the_offset_where_a_member_joined(self, world: World, room: Room) -> None:
        carol = world.do.get_user(Handle("carol")).id
        shown = world.do.events_after(carol, room[2], 5)
        hidden = world.do.events_after(carol, room[2], 4)

        assert [6, 7, 8, 9] == offsets(shown)
        assert (hidden.events, hidden.last, hidden.reset) == ((), 9, True)

    def test_asks_for_a_reset_when_the_position_is_unusable(
        self, world: World, room: Room, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        future = world.do.events_after(room[0], room[2], 10)
        assert (future.events, future.last, future.more, future.reset) == ((), 9, False, True)

        monkeypatch.setattr(use_cases, "MAX_BEHIND", 5)
        assert world.do.events_after(room[0], room[2], 3).reset
        assert [5, 6, 7, 8, 9] == offsets(world.do.events_after(room[0], room[2], 4))

    def test_never_skips_an_event_that_is_committed_during_the_read(
        self, world: World, room: Room
    ) -> None:
        """The two halves of the log are read one after the other; between them others commit."""
        alice, _, group = room

        def half(stores: Stores) -> None:
            locked = stores.conversations.lock([group])[group]
            stores.messages.add([b.message(7, of=group, by=alice, offset=11)])
            stores.conversations.save([attrs.evolve(locked, seq=7, offset=11)])

        world.storage.uow(half)
        page = world.do.events_after(alice, group, 8)

        assert [9] == offsets(page)
        assert (page.last, page.more) == (11, True)

    def test_answers_not_found_to_strangers(self, world: World, room: Room) -> None:
        (mallory,) = world.people("mallory")

        for conversation in (room[2], ConversationId(b.next_id())):
            with pytest.raises(NotFound):
                world.do.events_after(mallory, conversation, 0)

    @pytest.mark.parametrize(("after", "limit"), [(-1, 1), (MAX_NUMBER + 1, 1), (0, 0), (0, 201)])
    def test_refuses_numbers_out_of_range(
        self, world: World, room: Room, after: int, limit: int
    ) -> None:
        with pytest.raises(Invalid):
            world.do.events_after(room[0], room[2], after, limit)


class TestReadLogs:
    def test_answers_each_of_many_requests_as_if_it_were_alone(
        self, world: World, room: Room
    ) -> None:
        alice, bob, group = room
        (mallory,) = world.people("mallory")
        questions = [
            LogQuery(alice, group, 7),
            LogQuery(mallory, group, 7),
            LogQuery(bob, group, 7),
            LogQuery(bob, group, 7, limit=1),
            LogQuery(bob, group, 99),
            LogQuery(bob, group, -1),
        ]
        answers = world.do.read_logs(questions)

        for question, answer in zip(questions, answers, strict=True):
            alone = (question.actor, question.conversation, question.after, question.limit)
            if isinstance(answer, EventPage):
                assert world.do.events_after(*alone) == answer
            else:
                with pytest.raises(type(answer)):
                    world.do.events_after(*alone)
        assert answers[0] is answers[2]
        assert [EventPage, NotFound, EventPage, EventPage, EventPage, Invalid] == [
            type(answer) for answer in answers
        ]

    def test_answers_no_requests_with_no_pages(self, world: World) -> None:
        assert world.do.read_logs([]) == []


class TestSyncPrivate:
    @pytest.fixture
    def alice(self, world: World) -> UserId:
        """Alice has five events in her log."""
        (alice,) = world.people("alice")
        notes = world.direct(alice, alice)
        for pinned in (True, False, True, False):
            world.do.change_settings(
                alice, notes, ConversationSettings(muted_until=None, pinned=pinned)
            )
        return alice

    def test_returns_the_events_after_a_cursor(self, world: World, alice: UserId) -> None:
        cursor = Cursor(2)
        first = world.do.sync_private(alice, cursor, 2)
        second = world.do.sync_private(alice, first.cursor, 2)

        assert [3, 4] == [event.offset for event in first.events]
        assert (first.cursor, first.more) == (Cursor(4), True)
        assert [5] == [event.offset for event in second.events]
        assert (second.cursor.offset, second.more, second.reset) == (5, False, False)
        assert world.do.sync_private(alice, second.cursor).events == ()

    def test_asks_for_a_reset_when_the_position_is_unusable(
        self, world: World, alice: UserId, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        future = world.do.sync_private(alice, Cursor(6))
        assert (future.events, future.cursor.offset, future.reset) == ((), 5, True)

        monkeypatch.setattr(use_cases, "MAX_BEHIND", 3)
        assert world.do.sync_private(alice, Cursor(1)).reset
        assert not world.do.sync_private(alice, Cursor(2)).reset

    def test_without_a_readable_cursor_begins_at_the_end_of_the_log(
        self, world: World, alice: UserId
    ) -> None:
        page = world.do.sync_private(alice, None)

        assert (page.events, page.cursor, page.reset) == ((), Cursor(5), True)
        assert not world.do.sync_private(alice, page.cursor).reset

    def test_of_a_user_without_a_log_is_empty(self, world: World) -> None:
        page = world.do.sync_private(UserId(b.next_id()), Cursor(0))

        assert (page.events, page.cursor.offset, page.reset) == ((), 0, False)

    def test_refuses_a_limit_out_of_range(self, world: World, alice: UserId) -> None:
        with pytest.raises(Invalid, match="limit"):
            world.do.sync_private(alice, Cursor(0), 201)


def titles(heads: tuple[Head, ...]) -> list[str]:
    return [head.title for head in heads]


def take(world: World, user: UserId, cursor: Cursor | None = None) -> Snapshot:
    """Take the snapshot of one user."""
    (snapshot,) = world.do.take_snapshots([SnapshotRequest(user, cursor)])
    assert isinstance(snapshot, Snapshot)
    return snapshot


class TestTakeSnapshot:
    @pytest.fixture
    def alice(self, world: World) -> UserId:
        """Alice has three groups, made an hour apart."""
        (alice,) = world.people("alice")
        for title in ("one", "two", "three"):
            world.group(alice, title=title)
            world.clock.advance(3600 * SECOND)
        return alice

    def test_without_a_cursor_has_the_newest_heads(self, world: World, alice: UserId) -> None:
        snapshot = take(world, alice)

        assert ["three", "two", "one"] == titles(snapshot.heads)
        assert (snapshot.cursor.offset, snapshot.more) == (3, False)

    def test_with_a_cursor_has_the_heads_that_changed_since(
        self, world: World, alice: UserId
    ) -> None:
        first = take(world, alice)
        world.clock.advance(3600 * SECOND)
        (one,) = (head for head in first.heads if head.title == "one")
        world.say(alice, one.conversation.id, "news")
        second = take(world, alice, first.cursor)

        assert ["one"] == titles(second.heads)
        assert second.cursor.offset == first.cursor.offset
        assert take(world, alice, second.cursor).heads == ()

    def test_with_a_cursor_that_holds_a_time_has_the_newest_heads(
        self, world: World, alice: UserId
    ) -> None:
        """Earlier releases gave such cursors; what changed since cannot be told from a time."""
        old = Cursor.parse(pack_cursor(1, to_micros(world.clock.now)))
        snapshot = take(world, alice, old)

        assert ["three", "two", "one"] == titles(snapshot.heads)
        assert (snapshot.cursor.offset, snapshot.more) == (1, False)
        assert take(world, alice, snapshot.cursor).heads == ()

    @pytest.mark.parametrize("rooms", [3, 64, 300])
    def test_has_every_head_that_moved_however_many_conversations_there_are(
        self, world: World, rooms: int
    ) -> None:
        alice, bob = world.people("alice2", "bob")
        made = [world.group(alice, bob, title=f"Group {number}") for number in range(rooms)]
        first = take(world, bob)
        moved = made[:: max(1, rooms // 3)]
        for room in moved:
            world.say(alice, room, "news")
        found = {head.conversation.id for head in take(world, bob, first.cursor).heads}

        assert found >= set(moved)
        assert len(found) <= len(moved) * max(3, rooms // 16)
        assert len(str(first.cursor)) <= 512

    def test_has_a_limited_number_of_heads(
        self, world: World, alice: UserId, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(connecting, "MAX_HEADS", 2)
        snapshot = take(world, alice)

        assert (titles(snapshot.heads), snapshot.more) == (["three", "two"], True)

    def test_of_an_unknown_user_is_empty(self, world: World) -> None:
        snapshot = take(world, UserId(b.next_id()))

        assert (snapshot.heads, snapshot.cursor.offset) == ((), 0)
