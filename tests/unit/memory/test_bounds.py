"""What memory keeps is bounded, and what is over goes."""

from datetime import timedelta

import pytest

from parlour.adapters import memory
from parlour.adapters.memory import presence as leases
from parlour.domain.kernel.ids import SessionId, UserId
from parlour.domain.kernel.limits import Rate
from parlour.domain.presence import Lease, State
from tests.support import builders as b
from tests.support.fakes import SECOND, START, ManualClock

RATE = Rate(per_second=1, burst=2)


@pytest.fixture
def clock() -> ManualClock:
    """A clock that stands still."""
    return ManualClock()


class TestMemoryRateLimiter:
    def test_forgets_the_key_that_was_idle_longest(self) -> None:
        limiter = memory.MemoryRateLimiter(ManualClock().monotonic, max_keys=2)
        for key in ("alice", "bob", "alice", "carol"):
            limiter.take(key, RATE)

        assert limiter.take("alice", RATE) is not None
        assert [limiter.take("bob", RATE) for _ in range(3)][1] is None

    def test_waits_exactly(self) -> None:
        clock = ManualClock()
        limiter = memory.MemoryRateLimiter(clock.monotonic)
        granted = [limiter.take("alice", RATE) for _ in range(3)]

        assert granted == [None, None, SECOND]
        clock.advance(SECOND / 4)
        assert limiter.take("alice", RATE) == SECOND * 3 / 4
        clock.advance(SECOND * 3 / 4)
        assert limiter.take("alice", RATE) is None
        assert limiter.take("alice", RATE) == SECOND

    def test_grants_a_steady_pace_for_ever(self) -> None:
        clock = ManualClock()
        limiter = memory.MemoryRateLimiter(clock.monotonic)
        pace = Rate(per_second=30, burst=1)

        for _ in range(10_000):
            assert limiter.take("alice", pace) is None
            clock.advance(timedelta(microseconds=33_334))


class TestMemoryPresence:
    def test_forgets_leases_that_ran_out_though_nobody_asks(self, clock: ManualClock) -> None:
        store = memory.MemoryPresence(clock, clock.monotonic)
        for _ in range(100):
            lease = Lease(UserId(b.next_id()), SessionId(b.next_id()), State.INVISIBLE)
            store.hold([lease], 5 * SECOND)
            clock.advance()

        assert len(store._leases) <= 10

    def test_keeps_what_was_renewed(self, clock: ManualClock) -> None:
        store = memory.MemoryPresence(clock, clock.monotonic)
        phone, tab = (Lease(b.ALICE, SessionId(b.next_id())) for _ in range(2))
        store.hold([phone, tab], SECOND)
        clock.advance()
        store.hold([tab], 8 * SECOND)

        assert store.read([b.ALICE])[b.ALICE].leases == (tab,)
        assert [tab.session] == [*store._leases[b.ALICE]]

    def test_lets_no_clock_that_is_set_change_a_lease(self, clock: ManualClock) -> None:
        elapsed = ManualClock()
        store = memory.MemoryPresence(clock, elapsed.monotonic)
        lease = Lease(b.ALICE, SessionId(b.next_id()))
        store.hold([lease], SECOND)
        clock.advance(3_600 * SECOND)
        assert store.read([b.ALICE])[b.ALICE].leases == (lease,)

        clock.advance(-7_200 * SECOND)
        elapsed.advance()
        assert store.read([b.ALICE])[b.ALICE].leases == ()

    def test_remembers_so_many_who_were_last_seen(
        self, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(leases, "MAX_REMEMBERED", 2)
        store = memory.MemoryPresence(clock, clock.monotonic)
        for user in (b.ALICE, b.BOB, b.ALICE, b.CAROL):
            store.hold([Lease(user, SessionId(b.next_id()))], SECOND)
        found = store.read([b.ALICE, b.BOB, b.CAROL])

        assert [START, None, START] == [found[user].last_seen for user in found]

    def test_keeps_nothing_of_those_who_left_without_being_seen(self) -> None:
        store = memory.open_presence()
        lease = Lease(b.ALICE, SessionId(b.next_id()), State.INVISIBLE)
        store.hold([lease], SECOND)
        store.release([lease])

        assert not store._leases
        assert not store._last_seen
