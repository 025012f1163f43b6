"""A bus within one process."""

import asyncio
from collections.abc import Collection, Sequence

from parlour.domain.kernel.broadcast import Bus, Listener


class MemoryExchange:
    """Connects the buses of nodes in one process: each receives what the others publish."""

    def __init__(self) -> None:
        self.buses: list[MemoryBus] = []


class MemoryBus(Bus):
    """Delivers frames to the other buses of its exchange; a single bus delivers nothing.

    Frames arrive on the event loop of the receiver, in the order of publishing.
    """

    def __init__(self, exchange: MemoryExchange | None = None) -> None:
        self._exchange = exchange or MemoryExchange()
        self._topics: set[str] = set()
        self._listener: Listener | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    async def start(self, listener: Listener) -> None:
        self._listener = listener
        self._loop = asyncio.get_running_loop()
        self._exchange.buses.append(self)

    async def close(self) -> None:
        self._listener = None
        if self in self._exchange.buses:
            self._exchange.buses.remove(self)

    def publish(self, frames: Sequence[tuple[str, bytes]]) -> None:
        for bus in tuple(self._exchange.buses):
            if bus is not self:
                bus._take(frames)  # noqa: SLF001 - of the same class

    async def follow(self, topics: Collection[str]) -> None:
        self._topics.update(topics)

    def unfollow(self, topics: Collection[str]) -> None:
        self._topics.difference_update(topics)

    @property
    def is_connected(self) -> bool:
        return self._listener is not None

    def _take(self, frames: Sequence[tuple[str, bytes]]) -> None:
        wanted = [frame for frame in frames if frame[0] in self._topics]
        if wanted and self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._deliver, wanted)

    def _deliver(self, frames: Sequence[tuple[str, bytes]]) -> None:
        for topic, payload in frames:
            # Dropped if the bus was closed or the topic unfollowed meanwhile.
            if self._listener is not None and topic in self._topics:
                self._listener.frame(topic, payload)
