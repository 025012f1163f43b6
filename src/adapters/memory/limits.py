"""Token buckets in memory."""

import time
from collections.abc import Callable
from datetime import timedelta
from threading import Lock

from parlour.domain.kernel.limits import Rate, RateLimiter


class MemoryRateLimiter(RateLimiter):
    """The generic cell rate algorithm: one number a key, the moment when its bucket is full again.

    *clock* tells seconds that never run backwards. At most *max_keys* are kept; the one that was
    idle longest goes first, and with it at most one bucket's worth of memory of what it did.
    """

    def __init__(
        self, clock: Callable[[], float] = time.monotonic, max_keys: int = 100_000
    ) -> None:
        self._clock = clock
        self._most_keys = max_keys
        self._full_at: dict[str, float] = {}
        self._lock = Lock()

    def take(self, key: str, rate: Rate, cost: int = 1) -> timedelta | None:
        with self._lock:
            now = self._clock()
            # Out and in again: the order of the dictionary is the order of use.
            full_at = max(self._full_at.pop(key, now), now)
            after = full_at + cost / rate.per_second
            wait = after - now - rate.burst / rate.per_second
            # A nanosecond is the rounding of clocks, not a token.
            granted = wait <= 1e-9
            self._full_at[key] = after if granted else full_at
            if len(self._full_at) > self._most_keys:
                del self._full_at[next(iter(self._full_at))]
            return None if granted else timedelta(seconds=wait)
