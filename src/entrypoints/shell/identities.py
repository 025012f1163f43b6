"""Whom an access token stands for, cached for a few seconds."""

import asyncio
import hashlib
from collections import OrderedDict, defaultdict
from datetime import timedelta

from parlour.domain.access import Authenticate, Identity, TokenExpired
from parlour.domain.kernel.ids import DeviceId
from parlour.domain.kernel.time import Clock
from parlour.entrypoints.shell.workers import Workers

CACHE_TTL = timedelta(seconds=5)
MAX_CACHED = 10_000


class Identities:
    """Authenticates tokens; asks the database about each at most once every `CACHE_TTL`.

    A device that is logged out is forgotten at once, on every node that the signal reaches, and
    within `CACHE_TTL` where the bus is away. The cache holds hashes, no tokens.
    """

    def __init__(self, authenticate: Authenticate, workers: Workers, clock: Clock) -> None:
        self._authenticate = authenticate
        self._workers = workers
        self._clock = clock
        self._cache: OrderedDict[bytes, tuple[Identity, float]] = OrderedDict()
        self._digests: defaultdict[DeviceId, set[bytes]] = defaultdict(set)
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
        self._remember(digest, identity, now)
        return identity

    def forget(self, device: DeviceId | None) -> None:
        """Drop the cached tokens of a device that was logged out; for None, those of all."""
        self._invalidations += 1
        if device is None:
            self._cache.clear()
            self._digests.clear()
            return
        for digest in self._digests.pop(device, ()):
            self._cache.pop(digest, None)

    def _remember(self, digest: bytes, identity: Identity, now: float) -> None:
        self._cache[digest] = (identity, now)
        self._cache.move_to_end(digest)
        self._digests[identity.device].add(digest)
        if len(self._cache) > MAX_CACHED:
            oldest, (whose, _) = self._cache.popitem(last=False)
            self._digests[whose.device].discard(oldest)
            if not self._digests[whose.device]:
                del self._digests[whose.device]
