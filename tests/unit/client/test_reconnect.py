"""When a client connects again after a close code, and how long it waits before."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parlour.entrypoints.client.errors import ConnectionEnded
from parlour.entrypoints.client.reconnect import (
    MOVED,
    Backoff,
    ReconnectPolicy,
    is_final,
    reason_of,
)


def policy() -> ReconnectPolicy:
    """Return a policy whose waits are the shortest, half a second."""
    return ReconnectPolicy(Backoff(chance=lambda: 0.0))


@pytest.mark.parametrize("code", [1000, 1001, 1006, 1011, 1012, 4000, 4001, 4002, 4003, 4006])
def test_a_temporary_close_is_followed_by_another_try(code: int) -> None:
    assert policy().delay_after(code, 1.0) == 0.5


@pytest.mark.parametrize("code", [4500, 4502, 4503, 4504, 4505, 4506])
def test_a_final_close_ends_the_client_and_says_why(code: int) -> None:
    with pytest.raises(ConnectionEnded) as ended:
        policy().delay_after(code, 1.0)

    assert ended.value.code == code
    assert str(code) not in reason_of(code)


def test_a_final_code_of_a_later_version_is_final_too() -> None:
    assert is_final(4577)
    assert not is_final(4600)
    assert "4577" in reason_of(4577)


def test_an_expired_token_is_replaced_at_once() -> None:
    after_expiry = policy()

    assert after_expiry.delay_after(4005, 1.0) == 0.0
    assert after_expiry.wants_fresh_token


def test_a_token_that_expires_again_and_again_is_waited_for() -> None:
    after_expiry = policy()
    after_expiry.delay_after(4005, 1.0)

    assert after_expiry.delay_after(4005, 1.0) == 0.5


def test_only_the_refusal_of_a_fresh_token_is_final() -> None:
    refused = policy()
    assert refused.delay_after(4501, 1.0) == 0.0
    assert refused.wants_fresh_token

    with pytest.raises(ConnectionEnded, match="logged in"):
        refused.delay_after(4501, 1.0)


def test_a_draining_node_is_left_without_a_wait() -> None:
    assert policy().delay_after(MOVED, 1.0) == 0.0


def test_after_a_connection_that_lasted_the_waits_start_again() -> None:
    unlucky = ReconnectPolicy(Backoff(chance=lambda: 1.0))
    waits = [unlucky.delay_after(1006, 1.0) for _ in range(3)]

    assert waits == [1.0, 2.0, 4.0]
    assert unlucky.delay_after(1006, 11.0) == 1.0


@given(st.integers(0, 10_000), st.floats(0, 1, exclude_max=True))
def test_every_wait_is_between_half_a_second_and_thirty(attempt: int, chance: float) -> None:
    assert 0.5 <= Backoff(chance=lambda: chance).delay(attempt) <= 30


@given(st.integers(0, 100), st.floats(0, 1, exclude_max=True))
def test_waits_grow_with_the_attempts(attempt: int, chance: float) -> None:
    backoff = Backoff(chance=lambda: chance)

    assert backoff.delay(attempt) <= backoff.delay(attempt + 1)


def test_the_whole_range_is_used_so_that_clients_come_back_spread_out() -> None:
    assert Backoff(chance=lambda: 0.0).delay(20) == 0.5
    assert Backoff(chance=lambda: 0.999999).delay(20) == pytest.approx(30, abs=0.01)
