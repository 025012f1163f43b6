"""What an examination finds: one thing each, whether it is good, and what to do about it."""

from collections.abc import Callable, Iterable
from enum import Enum

import attrs


class Grade(Enum):
    """How good it is."""

    GOOD = "good"
    DOUBT = "doubt"
    BAD = "BAD"


@attrs.frozen
class Finding:
    """One thing: `subject` in a word, `text` what is so, `fix` what to do unless it says so."""

    grade: Grade
    subject: str
    text: str
    fix: str = ""


Examination = Callable[[], Iterable[Finding]]


def good(subject: str, text: str) -> Finding:
    """Say that something is as it should be."""
    return Finding(Grade.GOOD, subject, text)


def doubt(subject: str, text: str, fix: str = "") -> Finding:
    """Say that something deserves a second look; it does not count as a failure."""
    return Finding(Grade.DOUBT, subject, text, fix)


def bad(subject: str, text: str, fix: str) -> Finding:
    """Say that something keeps the service from serving well, and what to do."""
    return Finding(Grade.BAD, subject, text, fix)
