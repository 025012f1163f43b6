"""Virtual time: an event loop whose clock stands still until it is moved."""

import asyncio
import selectors
from collections.abc import Coroutine
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from parlour.domain.kernel.time import Clock

T = TypeVar("T")

START = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


THREAD_TIMEOUT = 10.0
"""Real seconds that work in a thread may take."""


class _NonBlockingSelector(selectors.DefaultSelector):
    """Never waits: a loop without sockets has no input to wait for."""

    def select(self, timeout: float | None = None) -> Any:  # noqa: ARG002 - never waited for
        return super().select(0)

    def wait(self, seconds: float) -> bool:
        """Wait for a thread to wake the loop; return False where none did."""
        return bool(super().select(seconds))


class VirtualTimeLoop(asyncio.SelectorEventLoop):
    """Runs what is ready; timers are due when `advance` reaches them."""

    def __init__(self) -> None:
        self._non_blocking = _NonBlockingSelector()
        super().__init__(self._non_blocking)
        self._now = 0.0

    def time(self) -> float:
        return self._now

    def finish(self, work: Coroutine[Any, Any, T]) -> T:
        """Run *work* to its end, and advance to the next timer whenever nothing is ready.

        Raises:
            TimeoutError: it waits, and no timer or thread is left that could end that.
        """
        task = self.create_task(work)
        self.settle()
        while not task.done():
            if self._next_timer() < float("inf"):
                self._move_to(self._next_timer())
            elif self._non_blocking.wait(THREAD_TIMEOUT):
                self.settle()
            else:
                task.cancel()
                self.settle()
                raise TimeoutError("no timer and no thread is left that could end this")
        return task.result()

    def settle(self) -> None:
        """Run until nothing is ready."""
        while self._ready:  # type: ignore[attr-defined]
            self.run_until_complete(asyncio.sleep(0))

    def advance(self, seconds: float) -> None:
        """Let *seconds* pass, timer by timer."""
        until = self._now + seconds
        self.settle()
        while self._next_timer() <= until:
            self._move_to(self._next_timer())
        self._now = until
        self.settle()

    def _move_to(self, moment: float) -> None:
        self._now = max(self._now, moment)
        self.run_until_complete(asyncio.sleep(0))
        self.settle()

    def end(self) -> None:
        """Cancel whatever still runs, and close."""

        async def cancel(tasks: "set[asyncio.Task[Any]]") -> None:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

        self.finish(cancel(asyncio.all_tasks(self)))
        self.close()

    def _next_timer(self) -> float:
        timers = [each.when() for each in self._scheduled if not each.cancelled()]  # type: ignore[attr-defined]
        return min(timers, default=float("inf"))


class VirtualClock(Clock):
    """The date and time of a loop with virtual time."""

    def __init__(self, loop: VirtualTimeLoop) -> None:
        self._loop = loop

    def __call__(self) -> datetime:
        return START + timedelta(seconds=self._loop.time())
