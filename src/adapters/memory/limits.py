"""Token buckets in memory."""

import time
from collections.abc import Callable
from datetime import timedelta
from threading import Lock

from parlour.domain.kernel.limits import Rate, RateLimiter


class MemoryRateLimiter(RateLimiter):
    """Token buckets by the generic cell rate algorithm (GCRA, ITU-T I.371).

    One number is stored for each key: the time at which its bucket is full again. *clock* returns
    monotonic seconds. At most *max_keys* are stored; the least recently used is evicted, which can
    grant its owner at most one more burst.
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
            # Removed and added again: the order of the dictionary is the order of use.
            full_at = max(self._full_at.pop(key, now), now)
            after = full_at + cost / rate.per_second
            wait = after - now - rate.burst / rate.per_second
            # Tolerate rounding of the clock up to a nanosecond.
            granted = wait <= 1e-9
            self._full_at[key] = after if granted else full_at
            if len(self._full_at) > self._most_keys:
                del self._full_at[next(iter(self._full_at))]
            return None if granted else timedelta(seconds=wait)
