"""Knowing that the database does not answer."""

import pytest

from parlour.adapters.sql.circuit_breaker import CircuitBreaker
from parlour.domain.kernel.errors import Unavailable


class Watch:
    """A clock that the test holds."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def outage(watch: Watch) -> CircuitBreaker:
    return CircuitBreaker(pause=1.0, patience=7.0, clock=watch)


def refused(outage: CircuitBreaker) -> bool:
    try:
        outage.enter()
    except Unavailable:
        return True
    return False


def test_everybody_may_try_while_there_is_none(outage: CircuitBreaker) -> None:
    assert not any(refused(outage) for _ in range(9))


def test_everybody_is_refused_for_a_pause(outage: CircuitBreaker, watch: Watch) -> None:
    outage.begin()
    watch.now = 0.9

    assert all(refused(outage) for _ in range(9))


def test_one_may_try_after_the_pause(outage: CircuitBreaker, watch: Watch) -> None:
    outage.begin()
    watch.now = 1.0

    assert [False, True, True] == [refused(outage) for _ in range(3)]


def test_another_one_may_try_where_the_first_never_came_back(
    outage: CircuitBreaker, watch: Watch
) -> None:
    outage.begin()
    watch.now = 1.0
    outage.enter()
    watch.now = 8.0

    assert [False, True] == [refused(outage) for _ in range(2)]


def test_it_ends_with_the_first_answer(outage: CircuitBreaker) -> None:
    outage.begin()
    outage.end()

    assert not refused(outage)


def test_the_refusal_says_when_to_come_back(outage: CircuitBreaker) -> None:
    outage.begin()
    with pytest.raises(Unavailable) as caught:
        outage.enter()

    assert caught.value.retry_after is not None
    assert caught.value.retry_after.total_seconds() == 1.0
