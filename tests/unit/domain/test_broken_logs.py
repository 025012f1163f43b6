"""Logs in which rows are missing, by a bad disk or a repair by hand."""

from parlour.domain.logs import Cursor
from tests.support.broken_logs import move_head, skip_private_offset
from tests.support.world import World


class TestALogWithAHole:
    def test_is_read_up_to_the_hole_and_then_afresh(self, world: World) -> None:
        alice, bob = world.people("alice", "bob")
        direct = world.direct(alice, bob)
        world.say(alice, direct, "one")
        move_head(world.storage, direct, 1)
        world.say(alice, direct, "three")

        before = world.do.events_after(bob, direct, 0)
        assert [event.offset for event in before.events] == [1, 2]
        assert (before.last, before.more, before.reset) == (4, True, False)

        hole = world.do.events_after(bob, direct, 2)
        assert (hole.events, hole.last, hole.more, hole.reset) == ((), 4, False, True)

        behind = world.do.events_after(bob, direct, 3)
        assert [event.offset for event in behind.events] == [4]
        assert not behind.reset

    def test_at_its_end_is_read_afresh(self, world: World) -> None:
        alice, bob = world.people("alice", "bob")
        direct = world.direct(alice, bob)
        move_head(world.storage, direct, 1)

        page = world.do.events_after(bob, direct, 1)
        assert (page.events, page.last, page.more, page.reset) == ((), 2, False, True)


class TestAPrivateLogWithAHole:
    def test_is_read_up_to_the_hole_and_then_afresh(self, world: World) -> None:
        alice, bob = world.people("alice", "bob")
        world.direct(alice, bob)
        skipped = skip_private_offset(world.storage, bob)
        start = Cursor(0)

        before = world.do.sync_private(bob, start)
        assert [event.offset for event in before.events] == [1]
        assert (before.more, before.reset) == (True, False)

        hole = world.do.sync_private(bob, before.cursor)
        assert (hole.events, hole.more, hole.reset) == ((), False, True)
        assert hole.cursor.offset == skipped.offset
