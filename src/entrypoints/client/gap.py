"""
The gap rule: the events of a log are applied in the order of their offsets, each exactly once.

Protocol reference, "Rules", 3: with P the last offset applied, apply P + 1, ignore what is not
beyond P, and hold anything later until the events before it have come.
"""

from operator import itemgetter
from typing import Generic, TypeVar

import attrs

T = TypeVar("T")

MAX_HELD = 500
"""Beyond this many held events, asking the service for all of them is cheaper."""


@attrs.frozen
class GapBuffer(Generic[T]):
    """A position in a log: the last offset *applied*, and the events *held* beyond a gap."""

    applied: int = 0
    held: tuple[tuple[int, T], ...] = ()

    @property
    def has_gap(self) -> bool:
        """Whether events are held because earlier ones are missing."""
        return bool(self.held)

    def take(self, offset: int, event: T) -> "tuple[GapBuffer[T], tuple[T, ...]]":
        """Return the position after *event*, and the events to apply now, in order."""
        is_next = offset == self.applied + 1
        is_full = len(self.held) >= MAX_HELD
        if offset <= self.applied or (is_full and not is_next):
            return self, ()
        if any(offset == known for known, _ in self.held):
            return self, ()
        return self._release(self.applied, (*self.held, (offset, event)))

    def skip_to(self, offset: int) -> "tuple[GapBuffer[T], tuple[T, ...]]":
        """Return the position when all up to *offset* is known otherwise, and what follows it."""
        return (self, ()) if offset <= self.applied else self._release(offset, self.held)

    def _release(
        self, applied: int, held: tuple[tuple[int, T], ...]
    ) -> "tuple[GapBuffer[T], tuple[T, ...]]":
        ready: list[T] = []
        waiting: list[tuple[int, T]] = []
        for offset, event in sorted(held, key=itemgetter(0)):
            if offset == applied + 1:
                applied = offset
                ready.append(event)
            elif offset > applied:
                waiting.append((offset, event))
        return GapBuffer(applied, tuple(waiting)), tuple(ready)
