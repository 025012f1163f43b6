"""The circuit breaker: calls fail fast while a server does not answer."""

import pytest

from parlour.adapters.resilience import CircuitBreaker
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
def circuit(watch: Watch) -> CircuitBreaker:
    return CircuitBreaker(pause=1.0, patience=7.0, clock=watch)


def refused(circuit: CircuitBreaker) -> bool:
    try:
        circuit.before_call()
    except Unavailable:
        return True
    return False


def test_a_closed_circuit_lets_every_call_through(circuit: CircuitBreaker) -> None:
    assert not any(refused(circuit) for _ in range(9))


def test_a_failure_refuses_every_call_for_a_pause(circuit: CircuitBreaker, watch: Watch) -> None:
    circuit.record_failure()
    watch.now = 0.9

    assert all(refused(circuit) for _ in range(9))


def test_one_call_may_try_after_the_pause(circuit: CircuitBreaker, watch: Watch) -> None:
    circuit.record_failure()
    watch.now = 1.0

    assert [False, True, True] == [refused(circuit) for _ in range(3)]


def test_another_call_may_try_where_the_first_never_came_back(
    circuit: CircuitBreaker, watch: Watch
) -> None:
    circuit.record_failure()
    watch.now = 1.0
    circuit.before_call()
    watch.now = 8.0

    assert [False, True] == [refused(circuit) for _ in range(2)]


def test_the_first_success_closes_the_circuit(circuit: CircuitBreaker) -> None:
    circuit.record_failure()

    assert circuit.record_success()
    assert not circuit.record_success()
    assert not refused(circuit)


def test_the_refusal_says_when_to_come_back(circuit: CircuitBreaker) -> None:
    circuit.record_failure()
    with pytest.raises(Unavailable) as caught:
        circuit.before_call()

    assert caught.value.retry_after is not None
    assert caught.value.retry_after.total_seconds() == 1.0
