"""Whom an access token stands for, cached for a few seconds."""

import asyncio
import hashlib
from collections import OrderedDict
from datetime import timedelta

from parlour.domain.access import Authenticate, Ended, Identity, TokenExpired
from parlour.domain.kernel.time import Clock
from parlour.entrypoints.shell.workers import Workers

CACHE_TTL = timedelta(seconds=5)
MAX_CACHED = 10_000


class Identities:
    """Authenticates tokens; asks the database about each at most once every `CACHE_TTL`.

    A device that is logged out through this node is forgotten at once, one that is logged out
    elsewhere within `CACHE_TTL`. The cache holds hashes, no tokens.
    """

    def __init__(self, authenticate: Authenticate, workers: Workers, clock: Clock) -> None:
        self._authenticate = authenticate
        self._workers = workers
        self._clock = clock
        self._cache: OrderedDict[bytes, tuple[Identity, float]] = OrderedDict()
        self._invalidations = 0

    async def of(self, token: str) -> Identity:
        """Return whom *token* stands for; raise `Unauthenticated` or `TokenExpired`."""
        digest = hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
        now = asyncio.get_running_loop().time()
        cached = self._cache.get(digest)
        if cached is not None and now - cached[1] < CACHE_TTL.total_seconds():
            if cached[0].expires_at <= self._clock():
                raise TokenExpired
            return cached[0]
        invalidations = self._invalidations
        identity = await self._workers.run(self._authenticate, token)
        if invalidations != self._invalidations:
            return identity  # a device was logged out while we asked: perhaps this one
        self._cache[digest] = (identity, now)
        self._cache.move_to_end(digest)
        if len(self._cache) > MAX_CACHED:
            self._cache.popitem(last=False)
        return identity

    def forget(self, ended: Ended) -> None:
        """Drop the cached tokens of devices that were logged out."""
        self._invalidations += 1
        devices = set(ended.devices)
        for digest in [each for each, (who, _) in self._cache.items() if who.device in devices]:
            del self._cache[digest]
