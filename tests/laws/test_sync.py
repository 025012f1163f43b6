"""A stale snapshot with the events after it applied equals a fresh snapshot."""

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
def test_an_old_conversation_with_later_events_applied_is_the_current_one(
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
def test_an_old_private_state_with_later_events_applied_is_the_current_one(
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
@given(actions=ACTIONS)
def test_the_complete_log_applied_from_the_beginning_is_the_conversation(
    storage: Storage[Stores], actions: list[Action]
) -> None:
    village = RandomScenario(new_world(cleared(storage)))
    village.live(actions)

    for (user, room), fresh in views(village).items():
        if village.world.do.get_head(user, room).member.since_offset == 0:
            rebuilt = RoomView(offset=0, title=None, members={}, messages={})
            assert catch_up(village.world, user, room, rebuilt, 200)
            assert fresh == rebuilt
