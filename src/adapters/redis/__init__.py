"""
Presence, bus and rate limits on Redis 7 or newer, a single server or a Redis Cluster.

Lives here: what several nodes share and may be lost at any moment. While Redis is away messages
still arrive, presence is unknown, each node counts its rate limits alone, and every part
reconnects by itself.
"""

from parlour.adapters.redis.bus import RedisBus
from parlour.adapters.redis.client import SharedClient
from parlour.adapters.redis.connection_factory import RedisSettings
from parlour.adapters.redis.limiter import RedisRateLimiter
from parlour.adapters.redis.presence import RedisPresence

__all__ = [
    "RedisBus",
    "RedisPresence",
    "RedisRateLimiter",
    "RedisSettings",
    "open_bus",
    "open_limiter",
    "open_presence",
]


def open_presence(settings: RedisSettings) -> RedisPresence:
    """Return a presence store; it connects when it is first used."""
    return RedisPresence(SharedClient(settings, "presence"), prefix=settings.prefix)


def open_bus(settings: RedisSettings) -> RedisBus:
    """Return a bus; it connects when it is started."""
    return RedisBus(settings)


def open_limiter(settings: RedisSettings) -> RedisRateLimiter:
    """Return a rate limiter; it connects when it is first used."""
    return RedisRateLimiter(SharedClient(settings, "rate limits"), prefix=settings.prefix)
