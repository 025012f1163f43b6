"""Random sequences of use cases give the same results on every backend as on memory."""

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import TypeVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule, run_state_machine_as_test

from parlour.adapters import sql
from parlour.domain.conversations import Member
from parlour.domain.kernel.ids import ConversationId, UserId
from parlour.domain.logs import Cursor
from parlour.domain.messages import PageWindow
from parlour.domain.sync import Snapshot, SnapshotRequest
from parlour.entrypoints.use_cases import Stores
from tests.support.lockstep import ACTORS, ANYBODY, CURSORS, ROOMS, Lockstep, Refused
from tests.support.lockstep_people import People
from tests.support.lockstep_rooms import Rooms
from tests.support.storages import empty, mysql_storage
from tests.support.world import World, new_world

T = TypeVar("T")

LIMITS = st.none() | st.integers(0, 4)


class Machine(Rooms):
    """People look at what they and others did; the promises hold at every moment."""

    def __init__(self, tried: World) -> None:
        super().__init__(tried)
        self.marks: dict[tuple[ConversationId, UserId], Member] = {}

    def look(
        self, user: UserId, room: ConversationId, action: Callable[[World], T]
    ) -> T | Refused:
        """Read from a room; a user who is no member gets nothing."""
        seen = self.both(action)
        if (room, user) not in self.members():
            assert isinstance(seen, Refused)
        return seen

    def members(self) -> dict[tuple[ConversationId, UserId], Member]:
        everybody = [(room, user) for room in self.rooms for user in self.people]
        return dict(self.model.storage.uow.read(lambda stores: stores.members.find(everybody)))

    @rule(room=ROOMS, actor=ACTORS, limit=LIMITS)
    def look_at_everything(self, room: ConversationId, actor: int, limit: int | None) -> None:
        user = self.somebody(room, actor)
        self.look(user, room, lambda world: world.do.get_head(user, room))
        self.look(user, room, lambda world: world.do.list_members(user, room, limit=2))
        self.page(user, room, PageWindow(), limit)
        for number in range(-1, 12):
            self.look_from(user, room, number, limit)

    def look_from(
        self, user: UserId, room: ConversationId, number: int, limit: int | None
    ) -> None:
        self.look(user, room, lambda world: world.do.get_message(user, room, number))
        self.look(user, room, lambda world: world.do.list_receipts(user, room, seq=number))
        self.look(user, room, lambda world: world.do.events_after(user, room, number, limit))
        for where in (
            PageWindow(before=number),
            PageWindow(after=number),
            PageWindow(around=number),
        ):
            self.page(user, room, where, limit)

    def page(
        self, user: UserId, room: ConversationId, where: PageWindow, limit: int | None
    ) -> None:
        self.look(user, room, lambda world: world.do.page_history(user, room, where, limit))

    @rule(number=ANYBODY, limit=LIMITS)
    def list_heads(self, number: int, limit: int | None) -> None:
        user = self.people[number]
        page = self.both(lambda world: world.do.list_heads(user, limit=limit))
        if not isinstance(page, Refused) and page.next:
            self.both(lambda world: world.do.list_heads(user, limit=limit, before=page.next))

    @rule(target=CURSORS, number=ANYBODY)
    def begin(self, number: int) -> tuple[UserId, Cursor]:
        user = self.people[number]
        found = self.both(lambda world: world.do.take_snapshots([SnapshotRequest(user)]))
        assert not isinstance(found, Refused)
        (snapshot,) = found
        assert isinstance(snapshot, Snapshot)
        return user, snapshot.cursor

    @rule(target=CURSORS, known=CURSORS, limit=LIMITS)
    def resume(self, known: tuple[UserId, Cursor], limit: int | None) -> tuple[UserId, Cursor]:
        user, cursor = known
        page = self.both(lambda world: world.do.sync_private(user, cursor, limit))
        requests = [SnapshotRequest(user, cursor), *map(SnapshotRequest, self.people)]
        self.both(lambda world: world.do.take_snapshots(requests))
        return user, cursor if isinstance(page, Refused) else page.cursor

    @invariant()
    def logs_are_dense_and_hold_what_was_sent(self) -> None:
        def read(stores: Stores) -> None:
            for room, found in stores.conversations.find_many(self.rooms).items():
                messages = stores.messages.after(room, 0, 10_000)
                events = stores.events.after(room, 0, 10_000)
                offsets = [each.offset for each in messages] + [each.offset for each in events]

                assert [each.seq for each in messages] == list(range(1, found.seq + 1))
                assert sorted(offsets) == list(range(1, found.offset + 1))
                assert {(room, each.sender, each.key) for each in messages} <= self.posted

        self.model.storage.uow.read(read)

    @invariant()
    def marks_only_move_forward(self) -> None:
        members = self.members()
        for key, member in members.items():
            head = self.model.do.get_head(member.user, member.conversation)
            before = self.marks.get(key, member)
            same = before.since_offset == member.since_offset

            assert max(member.read, member.received, member.private_read) <= head.conversation.seq
            assert 0 <= head.mentions
            assert 0 <= head.unread <= head.conversation.seq - member.read_up_to
            assert not same or before.read <= member.read <= member.received
            assert not same or before.received <= member.received
        self.marks = members


def run(
    machine: type[Lockstep], new_tried: Callable[[], World], *, examples: int, steps: int
) -> None:
    """Let people do random things, over and over, each time in a world of its own."""

    class Here(machine):  # type: ignore[valid-type,misc]
        def __init__(self) -> None:
            super().__init__(new_tried())

    run_state_machine_as_test(
        Here,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            suppress_health_check=list(HealthCheck),
            # What once failed in a minute is not to be tried again before every other run.
            database=None,
        ),
    )


@pytest.fixture(params=["sqlite", "mariadb_tables", "snapshot_tables"])
def tried(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[], World]]:
    """Make worlds where nobody lives yet, on each backend that can be compared with memory."""
    if request.param == "sqlite":
        storage = sql.open_sqlite(tmp_path / "parlour.db")
        storage.migrate()
    else:
        storage = mysql_storage(request.getfixturevalue(request.param))

    def fresh() -> World:
        empty(storage)
        return new_world(storage)

    with closing(storage):
        yield fresh


# What fails takes its time to become a short example.
@pytest.mark.timeout(600)
@pytest.mark.parametrize("machine", [People, Machine])
class TestEveryBackend:
    def test_returns_the_same_as_memory(
        self, machine: type[Lockstep], tried: Callable[[], World]
    ) -> None:
        run(machine, tried, examples=10, steps=40)

    @pytest.mark.soak
    @pytest.mark.timeout(3600)
    def test_returns_the_same_as_memory_in_a_long_run(
        self, machine: type[Lockstep], tried: Callable[[], World]
    ) -> None:
        run(machine, tried, examples=400, steps=60)


def test_the_memory_backend_keeps_the_invariants() -> None:
    run(Machine, new_world, examples=30, steps=40)
