"""The state of a connection to Redis, logged when it changes, and the loop that reconnects."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from parlour.adapters.redis.connection_factory import FAILURES
from parlour.adapters.resilience import keep_running

log = logging.getLogger(__name__)

# The last of many nodes that lost the same server is back within seconds.
_FIRST_PAUSE = 0.1
_MAX_PAUSE = 2.0
_HEALTHY_SECONDS = 5.0


class ConnectionHealth:
    """Whether a part of this package has its Redis. A change is logged once, not once a call."""

    def __init__(self, part: str) -> None:
        self._part = part
        self._logged: set[type[BaseException]] = set()
        self.problem: str | None = None

    def record_success(self) -> None:
        """Note that Redis answers."""
        self.problem = None
        if self._logged:
            self._logged.clear()
            log.info("%s: Redis is back", self._part)

    def record_failure(self, error: BaseException) -> None:
        """Note a failure; until Redis is back, another one of the same type is not logged."""
        self.problem = f"{type(error).__name__}: {str(error) or 'no answer in time'}"
        if type(error) not in self._logged:
            self._logged.add(type(error))
            log.warning("%s: Redis cannot be used (%s)", self._part, self.problem)


async def supervise(
    session: Callable[[], Awaitable[None]], health: ConnectionHealth, lost: Callable[[], None]
) -> None:
    """Run *session* again whenever it ends, and call *lost* after each, until cancelled."""

    async def run_once() -> None:
        try:
            await session()
        except FAILURES as error:
            health.record_failure(error)
        except Exception as error:
            log.exception("a session with Redis failed")
            health.record_failure(error)
        lost()

    await keep_running(
        run_once,
        health.record_failure,
        healthy_after=_HEALTHY_SECONDS,
        first_pause=_FIRST_PAUSE,
        max_pause=_MAX_PAUSE,
        jitter=True,
    )


async def together(*parts: Coroutine[Any, Any, None]) -> None:
    """Run *parts* until the first ends, cancel the others, and raise what the first raised."""
    tasks = [asyncio.create_task(part) for part in parts]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    for task in done:
        task.result()
