"""Workers that wait for the test, and a bus that drops everything."""

import asyncio
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

from parlour.domain.kernel.broadcast import Bus, Listener
from parlour.entrypoints.shell.workers import Workers

P = ParamSpec("P")
T = TypeVar("T")


class HeldWorkers(Workers):
    """Runs each call when the test lets it through, in the order of the calls."""

    def __init__(self, *, is_open: bool = False) -> None:
        self.is_open = is_open
        self.waiting: list[asyncio.Future[None]] = []
        self.calls: list[Any] = []
        self.broken: Exception | None = None

    async def run(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        self.calls.append(work)
        if not self.is_open:
            gate = asyncio.get_running_loop().create_future()
            self.waiting.append(gate)
            await gate
        if self.broken is not None:
            raise self.broken
        return work(*args, **kwargs)

    def let_through(self) -> None:
        """Run the call that waits longest."""
        self.waiting.pop(0).set_result(None)

    async def close(self) -> None:
        self.is_open = True
        while self.waiting:
            self.let_through()


class DeafBus(Bus):
    """Drops every frame, and records what it was asked."""

    def __init__(self) -> None:
        self.topics: set[str] = set()
        self.published: list[tuple[str, bytes]] = []
        self.gate: asyncio.Event | None = None
        self.broken: Exception | None = None

    async def start(self, listener: Listener) -> None:
        pass

    async def close(self) -> None:
        pass

    def publish(self, frames: Any) -> None:
        self.published += frames

    async def follow(self, topics: Any) -> None:
        if self.gate is not None:
            await self.gate.wait()
        if self.broken is not None:
            raise self.broken
        self.topics.update(topics)

    def unfollow(self, topics: Any) -> None:
        self.topics.difference_update(topics)

    @property
    def is_connected(self) -> bool:
        return True


async def turns(count: int = 10) -> None:
    """Run *count* turns of the event loop."""
    for _ in range(count):
        await asyncio.sleep(0)
