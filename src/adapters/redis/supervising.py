"""Keeping a connection of the bus alive: sessions that end are followed by others, for ever."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from parlour.adapters.redis.connection_factory import FAILURES
from parlour.adapters.redis.connection_health import Standing, log

# Full jitter below a cap that doubles: nodes that lost the same server don't return as a herd, and
# the last one is back within seconds.
_FIRST_SECONDS = 0.1
_MAX_SECONDS = 2.0
# A session that lasted so long was a good one: the next loss is a new one.
_GOOD_SECONDS = 5.0


async def supervise(
    session: Callable[[], Awaitable[None]], standing: Standing, lost: Callable[[], None]
) -> None:
    """Run *session* again and again; call *lost* after each. Ends by cancellation alone."""
    loop = asyncio.get_running_loop()
    cap = _FIRST_SECONDS
    while True:
        began = loop.time()
        try:
            await session()
        except FAILURES as error:
            standing.bad(error)
        except Exception as error:  # noqa: BLE001 - the bus outlives a fault of its own, and says where
            log.exception("a session with Redis failed")
            standing.bad(error)
        lost()
        cap = _FIRST_SECONDS if loop.time() - began > _GOOD_SECONDS else cap
        await asyncio.sleep(random.uniform(0, cap))  # noqa: S311 - chance, not a secret
        cap = min(2 * cap, _MAX_SECONDS)


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
