"""The presence store: leases until they expire, by the clock of the store."""

import time
from datetime import datetime, timedelta

from parlour.domain.kernel.ids import SessionId, UserId
from parlour.domain.presence import Lease, PresenceRecord, PresenceStore, State
from tests.support import builders as b
from tests.support.fakes import SECOND

TERM = 600 * SECOND
MOMENT = timedelta(milliseconds=20)
PATIENCE = 10.0
FIRST, SECOND_TAB, THIRD = sorted(SessionId(b.next_id()) for _ in range(3))


def leases(store: PresenceStore, user: UserId = b.ALICE) -> tuple[Lease, ...]:
    return store.read([user])[user].leases


def last_seen(store: PresenceStore, user: UserId = b.ALICE) -> datetime:
    found = store.read([user])[user].last_seen
    assert found is not None
    return found


def wait_until_expired(store: PresenceStore, user: UserId = b.ALICE) -> None:
    deadline = time.monotonic() + PATIENCE
    while leases(store, user):
        assert time.monotonic() < deadline, "the lease does not expire"
        time.sleep(0.001)


class TestHold:
    def test_makes_a_user_visible(self, presence: PresenceStore) -> None:
        lease = Lease(b.ALICE, FIRST, State.BUSY, "in a meeting  👩‍🚀 é")
        presence.hold([lease], TERM)

        assert leases(presence) == (lease,)

    def test_lasts_for_its_term(self, presence: PresenceStore) -> None:
        short, long = Lease(b.ALICE, FIRST), Lease(b.BOB, SECOND_TAB)
        presence.hold([long], TERM)
        presence.hold([short], MOMENT)
        held = last_seen(presence)
        wait_until_expired(presence)

        assert leases(presence, b.BOB) == (long,)
        assert last_seen(presence) == held

    def test_replaces_the_former_lease_of_its_session(self, presence: PresenceStore) -> None:
        presence.hold([Lease(b.ALICE, FIRST, State.ONLINE, "here")], MOMENT)
        away = Lease(b.ALICE, FIRST, State.AWAY)
        presence.hold([away], TERM)
        presence.hold([Lease(b.BOB, THIRD)], MOMENT)
        wait_until_expired(presence, b.BOB)

        assert leases(presence) == (away,)

    def test_of_many_sessions_is_ordered_by_session(self, presence: PresenceStore) -> None:
        held = [
            Lease(b.ALICE, THIRD, State.AWAY),
            Lease(b.ALICE, FIRST, State.ONLINE, "phone"),
            Lease(b.ALICE, SECOND_TAB, State.INVISIBLE),
        ]
        presence.hold(held[:2], TERM)
        presence.hold(held[2:], TERM)

        assert leases(presence) == (held[1], held[2], held[0])

    def test_of_many_users_at_once_separates_them(self, presence: PresenceStore) -> None:
        users = [UserId(b.next_id()) for _ in range(300)]
        held = {user: Lease(user, SessionId(b.next_id())) for user in users}
        presence.hold([*held.values()], TERM)
        found = presence.read(users)

        assert {user: (held[user],) for user in users} == {
            user: record.leases for user, record in found.items()
        }

    def test_renews_an_expired_lease(self, presence: PresenceStore) -> None:
        lease = Lease(b.ALICE, FIRST)
        presence.hold([lease], MOMENT)
        wait_until_expired(presence)
        presence.hold([lease], TERM)

        assert leases(presence) == (lease,)

    def test_of_nothing_changes_nothing(self, presence: PresenceStore) -> None:
        presence.hold([], TERM)
        presence.release([])

        assert presence.read([b.ALICE])[b.ALICE] == PresenceRecord()


class TestLastSeen:
    def test_is_the_time_of_the_last_lease(self, presence: PresenceStore) -> None:
        presence.hold([Lease(b.BOB, THIRD)], TERM)
        before = last_seen(presence, b.BOB)
        presence.hold([Lease(b.ALICE, FIRST)], TERM)
        presence.hold([Lease(b.BOB, THIRD)], TERM)

        assert before <= last_seen(presence) <= last_seen(presence, b.BOB)
        assert last_seen(presence) < before + PATIENCE * SECOND

    def test_is_not_changed_by_invisible_leases(self, presence: PresenceStore) -> None:
        presence.hold([Lease(b.ALICE, FIRST)], TERM)
        seen, hidden = last_seen(presence), Lease(b.ALICE, FIRST, State.INVISIBLE)
        presence.hold([hidden], TERM)

        assert presence.read([b.ALICE])[b.ALICE] == PresenceRecord((hidden,), seen)
        presence.release([hidden])
        assert presence.read([b.ALICE])[b.ALICE] == PresenceRecord((), seen)

    def test_of_a_user_who_was_always_invisible_is_unknown(self, presence: PresenceStore) -> None:
        hidden = Lease(b.ALICE, FIRST, State.INVISIBLE)
        presence.hold([hidden], TERM)

        assert presence.read([b.ALICE])[b.ALICE] == PresenceRecord((hidden,), None)
        presence.release([hidden])
        assert presence.read([b.ALICE])[b.ALICE] == PresenceRecord((), None)

    def test_is_when_a_lease_was_released(self, presence: PresenceStore) -> None:
        lease = Lease(b.ALICE, FIRST)
        presence.hold([lease], TERM)
        held = last_seen(presence)
        presence.hold([Lease(b.BOB, THIRD)], MOMENT)
        wait_until_expired(presence, b.BOB)
        presence.release([lease])

        assert leases(presence) == ()
        assert last_seen(presence) > held


class TestRelease:
    def test_keeps_leases_of_other_sessions(self, presence: PresenceStore) -> None:
        phone, tab = Lease(b.ALICE, FIRST), Lease(b.ALICE, SECOND_TAB)
        presence.hold([phone, tab, Lease(b.BOB, THIRD)], TERM)
        presence.release([phone])

        assert leases(presence) == (tab,)
        assert leases(presence, b.BOB) == (Lease(b.BOB, THIRD),)

    def test_depends_on_the_session_only(self, presence: PresenceStore) -> None:
        presence.hold([Lease(b.ALICE, FIRST, State.BUSY, "text")], TERM)
        presence.release([Lease(b.ALICE, FIRST)])

        assert leases(presence) == ()

    def test_of_an_unknown_session_is_harmless(self, presence: PresenceStore) -> None:
        presence.release([Lease(b.ALICE, FIRST)])

        assert leases(presence) == ()


class TestRead:
    def test_returns_a_record_for_every_user(self, presence: PresenceStore) -> None:
        lease = Lease(b.ALICE, FIRST)
        presence.hold([lease], TERM)
        found = presence.read({b.ALICE, b.BOB})

        assert found[b.ALICE].leases == (lease,)
        assert found[b.BOB] == PresenceRecord()
        assert not presence.read([])
