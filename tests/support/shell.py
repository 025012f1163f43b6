"""What the shell is tried with: workers that wait for the test, and a loop that stands still."""

import asyncio
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

from parlour.domain.kernel.broadcast import Bus, Listener
from parlour.entrypoints.shell.workers import Workers

P = ParamSpec("P")
T = TypeVar("T")


class HeldWorkers(Workers):
    """Does the work of a call when the test lets it through, in the order of the calls."""

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
        """Let the call that waits longest do its work."""
        self.waiting.pop(0).set_result(None)

    async def close(self) -> None:
        self.is_open = True
        while self.waiting:
            self.let_through()


class DeafBus(Bus):
    """Loses every frame, and notes what it was asked."""

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
    """Let the loop turn, so that whatever is ready happens."""
    for _ in range(count):
        await asyncio.sleep(0)
