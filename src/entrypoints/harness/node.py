"""A node of the harness: one process of the service, without the process."""

import asyncio
import json
from collections.abc import Callable, Sequence
from uuid import UUID

from parlour.adapters.memory import MemoryBus, MemoryExchange
from parlour.domain.kernel.ids import ConversationId, UserId
from parlour.domain.messages import PageWindow
from parlour.entrypoints.harness.held_loop import HeldLoop
from parlour.entrypoints.harness.transport import Frame, World
from parlour.entrypoints.shell.service import Service
from parlour.entrypoints.websocket.connection import Connection
from parlour.entrypoints.websocket.connections import Connections
from parlour.entrypoints.websocket.transport import Link
from parlour.entrypoints.wire.pushes import encode_message


class FallibleBus(MemoryBus):
    """Carries what the nodes tell each other, or loses it."""

    def __init__(self, exchange: MemoryExchange) -> None:
        super().__init__(exchange)
        self.loses = False

    def publish(self, frames: Sequence[tuple[str, bytes]]) -> None:
        if not self.loses:
            super().publish(frames)


class Node(World):
    """Serves the devices that are connected to it."""

    def __init__(
        self,
        service: Service,
        bus: FallibleBus,
        loop: HeldLoop,
        *,
        settle: Callable[[], None],
        later: Callable[[Callable[[], None]], None],
    ) -> None:
        self._loop = loop
        self._settle = settle
        self._later = later
        self._is_alive = True
        self.bus = bus
        self.service = service
        self.connections = Connections(service, clock=loop.time)

    async def start(self) -> None:
        """Begin to serve."""
        await self.service.start()
        self.connections.start()

    async def stop(self) -> None:
        """End in order."""
        await self.connections.drain(0.0, hurry=asyncio.Event())
        await self.service.stop()

    async def die(self) -> None:
        """End as a process does that is killed: without a word to anybody."""
        self._is_alive = False
        self.bus.loses = True
        await self.bus.close()
        await self.service.supervisor.stop()

    @property
    def is_alive(self) -> bool:
        return self._is_alive

    def open(self, link: Link) -> Connection:
        return self.connections.open(link)

    def forget(self, connection: Connection) -> None:
        self.connections.forget(connection)

    def soon(self, work: Callable[[], None]) -> None:
        if self._is_alive:
            self._loop.call_soon(work)

    def settle(self) -> None:
        self._settle()

    def later(self, work: Callable[[], None]) -> None:
        self._later(work)

    def now(self) -> float:
        return self._loop.time()

    def new_key(self) -> UUID:
        return self.service.new_id()

    def newest(self, actor: UserId, room: ConversationId) -> list[Frame]:
        page = self.service.use.page_history(actor, room, PageWindow())
        events = [json.loads(encode_message(message)) for message in page.messages]
        return [{**event, **event["data"]} for event in events]
