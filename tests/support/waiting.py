"""Waiting for what happens beside the test."""

import asyncio
import time
from collections.abc import Callable


def eventually(holds: Callable[[], bool], *, seconds: float = 30.0) -> None:
    """Wait until *holds* says yes; fail after a deadline."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "it never came to hold"
        time.sleep(0.002)


async def until(holds: Callable[[], object], *, seconds: float = 30.0) -> None:
    """Let the loop go on until *holds* says yes; fail after a deadline."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "it never came to hold"
        await asyncio.sleep(0.002)
