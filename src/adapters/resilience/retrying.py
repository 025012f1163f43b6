"""The one retry policy: pauses that double, from a quarter of a second to five seconds.

Not for the path of a message: tenacity takes about 50 microseconds for work that succeeds at once.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from tenacity import AsyncRetrying, RetryCallState, TryAgain, wait_exponential
from tenacity import wait_random_exponential as wait_jittered

T = TypeVar("T")

FIRST_PAUSE = 0.25
MAX_PAUSE = 5.0

Failed = Callable[[BaseException], None]
"""Hears of every failure."""


async def retry_until_done(work: Callable[[], Awaitable[T]], failed: Failed) -> T:
    """Run *work* until it succeeds, with growing pauses; return its result."""

    def report(state: RetryCallState) -> None:
        if state.outcome is not None and (error := state.outcome.exception()) is not None:
            failed(error)

    pauses = wait_exponential(multiplier=FIRST_PAUSE, max=MAX_PAUSE)
    return await AsyncRetrying(wait=pauses, before_sleep=report)(work)


async def keep_running(
    session: Callable[[], Awaitable[None]],
    failed: Failed,
    *,
    healthy_after: float = MAX_PAUSE,
    first_pause: float = FIRST_PAUSE,
    max_pause: float = MAX_PAUSE,
    jitter: bool = False,
) -> None:
    """Run *session* again whenever it ends or fails, until cancelled.

    Pauses double while sessions are short; one that lasted *healthy_after* seconds was good, and
    the pauses after it begin with *first_pause* again. With *jitter* each pause is random below
    its bound (full jitter; M. Brooker, AWS Architecture Blog 2015), so that many nodes that lost
    the same server do not return at the same moment.
    """
    loop = asyncio.get_running_loop()
    wait = wait_jittered if jitter else wait_exponential

    async def run_once() -> None:
        began = loop.time()
        try:
            await session()
        except Exception as error:  # noqa: BLE001 - reported, and begun again
            failed(error)
        if loop.time() - began < healthy_after:
            raise TryAgain

    while True:
        await AsyncRetrying(wait=wait(multiplier=first_pause, max=max_pause))(run_once)
        await asyncio.sleep(first_pause)
