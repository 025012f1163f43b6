"""The result of one check of `parlour doctor`."""

from collections.abc import Callable, Iterable
from enum import Enum

import attrs


class CheckGrade(Enum):
    """How a check ended; the value is what `parlour doctor` prints."""

    OK = "ok"
    WARNING = "warn"
    FAILED = "FAIL"


@attrs.frozen
class CheckResult:
    """What was checked (`subject`), what was found (`text`), and how to correct it (`fix`)."""

    grade: CheckGrade
    subject: str
    text: str
    fix: str = ""


Check = Callable[[], Iterable[CheckResult]]


def ok(subject: str, text: str) -> CheckResult:
    """Return a result that needs no action."""
    return CheckResult(CheckGrade.OK, subject, text)


def warning(subject: str, text: str, fix: str = "") -> CheckResult:
    """Return a result that should be looked at; the service works."""
    return CheckResult(CheckGrade.WARNING, subject, text, fix)


def failure(subject: str, text: str, fix: str) -> CheckResult:
    """Return a result that keeps the service from working well."""
    return CheckResult(CheckGrade.FAILED, subject, text, fix)
