"""Presence: who is online, as others see it."""

from datetime import timedelta

import pytest

from parlour.domain.kernel.errors import Invalid, NotFound
from parlour.domain.kernel.ids import SessionId, UserId
from parlour.domain.logs import Changes
from parlour.domain.presence import (
    MAX_WATCHED,
    DeviceReport,
    Lease,
    PresenceRecord,
    State,
    Status,
)
from parlour.domain.sync import Snapshot, SnapshotRequest
from parlour.domain.users import ChosenState, DisplayName, PresenceChoice
from parlour.entrypoints.use_cases import Policy
from tests.support import builders as b
from tests.support.fakes import START
from tests.support.world import World, new_world

TERM = Policy().presence_lease
HERE, AWAY = DeviceReport(), DeviceReport(is_away=True, text="lunch")
MEETING = PresenceChoice(ChosenState.BUSY, "in a meeting")
INVISIBLE = PresenceChoice(ChosenState.INVISIBLE)
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
                (State.OFFLINE, None),
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


class TestChoosePresence:
    def test_is_stored_and_told_to_all_devices(self, world: World) -> None:
        (alice,) = world.people("alice")
        user, changes = world.do.choose_presence(alice, MEETING)

        assert user.presence == world.do.get_user(alice).presence == MEETING
        (event,) = changes.private
        assert event.kind == "presence.changed"
        assert b.data(event) == {"state": "busy", "text": "in a meeting"}
        assert event.payload.changes_presence()

    def test_is_the_one_event_that_changes_presence(self, world: World) -> None:
        (alice,) = world.people("alice")
        _, changes = world.do.change_profile(alice, DisplayName("Alice"))

        assert not any(event.payload.changes_presence() for event in changes.private)

    def test_tells_nothing_where_it_is_the_same_as_before(self, world: World) -> None:
        (alice,) = world.people("alice")
        world.do.choose_presence(alice, INVISIBLE)

        assert world.do.choose_presence(alice, INVISIBLE)[1] == Changes()

    def test_of_an_account_that_is_gone_is_refused(self, world: World) -> None:
        with pytest.raises(NotFound):
            world.do.choose_presence(b.ALICE, INVISIBLE)

    def test_has_a_text_of_one_line(self) -> None:
        parse = PresenceChoice.parse_text
        assert parse(" in  a meeting ") == "in a meeting"
        assert parse(None) is None
        assert parse("") is None
        with pytest.raises(Invalid, match="text must have at most 80"):
            parse("x" * 81)

    def test_comes_with_the_snapshot_of_a_device_that_connects(self, world: World) -> None:
        grant = world.register("alice")
        world.do.choose_presence(grant.user.id, INVISIBLE)
        request = SnapshotRequest(grant.user.id, device=grant.device)
        (snapshot,) = world.do.take_snapshots([request])

        assert isinstance(snapshot, Snapshot)
        assert snapshot.presence == INVISIBLE


class TestDeviceReport:
    @pytest.mark.parametrize(
        ("report", "choice", "expected"),
        [
            (HERE, PresenceChoice(), (State.ONLINE, None)),
            (HERE, PresenceChoice(text="hi"), (State.ONLINE, "hi")),
            (AWAY, PresenceChoice(), (State.AWAY, "lunch")),
            (DeviceReport(is_away=True), PresenceChoice(text="hi"), (State.AWAY, "hi")),
            (AWAY, MEETING, (State.BUSY, "in a meeting")),
            (AWAY, INVISIBLE, (State.INVISIBLE, None)),
        ],
    )
    def test_shows_being_away_only_of_who_chose_to_be_seen(
        self, report: DeviceReport, choice: PresenceChoice, expected: tuple[State, str | None]
    ) -> None:
        held = report.lease(b.ALICE, PHONE, choice)

        assert (held.state, held.text) == expected


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

    def test_shows_who_becomes_invisible_as_last_seen_now(self, world: World) -> None:
        world.do.change_presence(hold=[lease()])
        world.clock.advance(TERM / 3)
        left = world.clock.now

        assert world.do.change_presence(hold=[lease(State.INVISIBLE)]) == [
            Status(b.ALICE, State.OFFLINE, last_seen=left)
        ]
        world.clock.advance(TERM / 3)
        world.do.renew_presence([lease(State.INVISIBLE)])
        world.do.change_presence(release=[lease(State.INVISIBLE)])
        assert world.do.read_presence([b.ALICE])[0].last_seen == left

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

    @pytest.mark.parametrize("wrong", [timedelta(minutes=-5), timedelta(minutes=5)])
    def test_does_not_depend_on_the_clocks_of_nodes(self, world: World, wrong: timedelta) -> None:
        node = new_world(world.storage, presence=world.presence)
        node.clock.advance(wrong)
        for there, here in ((node, world), (world, node)):
            there.do.change_presence(hold=[lease()])
            there.do.change_presence(hold=[Lease(b.BOB, TAB)])
            assert [each.state for each in here.do.read_presence([b.ALICE, b.BOB])] == [
                State.ONLINE,
                State.ONLINE,
            ]
            for each in (world, node):  # as time goes by, on both nodes
                each.clock.advance(TERM)
            assert here.do.read_presence([b.ALICE])[0].state is State.OFFLINE


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
