"""The presence store: leases until they expire."""

from datetime import timedelta

from parlour.domain.kernel.ids import SessionId, UserId
from parlour.domain.presence import Lease, PresenceRecord, PresenceStore, State
from tests.support import builders as b
from tests.support.fakes import SECOND, START

UNTIL = START + 45 * SECOND
INSTANT = timedelta(microseconds=1)
FIRST, SECOND_TAB, THIRD = sorted(SessionId(b.next_id()) for _ in range(3))


def seen(
    store: PresenceStore, user: UserId = b.ALICE, *, now: timedelta = SECOND
) -> PresenceRecord:
    return store.read([user], START + now)[user]


class TestHold:
    def test_makes_a_user_visible(self, presence: PresenceStore) -> None:
        lease = Lease(b.ALICE, FIRST, State.BUSY, "in a meeting  👩‍🚀 é")
        presence.hold([lease], START + INSTANT, UNTIL)

        assert PresenceRecord((lease,), START + INSTANT) == seen(presence)

    def test_lasts_until_the_given_time(self, presence: PresenceStore) -> None:
        lease = Lease(b.ALICE, FIRST)
        presence.hold([lease], START, UNTIL)

        assert PresenceRecord((lease,), START) == seen(presence, now=45 * SECOND - INSTANT)
        assert PresenceRecord((), START) == seen(presence, now=45 * SECOND)

    def test_replaces_the_former_lease_of_its_session(self, presence: PresenceStore) -> None:
        presence.hold([Lease(b.ALICE, FIRST, State.ONLINE, "here")], START, UNTIL)
        away = Lease(b.ALICE, FIRST, State.AWAY)
        presence.hold([away], START + SECOND, UNTIL + SECOND)

        assert PresenceRecord((away,), START + SECOND) == seen(presence)
        assert PresenceRecord((away,), START + SECOND) == seen(presence, now=45 * SECOND)

    def test_of_many_sessions_is_ordered_by_session(self, presence: PresenceStore) -> None:
        leases = [
            Lease(b.ALICE, THIRD, State.AWAY),
            Lease(b.ALICE, FIRST, State.ONLINE, "phone"),
            Lease(b.ALICE, SECOND_TAB, State.INVISIBLE),
        ]
        presence.hold(leases[:2], START, UNTIL)
        presence.hold(leases[2:], START, UNTIL)

        assert (leases[1], leases[2], leases[0]) == seen(presence).leases

    def test_of_many_users_at_once_separates_them(self, presence: PresenceStore) -> None:
        users = [UserId(b.next_id()) for _ in range(300)]
        leases = {user: Lease(user, SessionId(b.next_id())) for user in users}
        presence.hold([*leases.values()], START, UNTIL)
        found = presence.read(users, START)

        assert {user: PresenceRecord((leases[user],), START) for user in users} == dict(found)

    def test_renews_an_expired_lease(self, presence: PresenceStore) -> None:
        lease = Lease(b.ALICE, FIRST)
        presence.hold([lease], START, START + SECOND)
        presence.hold([lease], START + 9 * SECOND, UNTIL)

        assert PresenceRecord((lease,), START + 9 * SECOND) == seen(presence, now=10 * SECOND)

    def test_of_nothing_changes_nothing(self, presence: PresenceStore) -> None:
        presence.hold([], START, UNTIL)
        presence.release([], START)

        assert PresenceRecord() == seen(presence)


class TestLastSeen:
    def test_is_not_changed_by_invisible_leases(self, presence: PresenceStore) -> None:
        presence.hold([Lease(b.ALICE, FIRST)], START, UNTIL)
        hidden = Lease(b.ALICE, FIRST, State.INVISIBLE)
        presence.hold([hidden], START + SECOND, UNTIL)

        assert PresenceRecord((hidden,), START) == seen(presence)
        presence.release([hidden], START + 2 * SECOND)
        assert PresenceRecord((), START) == seen(presence)

    def test_of_a_user_who_was_always_invisible_is_unknown(self, presence: PresenceStore) -> None:
        hidden = Lease(b.ALICE, FIRST, State.INVISIBLE)
        presence.hold([hidden], START, UNTIL)

        assert PresenceRecord((hidden,), None) == seen(presence)
        presence.release([hidden], START)
        assert PresenceRecord((), None) == seen(presence)

    def test_is_when_a_lease_was_released(self, presence: PresenceStore) -> None:
        lease = Lease(b.ALICE, FIRST)
        presence.hold([lease], START, UNTIL)
        presence.release([lease], START + 3 * SECOND)

        assert PresenceRecord((), START + 3 * SECOND) == seen(presence, now=4 * SECOND)


class TestRelease:
    def test_keeps_leases_of_other_sessions(self, presence: PresenceStore) -> None:
        phone, tab = Lease(b.ALICE, FIRST), Lease(b.ALICE, SECOND_TAB)
        presence.hold([phone, tab, Lease(b.BOB, THIRD)], START, UNTIL)
        presence.release([phone], START)

        assert (tab,) == seen(presence).leases
        assert (Lease(b.BOB, THIRD),) == seen(presence, b.BOB).leases

    def test_depends_on_the_session_only(self, presence: PresenceStore) -> None:
        presence.hold([Lease(b.ALICE, FIRST, State.BUSY, "text")], START, UNTIL)
        presence.release([Lease(b.ALICE, FIRST)], START)

        assert () == seen(presence).leases

    def test_of_an_unknown_session_is_harmless(self, presence: PresenceStore) -> None:
        presence.release([Lease(b.ALICE, FIRST)], START)

        assert PresenceRecord((), START) == seen(presence)


class TestRead:
    def test_returns_a_record_for_every_user(self, presence: PresenceStore) -> None:
        lease = Lease(b.ALICE, FIRST)
        presence.hold([lease], START, UNTIL)
        found = presence.read({b.ALICE, b.BOB}, START)

        assert {b.ALICE: PresenceRecord((lease,), START), b.BOB: PresenceRecord()} == dict(found)
        assert not presence.read([], START)
