"""Items that broke a batch lately: committed apart from others, so that they break no other batch.

A row that cannot be read, or a log that was damaged, makes whatever concerns it fail, for as long
as nobody repairs it. Without this each batch with such an item would be committed one by one.
"""

from collections.abc import Callable, Hashable, Sequence
from time import monotonic
from typing import Generic, TypeVar

from parlour.entrypoints.shell.locked_items import Entry

Item = TypeVar("Item")
Outcome = TypeVar("Outcome")

APART = 60.0
"""Seconds after a failure for which items of its key are committed alone."""

REPORT_EVERY = 10.0
"""Seconds between two reports of failures of one key."""

MAX_KEYS = 1_000
"""Keys that are remembered; the oldest are forgotten."""


class Suspects(Generic[Item, Outcome]):
    """The keys whose items failed when they were committed alone; belongs to one lane."""

    def __init__(
        self, key: Callable[[Item], Hashable], clock: Callable[[], float] = monotonic
    ) -> None:
        self._key = key
        self._clock = clock
        self._failed_at: dict[Hashable, float] = {}
        self._reported_at: dict[Hashable, float] = {}

    def __len__(self) -> int:
        return len(self._failed_at)

    def add(self, item: Item) -> bool:
        """Remember that *item* failed alone; return whether to report it."""
        key, now = self._key(item), self._clock()
        self._failed_at.pop(key, None)
        self._failed_at[key] = now
        if len(self._failed_at) > MAX_KEYS:
            self._forget(next(iter(self._failed_at)))
        if now - self._reported_at.get(key, float("-inf")) < REPORT_EVERY:
            return False
        self._reported_at[key] = now
        return True

    def clear(self, item: Item) -> None:
        """Forget the key of *item*, which was committed."""
        self._forget(self._key(item))

    def split(
        self, batch: Sequence[Entry[Item, Outcome]]
    ) -> tuple[list[Entry[Item, Outcome]], list[Entry[Item, Outcome]]]:
        """Return the items of *batch* that may be committed together, and the suspects."""
        since = self._clock() - APART
        for key in [key for key, at in self._failed_at.items() if at < since]:
            self._forget(key)
        together: list[Entry[Item, Outcome]] = []
        apart: list[Entry[Item, Outcome]] = []
        for entry in batch:
            (apart if self._key(entry[0]) in self._failed_at else together).append(entry)
        return together, apart

    def _forget(self, key: Hashable) -> None:
        self._failed_at.pop(key, None)
        self._reported_at.pop(key, None)
