"""What guards accounts is counted for all nodes together, and by this node while that fails."""

import threading
from contextlib import suppress
from datetime import timedelta

import pytest

from parlour.adapters.config.settings import LimitSettings
from parlour.adapters.memory import MemoryRateLimiter
from parlour.domain.kernel.errors import Limited, Overloaded, Unavailable
from parlour.domain.kernel.limits import Rate, RateLimiter
from parlour.entrypoints.shell import rate_limits
from parlour.entrypoints.shell.rate_limits import RateLimits
from parlour.entrypoints.shell.workers import InlineWorkers, ThreadWorkers, Workers

TWO = Rate(0.001, burst=2)
LIMITS = LimitSettings(messages=TWO, logins_per_account=TWO)


class Failing(RateLimiter):
    """A shared limiter that counts until it breaks."""

    def __init__(self) -> None:
        self.counts = MemoryRateLimiter()
        self.broken: Exception | None = None

    def take(self, key: str, rate: Rate, cost: int = 1) -> timedelta | None:
        if self.broken is not None:
            raise self.broken
        return self.counts.take(key, rate, cost)


class Hanging(RateLimiter):
    """A shared limiter that answers only when it is told to."""

    def __init__(self) -> None:
        self.answer = threading.Event()

    def take(self, key: str, rate: Rate, cost: int = 1) -> timedelta | None:
        self.answer.wait(30)
        return None


def limits_of(shared: RateLimiter | None, workers: Workers | None = None) -> RateLimits:
    return RateLimits(
        LIMITS, local=MemoryRateLimiter(), shared=shared, workers=workers or InlineWorkers()
    )


async def logins(limits: RateLimits, times: int) -> int:
    """Try to log in to one account from many addresses; return how many were let through."""
    granted = 0
    for n in range(times):
        with suppress(Limited):
            await limits.login(f"192.0.2.{n}", "alice")
            granted += 1
    return granted


async def test_nodes_that_share_a_limiter_count_log_ins_together() -> None:
    shared = Failing()
    here, there = limits_of(shared), limits_of(shared)

    assert [await logins(here, 1), await logins(there, 5)] == [1, 1]


async def test_a_single_process_counts_log_ins_itself() -> None:
    assert await logins(limits_of(None), 5) == 2


@pytest.mark.parametrize("error", [Unavailable(), Overloaded()])
async def test_a_node_goes_on_with_its_own_count_where_the_shared_one_fails(
    error: Exception,
) -> None:
    shared = Failing()
    limits = limits_of(shared)
    assert await logins(limits, 1) == 1
    shared.broken = error

    assert await logins(limits, 5) == 1


async def test_a_node_does_not_wait_for_a_shared_limiter_that_hangs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(rate_limits, "SHARED_TIMEOUT", 0.01)
    shared, workers = Hanging(), ThreadWorkers(1, name="limits")
    granted = await logins(limits_of(shared, workers), 5)
    shared.answer.set()
    await workers.close()

    assert granted == 2


async def test_messages_never_ask_the_shared_limiter() -> None:
    shared = Failing()
    shared.broken = AssertionError("the hot path must not wait for the network")
    limits = limits_of(shared)
    limits.message("alice")
    limits.message("alice")

    with pytest.raises(Limited):
        limits.message("alice")


async def test_many_messages_at_once_count_as_many_and_at_most_as_the_burst() -> None:
    limits = limits_of(None)
    limits.reconfigure(LimitSettings(messages=Rate(0.001, burst=4)))
    limits.message("alice", 3)
    with pytest.raises(Limited):
        limits.message("alice", 2)
    limits.message("alice")
    limits.message("bob", 100)

    with pytest.raises(Limited):
        limits.message("bob")


async def test_a_changed_rate_holds_from_the_next_attempt_on() -> None:
    limits = limits_of(None)
    assert await logins(limits, 3) == 2
    limits.reconfigure(LimitSettings(logins_per_account=Rate(0.001, burst=4)))

    assert await logins(limits, 5) == 2
