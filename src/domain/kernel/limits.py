"""Rates, as token buckets."""

from datetime import timedelta
from typing import Protocol

import attrs


@attrs.frozen
class Rate:
    """*per_second* on average, *burst* at once."""

    per_second: float
    burst: int


class RateLimiter(Protocol):
    """Counts what a key does against a rate (the generic cell rate algorithm)."""

    def take(self, key: str, rate: Rate, cost: int = 1) -> timedelta | None:
        """Take *cost* tokens; return None when granted, else how long until they would be.

        What is refused costs nothing. A *cost* above the burst of *rate* is never granted.
        Raises `Unavailable` where a shared backend cannot be reached.
        """
        ...
