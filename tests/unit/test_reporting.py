"""What is written about work that fails behind everybody's back."""

import logging

import pytest

from parlour.adapters.logging.record import OwnRecord
from parlour.domain.kernel.errors import NotFound, Unavailable
from parlour.entrypoints.reporting import report


def reported(caplog: pytest.LogCaptureFixture, error: BaseException) -> OwnRecord:
    """Return the line about an error."""
    report(error)
    (record,) = caplog.records
    assert isinstance(record, OwnRecord)
    return record


def test_a_database_that_is_away_is_one_line_that_says_why(
    caplog: pytest.LogCaptureFixture,
) -> None:
    refused = ConnectionRefusedError(111, "Connection refused")
    refusal = Unavailable()
    refusal.__cause__ = refused
    record = reported(caplog, refusal)

    assert (record.levelno, record.exc_info) == (logging.WARNING, None)
    assert record.fields == {
        "code": "unavailable",
        "cause": "ConnectionRefusedError: [Errno 111] Connection refused",
    }


@pytest.mark.parametrize("error", [ValueError("broken"), NotFound()])
def test_what_nobody_expected_is_told_with_its_traceback(
    caplog: pytest.LogCaptureFixture, error: BaseException
) -> None:
    record = reported(caplog, error)

    assert record.levelno == logging.ERROR
    assert record.exc_info is not None
    assert record.exc_info[1] is error
