"""Keep the sessions of the bus with Redis running, and run tasks that end together."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from parlour.adapters.redis.connection_factory import FAILURES
from parlour.adapters.redis.connection_health import Standing, log
from parlour.adapters.resilience import keep_running

# The last of many nodes that lost the same server is back within seconds.
_FIRST_PAUSE = 0.1
_MAX_PAUSE = 2.0
_HEALTHY_SECONDS = 5.0


async def supervise(
    session: Callable[[], Awaitable[None]], standing: Standing, lost: Callable[[], None]
) -> None:
    """Run *session* again and again; call *lost* after each. Ends by cancellation alone."""

    async def run_once() -> None:
        try:
            await session()
        except FAILURES as error:
            standing.bad(error)
        except Exception as error:  # noqa: BLE001 - a bug, which the bus outlives
            log.exception("a session with Redis failed")
            standing.bad(error)
        lost()

    await keep_running(
        run_once,
        standing.bad,
        healthy_after=_HEALTHY_SECONDS,
        first_pause=_FIRST_PAUSE,
        max_pause=_MAX_PAUSE,
        jitter=True,
    )


async def together(*parts: Coroutine[Any, Any, None]) -> None:
    """Run *parts* until the first ends; cancel the others, and raise what the first raised."""
    tasks = [asyncio.create_task(part) for part in parts]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    for task in done:
        task.result()
