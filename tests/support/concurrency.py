"""Waiting for conditions, running functions in parallel threads, and cancelling coroutines."""

import asyncio
import time
import types
from collections.abc import Callable, Coroutine, Generator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Barrier
from typing import Any, TypeVar


def eventually(holds: Callable[[], bool], *, seconds: float = 30.0) -> None:
    """Wait until *holds* is true; fail after *seconds*."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "the condition was not met in time"
        time.sleep(0.002)


async def until(holds: Callable[[], object], *, seconds: float = 30.0) -> None:
    """Wait until *holds* is true, without blocking the event loop; fail after *seconds*."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "the condition was not met in time"
        await asyncio.sleep(0.002)


T = TypeVar("T")


def run_in_parallel(functions: Sequence[Callable[[], T]]) -> list[T | BaseException]:
    """Call all *functions* on threads that start together; return results and errors in order."""
    barrier = Barrier(len(functions))

    def do(function: Callable[[], T]) -> T:
        barrier.wait(30)
        return function()

    with ThreadPoolExecutor(len(functions)) as pool:
        running = [pool.submit(do, function) for function in functions]
    return [each.exception() or each.result() for each in running]


def results_of(outcomes: Sequence[T | BaseException]) -> list[T]:
    """Return the results; raise the first error, if any."""
    good = []
    for outcome in outcomes:
        if isinstance(outcome, BaseException):
            raise outcome
        good.append(outcome)
    return good


async def cancel_at_wait(work: Coroutine[Any, Any, Any], turn: int) -> bool:
    """Run *work* and cancel it at its *turn*-th wait; return False if it ended before that."""
    waits = 0

    def count() -> None:
        nonlocal waits
        waits += 1
        if waits == turn:
            asyncio.get_running_loop().call_soon(task.cancel)

    task = asyncio.create_task(_counting(work, count))
    with suppress(asyncio.CancelledError):
        await task
    return waits >= turn


async def _counting(work: Coroutine[Any, Any, Any], on_wait: Callable[[], None]) -> None:
    await _step_by_step(work, on_wait)


@types.coroutine
def _step_by_step(
    work: Coroutine[Any, Any, Any], on_wait: Callable[[], None]
) -> Generator[Any, Any, None]:
    step: Callable[[Any], Any] = work.send
    value: Any = None
    while True:
        try:
            future = step(value)
        except StopIteration:
            return
        on_wait()
        try:
            step, value = work.send, (yield future)
        except BaseException as error:  # noqa: BLE001 - *work* handles it
            step, value = work.throw, error
