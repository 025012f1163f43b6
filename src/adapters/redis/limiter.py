"""Rate limits that all nodes count together, in Redis."""

from datetime import timedelta
from typing import cast

from parlour.adapters.redis.client import SharedClient
from parlour.domain.kernel.limits import Rate, RateLimiter

# The generic cell rate algorithm (GCRA; ITU-T I.371) in microseconds of Redis's clock, so that the
# clocks of nodes don't matter. A key holds the time at which its bucket is full, and expires then.
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
    """Token buckets in Redis, shared by all nodes; call it from worker threads.

    `take` raises `Unavailable`, quickly, while Redis is away.
    """

    def __init__(self, redis: SharedClient, *, prefix: str) -> None:
        self._redis = redis
        self._prefix = prefix

    def take(self, key: str, rate: Rate, cost: int = 1) -> timedelta | None:
        token = repr(1e6 / rate.per_second)
        with self._redis.use() as redis:
            name = f"{self._prefix}:rate:{key}"
            reply = redis.eval(_TAKE, 1, name, token, str(cost), str(rate.burst))
        wait = cast("int", reply)
        return timedelta(microseconds=wait) if wait else None

    def check(self) -> None:
        """Raise `Unavailable` where Redis does not answer."""
        self._redis.check()

    def close(self) -> None:
        """Close the connections."""
        self._redis.close()
