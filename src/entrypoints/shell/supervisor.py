"""Background work that must go on as long as the process: what dies is begun again."""

import asyncio
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any

from parlour.adapters.resilience import keep_running

RECOVERY = 30.0
"""Seconds that work has to go well after a crash before it counts as healthy."""

FAILING = 3
"""Crashes one after the other after which it is no accident."""

Work = Callable[[], Coroutine[Any, Any, None]]


class Supervisor:
    """Keeps named works running, each in a task of its own, and knows which are sick."""

    def __init__(self, failed: Callable[[BaseException], None]) -> None:
        self._failed = failed
        self._tasks: set[asyncio.Task[None]] = set()
        self._crashed: dict[str, float] = {}
        self._crashes: dict[str, int] = {}

    @property
    def sick(self) -> list[str]:
        """The works that died within the last half minute."""
        now = asyncio.get_running_loop().time()
        return [name for name, at in self._crashed.items() if now - at < RECOVERY]

    @property
    def failing(self) -> list[str]:
        """The vital works that die again and again, without half a minute of health between."""
        return [name for name in self.sick if self._crashes.get(name, 0) >= FAILING]

    def keep(self, name: str, work: Work, *, is_vital: bool = False) -> None:
        """Run *work*, which never ends by itself, until `stop`; begin it again where it dies.

        Without *vital* work the node had better serve nobody.
        """
        if is_vital:
            self._crashes[name] = 0
        self.spawn(self._keep(name, work))

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Run *work* once; its errors are reported."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    async def stop(self) -> None:
        """Cancel everything and wait for its end."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            self._failed(error)

    async def _keep(self, name: str, work: Work) -> None:
        await keep_running(
            partial(self._run_once, name, work), self._failed, healthy_after=RECOVERY
        )

    async def _run_once(self, name: str, work: Work) -> None:
        loop = asyncio.get_running_loop()
        begun = loop.time()
        try:
            await work()
        except asyncio.CancelledError as error:
            if _is_cancelled():
                raise
            self._failed(error)  # something inside was cancelled, not the work itself
        else:
            self._failed(RuntimeError(f"{name} ended, and nobody had asked for it"))
        finally:
            self._crashed[name] = loop.time()
            if name in self._crashes:
                is_first = loop.time() - begun > RECOVERY
                self._crashes[name] = 1 if is_first else self._crashes[name] + 1


def _is_cancelled() -> bool:
    task = asyncio.current_task()
    return task is None or task.cancelling() > 0
