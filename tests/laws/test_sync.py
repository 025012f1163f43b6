"""The law of catching up: a stale snapshot and the events after it are a fresh snapshot."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from parlour.domain.kernel.errors import NotFound
from parlour.domain.kernel.ids import ConversationId, UserId
from parlour.domain.kernel.transaction import Storage
from parlour.domain.logs import Cursor
from parlour.entrypoints.use_cases import Stores
from tests.support import builders as b
from tests.support.client_model import OwnView, RoomView
from tests.support.random_scenario import ACTIONS, Action, RandomScenario
from tests.support.storages import cleared
from tests.support.world import World, new_world

# The storage is emptied for every example.
EVERY = settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])


def views(village: RandomScenario) -> dict[tuple[UserId, ConversationId], RoomView]:
    found = {}
    for user in village.people:
        for room in village.rooms:
            try:
                found[user, room] = RoomView.fresh(village.world, user, room)
            except NotFound:
                continue
    return found


def catch_up(world: World, user: UserId, room: ConversationId, view: RoomView, limit: int) -> bool:
    """Apply what *view* lacks, page by page; tell whether that is how it is to be done."""
    while True:
        page = world.do.events_after(user, room, view.offset, limit)
        if page.reset:
            return False
        for event in page.events:
            view.apply(b.as_event(event))
        assert page.more == (view.offset < page.last)
        if not page.more:
            return True


@EVERY
@given(before=ACTIONS, after=ACTIONS, limit=st.integers(1, 5))
def test_a_conversation_and_its_events_are_the_conversation(
    storage: Storage[Stores], before: list[Action], after: list[Action], limit: int
) -> None:
    village = RandomScenario(new_world(cleared(storage)))
    village.live(before)
    stale = views(village)
    village.live(after)
    fresh = views(village)

    for (user, room), view in stale.items():
        if (user, room) not in fresh:
            with pytest.raises(NotFound):
                catch_up(village.world, user, room, view, limit)
            continue
        if catch_up(village.world, user, room, view, limit):
            assert fresh[user, room] == view
        else:
            # Only who left and came back has to start afresh.
            assert village.world.do.get_head(user, room).member.since_offset > view.offset


@EVERY
@given(before=ACTIONS, after=ACTIONS, limit=st.integers(1, 5))
def test_a_private_log_and_its_events_are_what_is_ones_own(
    storage: Storage[Stores], before: list[Action], after: list[Action], limit: int
) -> None:
    village = RandomScenario(new_world(cleared(storage)))
    world, viewer = village.world, village.people[1]
    village.live(before)
    stale = own_view(world, viewer)
    village.live(after)

    more = True
    while more:
        page = world.do.sync_private(viewer, Cursor(stale.offset), limit)
        assert not page.reset
        for event in page.events:
            stale.apply(event, world)
        assert page.cursor.offset == stale.offset
        more = page.more
    assert own_view(world, viewer) == stale


def own_view(world: World, viewer: UserId) -> OwnView:
    ends = world.do.read_log_heads([], [viewer]).users
    return OwnView.fresh(world, viewer, ends[viewer])


@EVERY
@given(deeds=ACTIONS)
def test_the_whole_log_from_the_beginning_is_the_conversation(
    storage: Storage[Stores], deeds: list[Action]
) -> None:
    village = RandomScenario(new_world(cleared(storage)))
    village.live(deeds)

    for (user, room), fresh in views(village).items():
        if village.world.do.get_head(user, room).member.since_offset == 0:
            rebuilt = RoomView(offset=0, title=None, members={}, messages={})
            assert catch_up(village.world, user, room, rebuilt, 200)
            assert fresh == rebuilt
