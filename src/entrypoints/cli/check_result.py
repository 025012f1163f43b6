"""What an examination finds: one thing each, whether it is good, and what to do about it."""

from collections.abc import Callable, Iterable
from enum import Enum

import attrs


class CheckGrade(Enum):
    """How good it is."""

    GOOD = "good"
    DOUBT = "doubt"
    BAD = "BAD"


@attrs.frozen
class CheckResult:
    """One thing: `subject` in a word, `text` what is so, `fix` what to do unless it says so."""

    grade: CheckGrade
    subject: str
    text: str
    fix: str = ""


Examination = Callable[[], Iterable[CheckResult]]


def good(subject: str, text: str) -> CheckResult:
    """Say that something is as it should be."""
    return CheckResult(CheckGrade.GOOD, subject, text)


def doubt(subject: str, text: str, fix: str = "") -> CheckResult:
    """Say that something deserves a second look; it does not count as a failure."""
    return CheckResult(CheckGrade.DOUBT, subject, text, fix)


def bad(subject: str, text: str, fix: str) -> CheckResult:
    """Say that something keeps the service from serving well, and what to do."""
    return CheckResult(CheckGrade.BAD, subject, text, fix)
