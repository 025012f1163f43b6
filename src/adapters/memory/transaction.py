"""Serial transactions over dictionaries, rolled back by an undo log."""

from bisect import bisect_right
from collections.abc import Callable, Hashable
from functools import partial
from threading import RLock
from typing import Any, TypeVar

from parlour.domain.kernel.transaction import UnitOfWork

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")
T = TypeVar("T")
S = TypeVar("S")


def itself(value: V) -> V:
    """Return *value*: the sort key of values that are their own key."""
    return value


class UndoLog:
    """Changes collections and records how to undo each change.

    The cost of a transaction depends on its changes alone, not on the amount of data.
    """

    def __init__(self) -> None:
        self._undo: list[Callable[[], object]] = []

    def __bool__(self) -> bool:
        return bool(self._undo)

    def put(self, table: dict[K, V], key: K, value: V) -> None:
        """Set *key* of *table*."""
        if key in table:
            self._undo.append(partial(table.__setitem__, key, table[key]))
        else:
            self._undo.append(partial(table.__delitem__, key))
        table[key] = value

    def claim(self, table: dict[K, V], key: K, value: V) -> bool:
        """Set *key* of *table* unless it exists; return whether it was set."""
        size = len(table)
        table.setdefault(key, value)
        if len(table) == size:
            return False
        self._undo.append(partial(table.__delitem__, key))
        return True

    def drop(self, table: dict[K, V], key: K) -> None:
        """Remove *key* from *table*; it must exist."""
        self._undo.append(partial(table.__setitem__, key, table.pop(key)))

    def insert(self, row: list[V], value: V, order: Callable[[V], Any] = itself) -> None:
        """Insert *value* into *row*, which is sorted by *order*; usually it is appended."""
        key = order(value)
        ends = not row or order(row[-1]) <= key
        place = len(row) if ends else bisect_right(row, key, key=order)
        # Changes are undone in reverse order, so positions are those after the change.
        self._undo.append(partial(row.__delitem__, place))
        row.insert(place, value)

    def delete(self, row: list[V], place: int) -> None:
        """Remove the value at index *place* of *row*."""
        self._undo.append(partial(row.insert, place, row.pop(place)))

    def replace(self, row: list[V], place: int, value: V) -> None:
        """Put *value* in the place of the one at index *place* of *row*."""
        self._undo.append(partial(row.__setitem__, place, row[place]))
        row[place] = value

    def include(self, group: set[K], value: K) -> None:
        """Add *value* to *group*; it must not be in it."""
        self._undo.append(partial(group.remove, value))
        group.add(value)

    def exclude(self, group: set[K], value: K) -> None:
        """Remove *value* from *group*; it must be in it."""
        self._undo.append(partial(group.add, value))
        group.remove(value)

    def commit(self) -> None:
        """Keep all changes."""
        self._undo.clear()

    def roll_back(self) -> None:
        """Undo all changes since the last commit."""
        while self._undo:
            self._undo.pop()()


class MemoryUnitOfWork(UnitOfWork[S]):
    """Runs one unit of work at a time; an error rolls it back."""

    def __init__(self, stores: S, undo_log: UndoLog) -> None:
        self._stores = stores
        self._undo_log = undo_log
        self._lock = RLock()
        self._runs = False

    def __call__(
        self,
        work: Callable[[S], T],
        *,
        idempotent: bool = False,  # noqa: ARG002 - a commit in memory has a known outcome
        waits_for_locks: bool = True,  # noqa: ARG002 - there is one transaction at a time
    ) -> T:
        with self._lock:
            result = self._run(work)
            self._undo_log.commit()
            return result

    def read(self, work: Callable[[S], T]) -> T:
        with self._lock:
            result = self._run(work)
            if self._undo_log:
                self._undo_log.roll_back()
                raise RuntimeError("work that only reads has written")
            return result

    def _run(self, work: Callable[[S], T]) -> T:
        # The lock is reentrant so that nesting raises instead of waiting for ever.
        if self._runs:
            raise RuntimeError("a unit of work cannot begin inside another")
        self._runs = True
        try:
            return work(self._stores)
        except BaseException:
            self._undo_log.roll_back()
            raise
        finally:
            self._runs = False
