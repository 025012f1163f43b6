"""Rate limits: token buckets, and the port that counts them."""

from datetime import timedelta
from typing import Protocol

import attrs


@attrs.frozen
class Rate:
    """A token bucket: *per_second* tokens on average, at most *burst* at once."""

    per_second: float
    burst: int


class RateLimiter(Protocol):
    """Counts tokens for each key against a rate (generic cell rate algorithm, ITU-T I.371)."""

    def take(self, key: str, rate: Rate, cost: int = 1) -> timedelta | None:
        """Take *cost* tokens; return None when granted, else how long until they would be.

        What is refused costs nothing. A *cost* above the burst of *rate* is never granted.
        Raises `Unavailable` where a shared backend cannot be reached.
        """
        ...
