"""Who a token stands for, remembered for a few seconds."""

import asyncio
import hashlib
from collections import OrderedDict
from datetime import timedelta

from parlour.domain.access import Authenticate, Ended, Identity, TokenExpired
from parlour.domain.kernel.time import Clock
from parlour.entrypoints.shell.workers import Workers

KEPT = timedelta(seconds=5)
MAX_KEPT = 10_000


class Identities:
    """Asks the database about a token at most every five seconds.

    A device that is ended through this node is forgotten at once, one that is ended elsewhere
    within five seconds.
    """

    def __init__(self, authenticate: Authenticate, workers: Workers, clock: Clock) -> None:
        self._authenticate = authenticate
        self._workers = workers
        self._clock = clock
        self._known: OrderedDict[bytes, tuple[Identity, float]] = OrderedDict()
        self._forgotten = 0

    async def of(self, token: str) -> Identity:
        """Return whom *token* stands for; raise `Unauthenticated` or `TokenExpired`."""
        digest = hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
        now = asyncio.get_running_loop().time()
        known = self._known.get(digest)
        if known is not None and now - known[1] < KEPT.total_seconds():
            if known[0].expires_at <= self._clock():
                raise TokenExpired
            return known[0]
        forgotten = self._forgotten
        identity = await self._workers.run(self._authenticate, token)
        if forgotten != self._forgotten:
            return identity  # a device ended while we asked: was it this one?
        self._known[digest] = (identity, now)
        self._known.move_to_end(digest)
        if len(self._known) > MAX_KEPT:
            self._known.popitem(last=False)
        return identity

    def forget(self, ended: Ended) -> None:
        """Ask again about every token of these devices."""
        self._forgotten += 1
        gone = set(ended.devices)
        for digest in [each for each, (who, _) in self._known.items() if who.device in gone]:
            del self._known[digest]
