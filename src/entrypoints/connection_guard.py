"""Bounds what one address may cost a node before anybody has logged in from there.

Users have limits of their own. Strangers are known by their address alone: it may hold a number of
connections that have not logged in, and is turned away for a moment where too many of them were
refused. Both are decided before a byte is read.
"""

import time
from collections import Counter
from collections.abc import Callable

from parlour.adapters.config.settings import Settings
from parlour.adapters.logging import get_logger
from parlour.domain.kernel.errors import Limited
from parlour.entrypoints.http.peers import client_of, is_trusted

PAUSE = 1.0
"""Seconds for which an address is turned away after too many refusals."""

REPORT_INTERVAL = 10.0
"""Seconds between two lines of the log about refused connections, at least."""

MAX_PAUSED = 10_000
"""Addresses that are turned away at once; the oldest is let in again."""

log = get_logger("parlour.http")


class ConnectionSlot:
    """The place of one connection among those of its address, until it logs in or ends."""

    __slots__ = ("_address", "_guard")

    def __init__(self, guard: "ConnectionGuard", address: str) -> None:
        self._guard = guard
        self._address = address

    def leave(self) -> None:
        """Free the place; to be called once."""
        self._guard.leave(self._address)

    def blame(self) -> None:
        """Count that the connection was refused for what it sent."""
        self._guard.blame(self._address)


class ConnectionGuard:
    """Counts the connections of each address that have not logged in, and their refusals.

    *settings* returns the current settings. *count_refusal* counts a refusal of an address, and
    raises `Limited` where there were too many. Connections from a trusted proxy are not counted by
    their peer, since all of them have its address; nor is any behind TLS where no proxy is
    trusted.
    """

    def __init__(
        self,
        settings: Callable[[], Settings],
        count_refusal: Callable[[str], None],
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._settings = settings
        self._count_refusal = count_refusal
        self._clock = clock
        self._held: Counter[str] = Counter()
        self._paused: dict[str, float] = {}
        self._unreported: Counter[str] = Counter()
        self._reported = float("-inf")
        self.read_timeout = settings().server.read_timeout.total_seconds()

    def enter(self, peer: str | None) -> ConnectionSlot | None:
        """Return the slot of a new connection; None where its peer is not counted.

        Raises `Limited` where the address holds too many, or was refused too often.
        """
        server = self._settings().server
        if peer is None or is_trusted(peer, server.trusted_proxies):
            return None
        if server.behind_tls and not server.trusted_proxies:
            return None
        return self._slot(client_of(peer, (), ()))

    def enter_forwarded(self, peer: str | None, forwarded_for: list[str]) -> ConnectionSlot | None:
        """Return the slot of a socket that came through a proxy; None for any other.

        *forwarded_for* holds its X-Forwarded-For headers. Raises `Limited` as `enter` does.
        """
        proxies = self._settings().server.trusted_proxies
        if peer is None or not forwarded_for or not is_trusted(peer, proxies):
            return None
        return self._slot(client_of(peer, forwarded_for, proxies))

    def leave(self, address: str) -> None:
        """Count one connection of *address* less."""
        self._held[address] -= 1
        if self._held[address] <= 0:
            del self._held[address]

    def blame(self, address: str) -> None:
        """Count that a connection of *address* was refused for what it sent."""
        try:
            self._count_refusal(address)
        except Limited:
            self._paused.pop(address, None)
            self._paused[address] = self._clock() + PAUSE
            if len(self._paused) > MAX_PAUSED:
                del self._paused[next(iter(self._paused))]

    def report(self, reason: str, address: str | None) -> None:
        """Log that connections were closed, for *reason*, at most once in a while."""
        self._unreported[reason] += 1
        now = self._clock()
        if now - self._reported >= REPORT_INTERVAL:
            self._reported = now
            log.warning("connections refused", last_address=address, **self._unreported)
            self._unreported.clear()

    def _slot(self, address: str) -> ConnectionSlot:
        until = self._paused.get(address)
        if until is not None:
            if self._clock() < until:
                self.report("refused_before", address)
                raise Limited
            del self._paused[address]
        most = self._settings().limits.connections_per_address
        if most and self._held[address] >= most:
            self.report("too_many", address)
            raise Limited
        self._held[address] += 1
        return ConnectionSlot(self, address)
