"""Errors of background work are logged."""

import asyncio
import logging

import pytest

from parlour.adapters.logging.record import OwnRecord
from parlour.domain.kernel.errors import NotFound, Unavailable
from parlour.entrypoints.reporting import report, report_damage
from tests.support import builders as b


def reported(caplog: pytest.LogCaptureFixture, error: BaseException) -> OwnRecord:
    """Return the log line for an error."""
    report(error)
    (record,) = caplog.records
    assert isinstance(record, OwnRecord)
    return record


def test_an_outage_is_one_line_with_its_cause(
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


async def test_work_that_is_put_off_is_named(caplog: pytest.LogCaptureFixture) -> None:
    async def work() -> None:
        report(Unavailable())

    await asyncio.create_task(work(), name="push outbox")

    (record,) = caplog.records
    assert isinstance(record, OwnRecord)
    assert record.fields["work"] == "push outbox"


@pytest.mark.parametrize("error", [ValueError("broken"), NotFound()])
def test_an_unexpected_error_has_its_traceback(
    caplog: pytest.LogCaptureFixture, error: BaseException
) -> None:
    record = reported(caplog, error)

    assert record.levelno == logging.ERROR
    assert record.exc_info is not None
    assert record.exc_info[1] is error


def test_damage_is_logged_with_its_conversation(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    report_damage(b.LOBBY, True)
    report_damage(b.LOBBY, False)

    assert [(each.levelno, each.msg) for each in caplog.records] == [
        (logging.ERROR, "conversation damaged"),
        (logging.INFO, "conversation mended"),
    ]
    assert all(each.fields == {"conversation": b.LOBBY} for each in caplog.records)  # type: ignore[attr-defined]
