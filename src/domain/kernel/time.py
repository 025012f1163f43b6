"""Times are aware datetimes in UTC. They are handed in; the domain never reads a clock."""

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Protocol

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class Clock(Protocol):
    """Returns the current time in UTC, with microseconds."""

    def __call__(self) -> datetime: ...


@lru_cache(maxsize=256)
def rfc3339(at: datetime) -> str:
    """Format a time in UTC as on the wire: `2026-01-02T03:04:05.000000Z` (RFC 3339).

    Cached, because all messages of a batch have the same time and each needs it twice.
    """
    return at.replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def to_micros(at: datetime) -> int:
    """Return the microseconds since 1970-01-01."""
    return (at - _EPOCH) // _MICROSECOND


def from_micros(micros: int) -> datetime:
    """Return the time so many microseconds after 1970-01-01."""
    return _EPOCH + micros * _MICROSECOND
