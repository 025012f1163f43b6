"""Background tasks that must run as long as the process: one that fails is started again."""

import asyncio
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any

from parlour.adapters.resilience import keep_running

HEALTHY_AFTER = 30.0
"""Seconds that a task must run after a failure before it counts as healthy again."""

MAX_FAILURES = 3
"""Failures in a row from which on a task counts as failing."""

Task = Callable[[], Coroutine[Any, Any, None]]


class Supervisor:
    """Runs named background tasks, restarts those that fail, and knows which are unhealthy."""

    def __init__(self, failed: Callable[[BaseException], None]) -> None:
        self._failed = failed
        self._tasks: set[asyncio.Task[None]] = set()
        self._failed_at: dict[str, float] = {}
        self._failures: dict[str, int] = {}

    @property
    def unhealthy(self) -> list[str]:
        """The tasks that failed within the last `HEALTHY_AFTER` seconds."""
        now = asyncio.get_running_loop().time()
        return [name for name, at in self._failed_at.items() if now - at < HEALTHY_AFTER]

    @property
    def failing(self) -> list[str]:
        """The vital tasks that fail again and again without being healthy in between."""
        return [name for name in self.unhealthy if self._failures.get(name, 0) >= MAX_FAILURES]

    def keep(self, name: str, task: Task, *, is_vital: bool = False) -> None:
        """Run *task*, which never ends by itself, until `stop`; restart it whenever it fails.

        Without its *vital* tasks a node should get no requests.
        """
        if is_vital:
            self._failures[name] = 0
        self.spawn(self._keep(name, task), name)

    def spawn(self, coroutine: Coroutine[Any, Any, None], name: str | None = None) -> None:
        """Run *coroutine* once in the background; its error is reported, with *name*."""
        task = asyncio.get_running_loop().create_task(coroutine, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._done)

    async def stop(self) -> None:
        """Cancel all tasks and wait until they ended."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            self._failed(error)

    async def _keep(self, name: str, task: Task) -> None:
        await keep_running(
            partial(self._run_once, name, task), self._failed, healthy_after=HEALTHY_AFTER
        )

    async def _run_once(self, name: str, task: Task) -> None:
        loop = asyncio.get_running_loop()
        started = loop.time()
        try:
            await task()
        except asyncio.CancelledError as error:
            if _is_cancelled():
                raise
            self._failed(error)  # something inside was cancelled, not the task itself
        else:
            self._failed(RuntimeError(f"{name} ended by itself"))
        finally:
            self._failed_at[name] = loop.time()
            if name in self._failures:
                was_healthy = loop.time() - started > HEALTHY_AFTER
                self._failures[name] = 1 if was_healthy else self._failures[name] + 1


async def wait_until_set(event: asyncio.Event, timeout: float) -> bool:  # noqa: ASYNC109 - see below
    """Wait for *event* at most *timeout* seconds; return whether it is set."""
    # Not `asyncio.wait_for`: before Python 3.12 it loses a cancellation that comes with the event.
    try:
        async with asyncio.timeout(max(0.0, timeout)):
            await event.wait()
    except TimeoutError:
        return False
    return True


def _is_cancelled() -> bool:
    task = asyncio.current_task()
    return task is None or task.cancelling() > 0
