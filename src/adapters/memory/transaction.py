"""Transactions over dictionaries: one at a time, and an undo log instead of a copy."""

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
    """Return *value*: the order of what orders itself."""
    return value


class Journal:
    """Changes collections and remembers how to take every change back.

    A transaction costs what it changes, however much is kept.
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
        """Set *key* of *table* unless it is taken; tell whether it was free."""
        size = len(table)
        table.setdefault(key, value)
        if len(table) == size:
            return False
        self._undo.append(partial(table.__delitem__, key))
        return True

    def drop(self, table: dict[K, V], key: K) -> None:
        """Remove *key* from *table*, where it must be."""
        self._undo.append(partial(table.__setitem__, key, table.pop(key)))

    def insert(self, row: list[V], value: V, order: Callable[[V], Any] = itself) -> None:
        """Put *value* into *row*, which is sorted by *order*: as a rule, at its end."""
        key = order(value)
        ends = not row or order(row[-1]) <= key
        place = len(row) if ends else bisect_right(row, key, key=order)
        # Undone in reverse, every change finds the positions that it left behind.
        self._undo.append(partial(row.__delitem__, place))
        row.insert(place, value)

    def delete(self, row: list[V], place: int) -> None:
        """Remove what stands at *place* in *row*."""
        self._undo.append(partial(row.insert, place, row.pop(place)))

    def include(self, group: set[K], value: K) -> None:
        """Put *value* into *group*, where it must not be."""
        self._undo.append(partial(group.remove, value))
        group.add(value)

    def exclude(self, group: set[K], value: K) -> None:
        """Take *value* out of *group*, where it must be."""
        self._undo.append(partial(group.add, value))
        group.remove(value)

    def commit(self) -> None:
        """Let everything stand."""
        self._undo.clear()

    def roll_back(self) -> None:
        """Take everything back that was changed since the last commit."""
        while self._undo:
            self._undo.pop()()


class MemoryUnitOfWork(UnitOfWork[S]):
    """Runs one work at a time; a work that raises leaves nothing behind."""

    def __init__(self, stores: S, journal: Journal) -> None:
        self._stores = stores
        self._journal = journal
        self._lock = RLock()
        self._runs = False

    def __call__(self, work: Callable[[S], T], *, idempotent: bool = False) -> T:  # noqa: ARG002 - a commit in memory always answers
        with self._lock:
            result = self._run(work)
            self._journal.commit()
            return result

    def read(self, work: Callable[[S], T]) -> T:
        with self._lock:
            result = self._run(work)
            if self._journal:
                self._journal.roll_back()
                raise RuntimeError("work that only reads has written")
            return result

    def _run(self, work: Callable[[S], T]) -> T:
        # The lock lets its own thread in again, to tell it so instead of waiting for ever.
        if self._runs:
            raise RuntimeError("a unit of work cannot begin inside another")
        self._runs = True
        try:
            return work(self._stores)
        except BaseException:
            self._journal.roll_back()
            raise
        finally:
            self._runs = False
