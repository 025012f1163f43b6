"""Presence in memory."""

import time
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from threading import Lock

from parlour.domain.kernel.ids import SessionId, UserId
from parlour.domain.presence import Lease, PresenceRecord, PresenceStore, State

MAX_REMEMBERED = 100_000
"""The most users whose last-seen time is stored; the longest unseen are evicted first."""


def _utc_now() -> datetime:
    return datetime.now(UTC)


class MemoryPresence(PresenceStore):
    """Leases by user and session; expired ones are removed when new ones are added.

    Leases expire by the *monotonic* clock, in seconds, so a wall clock that is set changes none of
    them; *clock* says when users were last seen.
    """

    def __init__(
        self,
        clock: Callable[[], datetime] = _utc_now,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._clock = clock
        self._monotonic = monotonic
        self._lock = Lock()
        self._leases: dict[UserId, dict[SessionId, tuple[Lease, float]]] = {}
        self._last_seen: dict[UserId, datetime] = {}
        self._swept_until = float("-inf")

    def hold(self, leases: Sequence[Lease], term: timedelta) -> None:
        with self._lock:
            now = self._monotonic()
            until = now + term.total_seconds()
            if now >= self._swept_until:
                self._sweep(now)
                # Leases last one term, so that one sweep a term is enough.
                self._swept_until = until
            for lease in leases:
                self._leases.setdefault(lease.user, {})[lease.session] = (lease, until)
                self._note(lease)

    def release(self, leases: Sequence[Lease]) -> None:
        with self._lock:
            for lease in leases:
                held = self._leases.get(lease.user, {})
                held.pop(lease.session, None)
                if not held:
                    self._leases.pop(lease.user, None)
                self._note(lease)

    def read(self, users: Collection[UserId]) -> Mapping[UserId, PresenceRecord]:
        with self._lock:
            now = self._monotonic()
            return {user: self._record(user, now) for user in users}

    def _record(self, user: UserId, now: float) -> PresenceRecord:
        held = sorted(self._leases.get(user, {}).items())
        leases = tuple(lease for _, (lease, until) in held if until > now)
        return PresenceRecord(leases, self._last_seen.get(user))

    def _note(self, lease: Lease) -> None:
        if lease.state is State.INVISIBLE:
            return
        # Removed and added again: the order of the dictionary is that of being seen.
        self._last_seen.pop(lease.user, None)
        self._last_seen[lease.user] = self._clock()
        if len(self._last_seen) > MAX_REMEMBERED:
            del self._last_seen[next(iter(self._last_seen))]

    def _sweep(self, now: float) -> None:
        for user, held in list(self._leases.items()):
            for session in [each for each, (_, until) in held.items() if until <= now]:
                del held[session]
            if not held:
                del self._leases[user]
