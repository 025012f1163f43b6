"""Cancelling a coroutine at the n-th place where it waits, as a disconnect may."""

import asyncio
import types
from collections.abc import Callable, Coroutine, Generator
from contextlib import suppress
from typing import Any


async def cancelled_at(work: Coroutine[Any, Any, Any], turn: int) -> bool:
    """Run *work* and cancel it when it waits for the *turn*-th time; tell whether it came to that.

    Where it did not, *work* has ended by itself.
    """
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
        except BaseException as error:  # noqa: BLE001 - it is for *work* to handle
            step, value = work.throw, error
