"""Logs in which rows are missing, by a bad disk or a repair by hand."""

from datetime import timedelta

import pytest

from parlour.domain.conversations import RemoveMember, Title
from parlour.domain.kernel.errors import AlreadyExists, DomainError, NotFound
from parlour.domain.kernel.ids import ConversationId, UserId
from parlour.domain.logs import Cursor
from parlour.domain.messages import LogDamaged, Outcome, Posted
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


class TestAConversationWhoseLogGoesBeyondItsHead:
    @pytest.fixture
    def changes(self, world: World) -> list[tuple[ConversationId, bool]]:
        """Every conversation that was reported as damaged or mended."""
        reported: list[tuple[ConversationId, bool]] = []
        world.do.execute_commands.damaged.on_change = lambda *change: reported.append(change)
        return reported

    def test_is_refused_alone_and_reported_once(
        self, world: World, changes: list[tuple[ConversationId, bool]]
    ) -> None:
        alice, bob, carol = world.people("alice", "bob", "carol")
        broken, sound = world.direct(alice, bob), world.direct(alice, carol)
        world.say(alice, broken, "one", "two")
        move_head(world.storage, broken, -1)

        for _ in range(2):
            refused, sent, again = world.post(
                world.draft(alice, broken), world.draft(alice, sound), world.draft(bob, broken)
            )
            assert (code(refused), code(sent), code(again)) == ("log_damaged", "", "log_damaged")
            assert isinstance(refused, LogDamaged)
            assert not refused.temporary
        assert changes == [(broken, True)]
        assert len(world.do.execute_commands.damaged) == 1

    def test_is_refused_to_every_command(self, world: World) -> None:
        alice, bob = world.people("alice", "bob")
        group = world.group(alice, bob)
        world.rename(alice, group, Title("Hall"))
        move_head(world.storage, group, -1)
        leave = RemoveMember(actor=bob, conversation=group, user=bob)

        (refused,) = world.do.execute_commands([leave]).outcomes
        assert code(refused) == "log_damaged"

    def test_is_unknown_to_strangers(self, world: World) -> None:
        alice, bob, mallory = world.people("alice", "bob", "mallory")
        direct = broken_direct(world, alice, bob)
        assert code(world.post(world.draft(alice, direct))[0]) == "log_damaged"

        assert isinstance(world.post(world.draft(mallory, direct))[0], NotFound)

    def test_still_acknowledges_what_was_committed_before(self, world: World) -> None:
        alice, bob = world.people("alice", "bob")
        direct = world.direct(alice, bob)
        draft = world.draft(alice, direct)
        world.post(world.draft(alice, direct), draft)
        move_head(world.storage, direct, -1)
        assert code(world.post(world.draft(bob, direct))[0]) == "log_damaged"

        (again,) = world.post(draft)
        assert isinstance(again, Posted)
        assert again.replayed

    def test_is_taken_again_soon_after_it_was_mended(
        self, world: World, changes: list[tuple[ConversationId, bool]]
    ) -> None:
        alice, bob = world.people("alice", "bob")
        direct = broken_direct(world, alice, bob)
        assert code(world.post(world.draft(alice, direct))[0]) == "log_damaged"
        move_head(world.storage, direct, 1)
        assert code(world.post(world.draft(alice, direct))[0]) == "log_damaged"

        world.clock.advance(timedelta(seconds=15))
        assert code(world.post(world.draft(alice, direct))[0]) == ""
        assert changes == [(direct, True), (direct, False)]


def test_a_number_that_is_taken_without_damage_is_an_error(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    alice, bob = world.people("alice", "bob")
    direct = world.direct(alice, bob)

    def taken(_work: object, **_options: bool) -> None:
        raise AlreadyExists

    monkeypatch.setattr(type(world.storage.uow), "__call__", lambda _self, *a, **k: taken(*a, **k))
    with pytest.raises(AlreadyExists):
        world.do.execute_commands([world.draft(alice, direct)])


def broken_direct(world: World, one: UserId, other: UserId) -> ConversationId:
    """Open a direct conversation whose log goes beyond its head."""
    direct = world.direct(one, other)
    world.say(one, direct, "one")
    move_head(world.storage, direct, -1)
    return direct


def code(outcome: Outcome) -> str:
    """Return the code of a refusal, nothing for what was taken."""
    return outcome.code if isinstance(outcome, DomainError) else ""
