"""Time is handed in, never looked up: aware datetimes in UTC."""

from datetime import datetime
from functools import lru_cache
from typing import Protocol


class Clock(Protocol):
    """Tells the present moment, in UTC, with microseconds."""

    def __call__(self) -> datetime: ...


@lru_cache(maxsize=256)
def rfc3339(at: datetime) -> str:
    """Write a moment in UTC as on the wire: `2026-01-02T03:04:05.000000Z` (RFC 3339).

    All messages of a batch have the same moment, which is written for each of them twice.
    """
    return at.replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"
