"""Complaints in the log of a node are found, except those that a test excuses by name."""

import pytest

from tests.support.fault_trials import unexpected_errors

GOOD = '{"level":"warning","event":"storage warning"}\nlistening\n'


@pytest.mark.parametrize(
    "line",
    [
        '{"level":"error","event":"background work failed","error":"Traceback (most…"}',
        "Task exception was never retrieved",
        "pymysql.err.InternalError: Packet sequence number wrong - got 3 expected 1",
    ],
)
def test_a_complaint_is_found_anywhere_in_a_log(line: str) -> None:
    assert unexpected_errors(GOOD + line + "\n" + GOOD) == [line]


def test_a_good_log_has_no_complaints() -> None:
    assert unexpected_errors(GOOD) == []


def test_only_named_complaints_are_excused() -> None:
    log = "Traceback of a fault that was wanted\nTraceback of another\n"

    assert unexpected_errors(log, {"that was wanted"}) == ["Traceback of another"]
