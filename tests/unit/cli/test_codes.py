"""What close codes ask for, and how long a client waits."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parlour.entrypoints.cli.chat.codes import Action, action_of, reason_of, retry_delay


@pytest.mark.parametrize("code", [1000, 1001, 1006, 1011, 1012, 4000, 4001, 4002, 4003, 4006])
def test_what_is_temporary_is_tried_again(code: int) -> None:
    assert action_of(code) is Action.RECONNECT


def test_an_expired_token_is_refreshed_first() -> None:
    assert action_of(4005) is Action.REFRESH


@pytest.mark.parametrize("code", [4500, 4501, 4502, 4503, 4504, 4505, 4506])
def test_what_is_final_stops_the_client_and_says_why(code: int) -> None:
    assert action_of(code) is Action.STOP
    assert str(code) not in reason_of(code)


def test_a_final_code_of_the_future_stops_too() -> None:
    assert action_of(4577) is Action.STOP
    assert "4577" in reason_of(4577)


@given(st.integers(0, 10_000), st.floats(0, 1, exclude_max=True))
def test_every_wait_is_between_half_a_second_and_thirty(attempt: int, chance: float) -> None:
    assert 0.5 <= retry_delay(attempt, chance) <= 30


@given(st.integers(0, 100), st.floats(0, 1, exclude_max=True))
def test_waits_grow_with_the_attempts(attempt: int, chance: float) -> None:
    assert retry_delay(attempt, chance) <= retry_delay(attempt + 1, chance)


def test_the_whole_range_is_used_so_that_clients_come_back_spread_out() -> None:
    assert retry_delay(20, 0.0) == 0.5
    assert retry_delay(20, 0.999999) == pytest.approx(30, abs=0.01)
