"""A node of the harness: one process of the service, without the process."""

import asyncio
import json
from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

import msgspec

from parlour.adapters.memory import MemoryBus, MemoryExchange
from parlour.domain.kernel.ids import ConversationId, UserId
from parlour.domain.messages import HistoryPage, PageWindow
from parlour.entrypoints.harness.virtual_time import VirtualTimeLoop
from parlour.entrypoints.shell.service import Service
from parlour.entrypoints.websocket.connection import Connection
from parlour.entrypoints.websocket.connections import Connections
from parlour.entrypoints.websocket.transport import Transport
from parlour.entrypoints.wire.views import view_seen

Frame = dict[str, Any]


class FallibleBus(MemoryBus):
    """A bus that can lose every hint."""

    def __init__(self, exchange: MemoryExchange) -> None:
        super().__init__(exchange)
        self.loses = False

    def publish(self, frames: Sequence[tuple[str, bytes]]) -> None:
        if not self.loses:
            super().publish(frames)


class Node:
    """Serves the devices that are connected to it.

    `settle` runs the loop until nothing is ready; `later` keeps work until then.
    """

    def __init__(
        self,
        service: Service,
        bus: FallibleBus,
        loop: VirtualTimeLoop,
        *,
        settle: Callable[[], None],
        later: Callable[[Callable[[], None]], None],
    ) -> None:
        self._loop = loop
        self.settle = settle
        self.later = later
        self._is_alive = True
        self.bus = bus
        self.service = service
        self.connections = Connections(service, clock=loop.time)

    async def start(self) -> None:
        """Start serving."""
        await self.service.start()
        self.connections.start()

    async def stop(self) -> None:
        """Stop in order."""
        await self.connections.drain(0.0, hurry=asyncio.Event())
        await self.service.stop()

    async def die(self) -> None:
        """End as a killed process does: no socket is closed."""
        self._is_alive = False
        self.bus.loses = True
        await self.bus.close()
        await self.service.supervisor.stop()

    @property
    def is_alive(self) -> bool:
        return self._is_alive

    def open(self, link: Transport) -> Connection:
        """Open a connection over a simulated network."""
        return self.connections.open(link)

    def forget(self, connection: Connection) -> None:
        """End a connection."""
        self.connections.forget(connection)

    def soon(self, work: Callable[[], None]) -> None:
        """Run *work* in the loop, if the node is alive."""
        if self._is_alive:
            self._loop.call_soon(work)

    def now(self) -> float:
        """Return the virtual time in seconds."""
        return self._loop.time()

    def new_key(self) -> UUID:
        """Return an idempotency key."""
        return self.service.new_id()

    def newest(self, actor: UserId, room: ConversationId) -> Frame:
        """Return the newest page of history, as HTTP does."""
        return _page(self.service.use.page_history(actor, room, PageWindow()))

    def messages(self, actor: UserId, room: ConversationId, seqs: Sequence[int]) -> Frame:
        """Return messages by number, as HTTP does."""
        return _page(self.service.use.get_messages(actor, room, seqs))


def _page(page: HistoryPage) -> Frame:
    messages = [json.loads(msgspec.json.encode(view_seen(each))) for each in page.messages]
    return {"messages": messages, "as_of": page.as_of}
