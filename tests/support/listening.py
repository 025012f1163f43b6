"""Listening to a bus on Redis, and waiting for what must come."""

import asyncio
from collections.abc import Callable

import attrs

from parlour.adapters.redis import RedisSettings
from parlour.domain.kernel.broadcast import Listener


@attrs.frozen(kw_only=True)
class RedisAt(RedisSettings):
    """Where Redis is, as the configuration would say it."""

    url: str
    prefix: str = "parlour"
    cluster: bool = False
    direct: bool = True


class Ear(Listener):
    """Remembers what it heard."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, bytes]] = []
        self.gaps = 0

    def frame(self, topic: str, payload: bytes) -> None:
        self.heard.append((topic, payload))

    def gap(self) -> None:
        self.gaps += 1


async def eventually(holds: Callable[[], object], seconds: float = 30) -> None:
    """Wait until something holds; fail where it does not in time."""
    async with asyncio.timeout(seconds):
        while not holds():
            await asyncio.sleep(0.01)
