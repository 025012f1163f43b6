"""Presence: who is online, as others see it."""

from datetime import timedelta

import pytest

from parlour.domain.kernel.errors import Invalid
from parlour.domain.kernel.ids import SessionId, UserId
from parlour.domain.presence import (
    MAX_WATCHED,
    Lease,
    PresenceRecord,
    State,
    Status,
    parse_status_text,
)
from parlour.entrypoints.use_cases import Policy
from tests.support import builders as b
from tests.support.fakes import START
from tests.support.world import World

TERM = Policy().presence_lease
PHONE, TAB = SessionId(b.id_of("phone")), SessionId(b.id_of("tab"))


def lease(state: State = State.ONLINE, text: str | None = None, on: SessionId = PHONE) -> Lease:
    return Lease(b.ALICE, on, state, text)


class TestStatus:
    @pytest.mark.parametrize(
        ("leases", "expected"),
        [
            ([], (State.OFFLINE, None)),
            ([lease()], (State.ONLINE, None)),
            ([lease(State.AWAY), lease()], (State.ONLINE, None)),
            ([lease(), lease(State.BUSY), lease(State.AWAY)], (State.BUSY, None)),
            (
                [lease(State.AWAY, "lunch"), lease(State.INVISIBLE, "hidden")],
                (State.AWAY, "lunch"),
            ),
            ([lease(State.INVISIBLE, "hidden")], (State.OFFLINE, None)),
            ([lease(), lease(text="one"), lease(text="two")], (State.ONLINE, "one")),
            ([lease(State.AWAY, "lunch"), lease()], (State.ONLINE, None)),
        ],
    )
    def test_merges_the_leases_of_all_devices(
        self, leases: list[Lease], expected: tuple[State, str | None]
    ) -> None:
        status = Status.merge_records(b.ALICE, PresenceRecord(tuple(leases), START))

        assert expected == (status.state, status.text)

    def test_has_the_time_last_seen_of_users_who_are_offline(self) -> None:
        assert Status.merge_records(b.ALICE, PresenceRecord((), START)).last_seen == START
        assert Status.merge_records(b.ALICE, PresenceRecord((lease(),), START)).last_seen is None

    def test_of_a_user_who_may_not_be_watched_is_offline(self) -> None:
        assert Status.unknown(b.ALICE) == Status(b.ALICE, State.OFFLINE)

    def test_has_a_text_of_one_line(self) -> None:
        assert parse_status_text(" in  a meeting ") == "in a meeting"
        assert parse_status_text(None) is None
        assert parse_status_text("") is None
        with pytest.raises(Invalid, match="text must have at most 80"):
            parse_status_text("x" * 81)


class TestChangePresence:
    def test_returns_the_statuses_that_changed(self, world: World) -> None:
        change = world.do.change_presence

        assert change(hold=[lease()]) == [Status(b.ALICE, State.ONLINE)]
        assert change(hold=[lease(on=TAB)]) == []
        assert change(hold=[lease(State.BUSY, "away", TAB)]) == [
            Status(b.ALICE, State.BUSY, text="away")
        ]
        assert change(hold=[lease(State.BUSY, "back", TAB)]) == [
            Status(b.ALICE, State.BUSY, text="back")
        ]
        assert change(release=[lease()]) == []
        world.clock.advance()
        assert change(release=[lease(on=TAB)]) == [
            Status(b.ALICE, State.OFFLINE, last_seen=world.clock.now)
        ]

    def test_changes_many_at_once(self, world: World) -> None:
        world.do.change_presence(hold=[lease()])
        other = Lease(b.BOB, TAB)
        changed = world.do.change_presence(hold=[other], release=[lease()])

        assert {(b.ALICE, State.OFFLINE), (b.BOB, State.ONLINE)} == {
            (status.user, status.state) for status in changed
        }
        assert world.do.change_presence() == []

    def test_shows_the_invisible_as_offline(self, world: World) -> None:
        assert world.do.change_presence(hold=[lease(State.INVISIBLE)]) == []
        assert world.do.read_presence([b.ALICE]) == [Status(b.ALICE, State.OFFLINE)]


class TestLease:
    def test_expires_unless_it_is_renewed(self, world: World) -> None:
        world.do.change_presence(hold=[lease(), Lease(b.BOB, TAB)])
        world.clock.advance(TERM - timedelta(microseconds=1))
        world.do.renew_presence([lease()])
        renewed = world.clock.now
        world.clock.advance(timedelta(microseconds=1))

        assert world.do.read_presence([b.ALICE, b.BOB]) == [
            Status(b.ALICE, State.ONLINE),
            Status(b.BOB, State.OFFLINE, last_seen=START),
        ]
        world.clock.advance(TERM)
        assert world.do.read_presence([b.ALICE])[0].last_seen == renewed


class TestMayWatch:
    def test_allows_users_who_share_a_conversation_and_oneself(self, world: World) -> None:
        alice, bob, mallory = world.people("alice", "bob", "mallory")
        world.direct(alice, bob)

        assert world.do.may_watch(alice, [alice, bob, mallory]) == {alice, bob}
        assert world.do.may_watch(mallory, [alice, bob]) == set()
        assert world.do.may_watch(mallory, [mallory]) == {mallory}

    def test_of_too_many_is_refused(self, world: World) -> None:
        many = [UserId(b.next_id()) for _ in range(MAX_WATCHED + 1)]

        with pytest.raises(Invalid, match="at most 200") as refusal:
            world.do.may_watch(b.ALICE, many)
        assert refusal.value.field == "users"
