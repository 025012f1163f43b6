"""What no fault excuses is found in the log of a node, and what a fault excuses by name is not."""

import pytest

from tests.support.complaints import complaints

GOOD = '{"level":"warning","event":"storage warning"}\nlistening\n'


@pytest.mark.parametrize(
    "line",
    [
        '{"level":"error","event":"background work failed","error":"Traceback (most…"}',
        "Task exception was never retrieved",
        "pymysql.err.InternalError: Packet sequence number wrong - got 3 expected 1",
    ],
)
def test_a_complaint_is_found_wherever_it_stands(line: str) -> None:
    assert complaints(GOOD + line + "\n" + GOOD) == [line]


def test_a_good_log_has_none() -> None:
    assert complaints(GOOD) == []


def test_only_what_is_named_is_excused() -> None:
    log = "Traceback of a fault that was wanted\nTraceback of another\n"

    assert complaints(log, {"that was wanted"}) == ["Traceback of another"]
