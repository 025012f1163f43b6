"""The service of the harness, and the people who use it."""

import json
from collections import deque
from collections.abc import Callable
from types import TracebackType
from typing import Self
from uuid import UUID

import attrs
from dependency_injector import providers

from adapters.config.settings import Bus, Settings, Storage
from adapters.memory import (
    MemoryBus,
    MemoryExchange,
    MemoryPresence,
    MemoryRateLimiter,
    MemoryStorage,
)
from adapters.security import Argon2Hasher
from domain.access import DeviceInfo, Password
from domain.conversations import Title
from domain.kernel.ids import ConversationId, UserId
from domain.logs import Changes
from domain.messages import Where
from domain.users import DisplayName, Handle
from entrypoints.container import Container
from entrypoints.harness.device import Device, Frame, World
from entrypoints.harness.held_loop import HeldClock, HeldLoop
from entrypoints.shell.service import Service
from entrypoints.websocket.connection import Connection
from entrypoints.websocket.connections import Connections
from entrypoints.websocket.protocol import Link
from entrypoints.wire.pushes import encode_message

PASSWORD = "correct horse battery"  # noqa: S105 - everybody's, in a world that is thrown away


class Person:
    """Somebody with an account and, once asked for, devices."""

    def __init__(self, chat: "Chat", handle: str, id_: UserId) -> None:
        self._chat = chat
        self._devices: dict[str, Device] = {}
        self.handle = handle
        self.id = id_

    @property
    def phone(self) -> Device:
        """A device on the first node, connected when it is first asked for."""
        return self.device("phone")

    @property
    def laptop(self) -> Device:
        """Another device, on the last node."""
        return self.device("laptop", node=-1)

    def device(self, name: str, *, node: int = 0) -> Device:
        """Return the device of this name; the first time, log it in and connect it to *node*."""
        if name not in self._devices:
            self._devices[name] = self._chat.log_in(self, name, node)
            self._devices[name].connect()
        return self._devices[name]

    def open_direct(self, peer: "Person") -> ConversationId:
        """Open the direct conversation with *peer*."""
        return self._chat.open_direct(self, peer)

    def create_group(self, title: str, *members: "Person") -> ConversationId:
        """Make a group."""
        return self._chat.create_group(self, title, members)


class Node(World):
    """One process of the service, without the process."""

    def __init__(self, chat: "Chat", service: Service, loop: HeldLoop) -> None:
        self._chat = chat
        self._loop = loop
        self.service = service
        self.connections = Connections(service, clock=loop.time)

    async def start(self) -> None:
        """Begin to serve."""
        await self.service.start()
        self.connections.start()

    def open(self, link: Link) -> Connection:
        return self.connections.open(link)

    def forget(self, connection: Connection) -> None:
        self.connections.forget(connection)
        self.settle()

    def soon(self, work: Callable[[], None]) -> None:
        self._loop.call_soon(work)

    def settle(self) -> None:
        self._chat.settle()

    def later(self, work: Callable[[], None]) -> None:
        self._chat.later(work)

    def new_key(self) -> UUID:
        return self.service.new_id()

    def newest(self, actor: UserId, room: ConversationId) -> dict[int, Frame]:
        page = self.service.use.page_history(actor, room, Where())
        return {message.seq: json.loads(encode_message(message)) for message in page.messages}


class Chat:
    """The whole service in memory, on a loop of its own. Use it as a context manager.

    With several *nodes*, they share a storage and a bus, as processes would share MySQL and Redis.
    """

    def __init__(self, settings: Settings | None = None, *, nodes: int = 1) -> None:
        given = settings or Settings()
        self.settings = attrs.evolve(
            given,
            storage=Storage(backend="memory"),
            presence=attrs.evolve(given.presence, backend="memory"),
            bus=Bus(backend="memory"),
        )
        self.loop = HeldLoop()
        self.clock = HeldClock(self.loop)
        self.exchange = MemoryExchange()
        self.errors: list[BaseException] = []
        self._storage = MemoryStorage()
        self._presence = providers.Singleton(MemoryPresence)
        self._later: deque[Callable[[], None]] = deque()
        self.nodes = [self._node() for _ in range(nodes)]

    def __enter__(self) -> Self:
        for node in self.nodes:
            self.loop.finish(node.start())
        self.settle()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for node in self.nodes:
            self.loop.finish(node.service.stop())
        self.loop.end()

    # -- time --------------------------------------------------------------------------------

    def settle(self) -> None:
        """Let everything happen that is due."""
        self.loop.settle()
        while self._later:
            self._later.popleft()()
            self.loop.settle()

    def advance(self, seconds: float) -> None:
        """Let time pass: heartbeats, checks and leases do what is due."""
        self.loop.advance(seconds)
        self.settle()

    def later(self, work: Callable[[], None]) -> None:
        """Do *work* once the loop has settled."""
        self._later.append(work)

    # -- people ------------------------------------------------------------------------------

    @property
    def service(self) -> Service:
        """The service of the first node."""
        return self.nodes[0].service

    def user(self, handle: str, display_name: str | None = None) -> Person:
        """Make an account."""
        user = self.service.use.create_user(
            handle=Handle.parse(handle),
            display_name=DisplayName.parse(display_name or handle.title()),
            password=Password.parse(PASSWORD),
        )
        return Person(self, handle, user.id)

    def log_in(self, person: Person, name: str, node: int) -> Device:
        """Log *person* in on a new device, which is not connected yet."""
        grant = self.service.use.log_in(
            handle=Handle.parse(person.handle),
            password=Password.given(PASSWORD),
            device=DeviceInfo(name, "harness"),
        )
        return Device(self.nodes[node], person.id, name, grant.access_token)

    def open_direct(self, actor: Person, peer: Person) -> ConversationId:
        """Open the direct conversation of two people."""
        opened = self.service.use.open_direct(actor.id, peer.id)
        self.tell(opened.changes)
        return opened.conversation.id

    def create_group(
        self, actor: Person, title: str, members: tuple[Person, ...]
    ) -> ConversationId:
        """Make a group of *actor*."""
        opened = self.service.use.create_group(
            actor.id, title=Title.parse(title), members=[member.id for member in members]
        )
        self.tell(opened.changes)
        return opened.conversation.id

    def tell(self, changes: Changes) -> None:
        """Tell everybody concerned what a use case committed, called beside the sockets."""
        self.loop.call_soon(self.service.tell, changes)
        self.settle()

    # -- inside ------------------------------------------------------------------------------

    def _container(self) -> Container:
        container = Container(settings=self.settings)
        container.clock.override(providers.Object(self.clock))
        container.storage.override(providers.Object(self._storage))
        container.bus.override(providers.Singleton(MemoryBus, self.exchange))
        container.limiter.override(providers.Singleton(MemoryRateLimiter, self.loop.time))
        # The weakest hash there is: nobody attacks a world that lives for milliseconds.
        container.hasher.override(providers.Singleton(Argon2Hasher, memory=8 << 10, passes=1))
        container.failed.override(providers.Object(self.errors.append))
        return container

    def _node(self) -> Node:
        container = self._container()
        container.presence.override(self._presence)
        return Node(self, container.service(), self.loop)
