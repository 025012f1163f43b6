"""Doing things at the same moment."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

T = TypeVar("T")


def at_once(deeds: Sequence[Callable[[], T]]) -> list[T | BaseException]:
    """Do all *deeds* on threads that start together; return results and errors in their order."""
    barrier = Barrier(len(deeds))

    def do(deed: Callable[[], T]) -> T:
        barrier.wait(30)
        return deed()

    with ThreadPoolExecutor(len(deeds)) as pool:
        running = [pool.submit(do, deed) for deed in deeds]
    return [each.exception() or each.result() for each in running]


def results(outcomes: Sequence[T | BaseException]) -> list[T]:
    """Return the results; raise the first error where there is one."""
    good = []
    for outcome in outcomes:
        if isinstance(outcome, BaseException):
            raise outcome
        good.append(outcome)
    return good
