"""Worker pools, which run the synchronous core beside the event loop."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, Protocol, TypeVar

from parlour.domain.kernel.errors import Overloaded

P = ParamSpec("P")
T = TypeVar("T")


class Workers(Protocol):
    """Runs synchronous work for the event loop."""

    async def run(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run *work* and return its result; raise `Overloaded` where too many calls wait."""
        ...

    async def close(self) -> None:
        """Finish the work that runs and take no more."""
        ...


class InlineWorkers(Workers):
    """Runs work on the event loop itself, for backends in memory that never block."""

    async def run(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        return work(*args, **kwargs)

    async def close(self) -> None:
        pass


class ThreadWorkers(Workers):
    """Runs work in a bounded pool of threads behind a bounded queue.

    Work that has begun runs to its end even when its caller is cancelled: a disconnect never cuts
    a transaction in half.
    """

    def __init__(self, threads: int, *, name: str, max_waiting: int = 1_000) -> None:
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix=name)
        self._max_calls = threads + max_waiting
        self.threads = threads
        self.waiting = 0

    async def run(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        if self.waiting >= self._max_calls:
            raise Overloaded
        future = self._pool.submit(work, *args, **kwargs)
        self.waiting += 1
        running = asyncio.wrap_future(future)
        # Counted until it really ends: a cancelled caller leaves its work running.
        running.add_done_callback(self._ended)
        return await asyncio.shield(running)

    def _ended(self, running: "asyncio.Future[T]") -> None:
        self.waiting -= 1
        if not running.cancelled():
            running.exception()  # mark it as retrieved, also where the caller was cancelled

    async def close(self) -> None:
        await asyncio.to_thread(self._pool.shutdown, wait=True, cancel_futures=True)
