"""A history is written to a file and read back unchanged."""

import io

from parlour.entrypoints.verify import read_history, write_record
from tests.support.histories import good_history

GOOD = good_history()


def test_a_history_is_read_as_it_was_written() -> None:
    file = io.StringIO()
    for record in GOOD:
        write_record(file, record)
    half = len(GOOD) // 2
    lines = file.getvalue().splitlines(keepends=True)

    assert read_history([lines[half:], lines[:half]]) == GOOD


def test_half_a_line_of_a_killed_client_is_ignored() -> None:
    file = io.StringIO()
    write_record(file, GOOD[0])

    assert read_history([[file.getvalue(), '{"at": 12, "cli']]) == [GOOD[0]]
