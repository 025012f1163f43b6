"""An event loop whose time stands still until it is moved."""

import asyncio
import selectors
from collections.abc import Coroutine
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from parlour.domain.kernel.time import Clock

T = TypeVar("T")

BEGINNING = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


THREADS = 10.0
"""Seconds, real ones, that work in a thread may take."""


class _Impatient(selectors.DefaultSelector):
    """Never waits: in a loop without input there is nothing to wait for."""

    def select(self, timeout: float | None = None) -> Any:  # noqa: ARG002 - that is the point
        return super().select(0)

    def wait(self, seconds: float) -> bool:
        """Wait for a thread to wake the loop; False where none did."""
        return bool(super().select(seconds))


class HeldLoop(asyncio.SelectorEventLoop):
    """Runs what is ready and nothing else; timers are due when `advance` reaches them."""

    def __init__(self) -> None:
        self._impatient = _Impatient()
        super().__init__(self._impatient)
        self._now = 0.0

    def time(self) -> float:
        return self._now

    def finish(self, work: Coroutine[Any, Any, T]) -> T:
        """Run *work* to its end, moving time to the next timer wherever nothing else is left.

        Raises `TimeoutError` where it waits for what never comes.
        """
        task = self.create_task(work)
        self.settle()
        while not task.done():
            if self._next_timer() < float("inf"):
                self._move_to(self._next_timer())
            elif self._impatient.wait(THREADS):
                self.settle()
            else:
                task.cancel()
                self.settle()
                raise TimeoutError("nothing is left that could end this")
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


class HeldClock(Clock):
    """The calendar beside a held loop."""

    def __init__(self, loop: HeldLoop) -> None:
        self._loop = loop

    def __call__(self) -> datetime:
        return BEGINNING + timedelta(seconds=self._loop.time())
