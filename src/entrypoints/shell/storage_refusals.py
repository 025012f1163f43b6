"""What the storage refuses: counted by reason, logged at a bounded rate, shown in `/readyz`.

Callers are told that the service cannot answer now. Operators have to hear why: a full disk, a
database that is away, a lock that somebody holds.
"""

from collections import Counter
from collections.abc import Callable
from threading import Lock
from time import monotonic
from typing import TypeVar

import attrs

from parlour.domain.kernel.errors import OutcomeUnknown, Unavailable
from parlour.domain.kernel.transaction import Stores_co, UnitOfWork

T = TypeVar("T")

Refusal = Unavailable | OutcomeUnknown

REASONS = (
    "unreachable", "disk_full", "disk_error", "read_only", "locked", "overloaded",
    "outcome_unknown", "other",
)  # fmt: skip
"""The reasons of all refusals."""

LOG_EVERY = 10.0
"""Seconds between two log lines of the same reason; the second tells how many there were."""

RECENT = 15.0
"""Seconds for which `/readyz` shows a refusal."""

Report = Callable[[str, int, BaseException], None]
"""Logs a reason, the number of refusals since its last line, and the latest of them."""


@attrs.define
class StorageRefusals:
    """Counts what the storage refuses, by reason; safe to use from many threads."""

    report: Report
    clock: Callable[[], float] = monotonic
    counts: Counter[str] = attrs.field(init=False, factory=Counter)
    _lock: Lock = attrs.field(init=False, factory=Lock)
    _logged: dict[str, tuple[float, int]] = attrs.field(init=False, factory=dict)
    _last: dict[str, float] = attrs.field(init=False, factory=dict)

    def record(self, refusal: Refusal) -> None:
        """Count *refusal*; log it unless one of the same reason was logged seconds ago."""
        reason = refusal.reason if refusal.reason in REASONS else "other"
        with self._lock:
            now = self.clock()
            self.counts[reason] += 1
            self._last[reason] = now
            at, counted = self._logged.get(reason, (float("-inf"), 0))
            if now - at < LOG_EVERY:
                return
            new = self.counts[reason] - counted
            self._logged[reason] = now, self.counts[reason]
        self.report(reason, new, refusal)

    @property
    def recent(self) -> list[str]:
        """The reasons of refusals within the last `RECENT` seconds, the latest first."""
        with self._lock:
            since = self.clock() - RECENT
            found = [reason for reason, at in self._last.items() if at >= since]
            return sorted(found, key=self._last.__getitem__, reverse=True)


@attrs.frozen
class RecordingUnitOfWork(UnitOfWork[Stores_co]):
    """A unit of work whose refusals are recorded."""

    uow: UnitOfWork[Stores_co]
    refusals: StorageRefusals

    def __call__(
        self,
        work: Callable[[Stores_co], T],
        *,
        idempotent: bool = False,
        waits_for_locks: bool = True,
    ) -> T:
        try:
            return self.uow(work, idempotent=idempotent, waits_for_locks=waits_for_locks)
        except (Unavailable, OutcomeUnknown) as refusal:
            self.refusals.record(refusal)
            raise

    def read(self, work: Callable[[Stores_co], T]) -> T:
        try:
            return self.uow.read(work)
        except (Unavailable, OutcomeUnknown) as refusal:
            self.refusals.record(refusal)
            raise
