"""Rate limits that all nodes count together."""

from datetime import timedelta
from typing import cast

from parlour.adapters.redis.client import SharedClient
from parlour.domain.kernel.errors import Unavailable
from parlour.domain.kernel.limits import Rate, RateLimiter

# The generic cell rate algorithm in microseconds by the clock of Redis, so that clocks of nodes
# don't matter. One key holds the moment when its bucket is full again, and expires then.
_TAKE = """
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local token, cost, burst = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local full_at = math.max(tonumber(redis.call('GET', KEYS[1]) or now), now)
local after = full_at + token * cost
local wait = after - now - token * burst
if wait > 1 then return math.ceil(wait) end
local lasts = math.max(math.ceil((after - now) / 1000), 1)
redis.call('SET', KEYS[1], string.format('%.0f', after), 'PX', lasts)
return 0
"""


class RedisRateLimiter(RateLimiter):
    """Token buckets in Redis; call it from worker threads.

    While Redis is away *fallback* counts for this node alone. Without one, for limits that must
    never be lifted, `take` raises `Unavailable`.
    """

    def __init__(self, redis: SharedClient, *, prefix: str, fallback: RateLimiter | None) -> None:
        self._redis = redis
        self._prefix = prefix
        self._fallback = fallback

    def take(self, key: str, rate: Rate, cost: int = 1) -> timedelta | None:
        try:
            wait = self._take(key, rate, cost)
        except Unavailable:
            if self._fallback is None:
                raise
            return self._fallback.take(key, rate, cost)
        return timedelta(microseconds=wait) if wait else None

    def check(self) -> None:
        """Raise `Unavailable` where Redis does not answer."""
        self._redis.check()

    def close(self) -> None:
        """Close the connections."""
        self._redis.close()

    def _take(self, key: str, rate: Rate, cost: int) -> int:
        token = repr(1e6 / rate.per_second)
        with self._redis.use() as redis:
            reply = redis.eval(
                _TAKE, 1, f"{self._prefix}:rate:{key}", token, str(cost), str(rate.burst)
            )
            return cast("int", reply)
