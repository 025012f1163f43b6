"""Items of a lane that wait for rows which another transaction holds, while others are committed.

A node that was stopped in the middle of a transaction, or a session that somebody forgot, may hold
the rows of a conversation for seconds. What concerns those rows is set aside, in its order, and
tried again when they are free; so one locked conversation holds up only itself.
"""

from collections import deque
from collections.abc import Callable, Collection, Hashable, Iterable, Sequence
from time import monotonic
from typing import Generic, TypeVar

import attrs

from parlour.domain.kernel.errors import DomainError

Item = TypeVar("Item")
Outcome = TypeVar("Outcome")

Done = Callable[[Outcome | DomainError], None]
"""Called with the result or the refusal of an item, on the event loop; must return at once."""

Entry = tuple[Item, Done[Outcome]]


@attrs.frozen
class LockCheck(Generic[Item]):
    """How a lane finds out whose rows are locked.

    *key* returns what an item locks; items of one key are committed in their order. *find_locked*
    runs in a worker and returns the keys of the items whose rows are locked now. An item is
    refused after *patience* seconds.
    """

    key: Callable[[Item], Hashable]
    find_locked: Callable[[Sequence[Item]], Collection[Hashable]]
    patience: float = 10.0


@attrs.define
class _Locked(Generic[Item, Outcome]):
    """The items of one key, each with the time at which it is refused."""

    sample: Item
    waiting: deque[tuple[float, Entry[Item, Outcome]]] = attrs.field(factory=deque)


class LockedItems(Generic[Item, Outcome]):
    """The items that were set aside, by key; belongs to one lane.

    `len` is the number of items. A key stays, even without items, until its rows are free.
    """

    def __init__(self, check: LockCheck[Item], clock: Callable[[], float] = monotonic) -> None:
        self.check = check
        self._clock = clock
        self._keys: dict[Hashable, _Locked[Item, Outcome]] = {}

    def __len__(self) -> int:
        return sum(len(each.waiting) for each in self._keys.values())

    def __contains__(self, item: Item) -> bool:
        return bool(self._keys) and self.check.key(item) in self._keys

    @property
    def has_keys(self) -> bool:
        """Whether rows of any key are locked."""
        return bool(self._keys)

    @property
    def samples(self) -> list[Item]:
        """One item of each key."""
        return [each.sample for each in self._keys.values()]

    def append(self, entry: Entry[Item, Outcome]) -> None:
        """Add an item whose key was set aside before."""
        deadline = self._clock() + self.check.patience
        self._keys[self.check.key(entry[0])].waiting.append((deadline, entry))

    def set_aside(
        self, batch: Sequence[Entry[Item, Outcome]], locked: Collection[Hashable]
    ) -> list[Entry[Item, Outcome]]:
        """Set aside the items of *batch* whose key is *locked*, before others of their key.

        Returns the rest.
        """
        deadline = self._clock() + self.check.patience
        free = [entry for entry in batch if self.check.key(entry[0]) not in locked]
        for entry in reversed(batch):
            key = self.check.key(entry[0])
            if key in locked:
                held = self._keys.setdefault(key, _Locked(entry[0]))
                held.waiting.appendleft((deadline, entry))
        return free

    def expired(self) -> list[Entry[Item, Outcome]]:
        """Remove and return the items that waited too long."""
        now = self._clock()
        found = []
        for each in self._keys.values():
            while each.waiting and each.waiting[0][0] <= now:
                found.append(each.waiting.popleft()[1])
        return found

    def take(self, locked: Collection[Hashable], most: int) -> list[Entry[Item, Outcome]]:
        """Remove and return at most *most* items whose key is not *locked*, in order.

        Their keys stay, so that later items of them wait for these.
        """
        found: list[Entry[Item, Outcome]] = []
        for key, each in self._keys.items():
            while key not in locked and each.waiting and len(found) < most:
                found.append(each.waiting.popleft()[1])
        return found

    def forget(self, locked: Collection[Hashable]) -> None:
        """Forget the keys that are not *locked* and have no items."""
        for key in [key for key, each in self._keys.items() if not each.waiting]:
            if key not in locked:
                del self._keys[key]

    def clear(self) -> None:
        """Forget all keys: there are no items."""
        self._keys.clear()

    def claim(self, waiting: Iterable[Entry[Item, Outcome]]) -> deque[Entry[Item, Outcome]]:
        """Set aside those of *waiting* whose key is; return the others."""
        others = deque[Entry[Item, Outcome]]()
        for entry in waiting:
            if entry[0] in self:
                self.append(entry)
            else:
                others.append(entry)
        return others
