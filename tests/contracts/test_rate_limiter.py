"""The rate limiter: a burst at once, a rate on average."""

from datetime import timedelta

import pytest

from parlour.domain.kernel.limits import Rate
from tests.contracts.conftest import Limits
from tests.support.concurrency import results_of, run_in_parallel

SLOW = Rate(per_second=0.01, burst=3)
FAST = Rate(per_second=50, burst=5)
TOKEN = timedelta(milliseconds=20)
ROUNDING = timedelta(microseconds=2)


def taken(limits: Limits, key: str, rate: Rate, times: int, cost: int = 1) -> int:
    return [limits.limiter.take(key, rate, cost) for _ in range(times)].count(None)


class TestTake:
    def test_grants_the_burst_at_once_and_no_more(self, limits: Limits) -> None:
        assert taken(limits, "alice", SLOW, times=10) == 3

    def test_returns_the_time_until_a_token_is_available(self, limits: Limits) -> None:
        taken(limits, "alice", SLOW, times=3)
        wait = limits.limiter.take("alice", SLOW)

        assert wait is not None
        # Some of the hundred seconds may have passed since the first token was taken.
        assert timedelta(seconds=90) < wait <= timedelta(seconds=100) + ROUNDING

    def test_grants_after_that_time(self, limits: Limits) -> None:
        taken(limits, "alice", FAST, times=5)
        for _ in range(3):
            wait = limits.limiter.take("alice", FAST)
            if wait is None:  # so much time has passed between the two calls
                continue
            assert wait <= TOKEN + ROUNDING
            limits.wait(wait)
            assert limits.limiter.take("alice", FAST) is None

    def test_refills_up_to_the_burst(self, limits: Limits) -> None:
        quick = Rate(per_second=1_000, burst=4)
        taken(limits, "alice", quick, times=4)
        limits.wait(timedelta(milliseconds=50))
        slow = Rate(per_second=0.01, burst=4)

        assert taken(limits, "alice", slow, times=10) == 4

    def test_refusals_cost_nothing(self, limits: Limits) -> None:
        taken(limits, "alice", SLOW, times=3)
        first = limits.limiter.take("alice", SLOW)
        taken(limits, "alice", SLOW, times=20)
        last = limits.limiter.take("alice", SLOW)

        assert first is not None
        assert last is not None
        assert last <= first + ROUNDING

    def test_takes_several_tokens_or_none(self, limits: Limits) -> None:
        assert limits.limiter.take("alice", SLOW, 2) is None
        assert limits.limiter.take("alice", SLOW, 2) is not None
        assert limits.limiter.take("alice", SLOW, 1) is None
        assert limits.limiter.take("alice", SLOW, 1) is not None

    def test_never_grants_more_than_the_burst_at_once(self, limits: Limits) -> None:
        assert limits.limiter.take("alice", SLOW, 4) is not None
        assert limits.limiter.take("alice", SLOW, 3) is None

    @pytest.mark.parametrize("other", ["bob", "Alice", "alice ", "alicé", "alice:1", "{alice}"])
    def test_counts_each_key_separately(self, limits: Limits, other: str) -> None:
        taken(limits, "alice", SLOW, times=3)

        assert taken(limits, other, SLOW, times=10) == 3
        assert taken(limits, "alice", SLOW, times=1) == 0

    def test_is_exact_with_many_threads(self, limits: Limits) -> None:
        rate = Rate(per_second=0.01, burst=50)
        granted = results_of(
            run_in_parallel([lambda: taken(limits, "alice", rate, times=20) for _ in range(4)])
        )

        assert sum(granted) == 50
