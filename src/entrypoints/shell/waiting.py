"""Waiting for something to happen, only for a time."""

import asyncio


async def is_set_within(event: asyncio.Event, seconds: float) -> bool:
    """Wait for *event* at most so many seconds; tell whether it is set."""
    # Not wait_for: before Python 3.12 it forgets a cancellation that comes with the event.
    try:
        async with asyncio.timeout(max(0.0, seconds)):
            await event.wait()
    except TimeoutError:
        return False
    return True
