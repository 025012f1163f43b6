"""A client that resumes receives every conversation that changed, whatever the clocks show."""

from collections.abc import Sequence
from datetime import timedelta

import attrs
import pytest

from parlour.domain.kernel.ids import ConversationId, UserId
from parlour.domain.kernel.transaction import Storage
from parlour.domain.logs import Cursor
from parlour.domain.sync import Snapshot, SnapshotRequest
from parlour.entrypoints.use_cases import Stores
from tests.support.fakes import SequentialIds
from tests.support.world import World, new_world

HOUR = timedelta(hours=1)
DAY = 24 * HOUR
SKEWS = [timedelta(), timedelta(minutes=3), -timedelta(minutes=3), HOUR, -HOUR, -DAY]


@pytest.fixture
def node(storage: Storage[Stores]) -> World:
    """One node of a deployment."""
    return new_world(storage)


@pytest.fixture
def other(storage: Storage[Stores]) -> World:
    """Another node, with a clock of its own, on the same storage."""
    return attrs.evolve(new_world(storage), new_id=SequentialIds(10_000))


def resume(node: World, user: UserId, cursor: Cursor | None = None) -> Snapshot:
    (found,) = node.do.take_snapshots([SnapshotRequest(user, cursor)])
    assert isinstance(found, Snapshot)
    return attrs.evolve(found, cursor=Cursor.parse(str(found.cursor)))


def conversations(snapshot: Snapshot) -> Sequence[ConversationId]:
    return [head.conversation.id for head in snapshot.heads]


@pytest.mark.parametrize("skew", SKEWS, ids=str)
class TestResuming:
    def test_returns_what_a_node_with_another_clock_committed(
        self, node: World, other: World, skew: timedelta
    ) -> None:
        alice, bob = node.people("alice", "bob")
        quiet, busy = node.direct(bob, bob), node.direct(alice, bob)
        node.clock.advance(2 * DAY)
        known = resume(node, bob)
        other.clock.advance(2 * DAY + skew)
        other.say(alice, busy, "news")
        resumed = resume(node, bob, known.cursor)

        assert busy in conversations(resumed)
        assert {quiet, busy} == resumed.conversations.keys()
        # And back on the node with the other clock, which tells nothing twice for ever.
        assert conversations(resume(other, bob, resumed.cursor)) == []

    def test_returns_what_was_committed_after_the_clock_was_set(
        self, node: World, skew: timedelta
    ) -> None:
        alice, bob = node.people("alice", "bob")
        node.direct(bob, bob)
        room = node.direct(alice, bob)
        node.clock.advance(3 * DAY)
        known = resume(node, bob)
        node.clock.advance(skew)
        node.say(alice, room, "one")
        second = resume(node, bob, known.cursor)
        node.clock.advance(skew)
        node.say(alice, room, "two")

        assert room in conversations(second)
        assert room in conversations(resume(node, bob, second.cursor))

    def test_returns_a_conversation_that_was_joined(
        self, node: World, other: World, skew: timedelta
    ) -> None:
        alice, bob = node.people("alice", "bob")
        node.direct(bob, bob)
        group = node.group(alice)
        node.clock.advance(2 * DAY)
        known = resume(node, bob)
        other.clock.advance(2 * DAY + skew)
        other.add_members(alice, group, [bob])

        assert group in conversations(resume(node, bob, known.cursor))
