"""The service of the harness, as a test controls it."""

import asyncio
from collections import deque
from collections.abc import Callable
from types import TracebackType
from typing import Self, TypeVar

import attrs
from dependency_injector import providers

from parlour.adapters.config.settings import Settings
from parlour.adapters.config.settings_backends import BusSettings, StorageSettings
from parlour.adapters.memory import (
    MemoryExchange,
    MemoryPresence,
    MemoryRateLimiter,
    MemoryStorage,
)
from parlour.adapters.security import Argon2Hasher
from parlour.domain.access import DeviceInfo, Ended, Grant, Password
from parlour.domain.kernel.errors import Unauthenticated
from parlour.domain.logs import Changes
from parlour.domain.users import DisplayName, Handle
from parlour.entrypoints.container import Container
from parlour.entrypoints.harness.node import FallibleBus, Node
from parlour.entrypoints.harness.person import Person
from parlour.entrypoints.harness.virtual_time import VirtualClock, VirtualTimeLoop
from parlour.entrypoints.shell.lanes import DurableCommand
from parlour.entrypoints.shell.service import Service
from parlour.entrypoints.use_cases import UseCases

T = TypeVar("T")

PASSWORD = "correct horse battery"  # noqa: S105 - of every account, all in memory


class Chat:
    """The whole service in memory, on a loop of its own. Use it as a context manager.

    Several *nodes* share a storage and a bus, as processes would share MySQL and Redis. `errors`
    holds the exceptions inside the service that no caller got.
    """

    def __init__(self, settings: Settings | None = None, *, nodes: int = 1) -> None:
        given = settings or Settings()
        self.settings = attrs.evolve(
            given,
            storage=StorageSettings(backend="memory"),
            presence=attrs.evolve(given.presence, backend="memory"),
            bus=BusSettings(backend="memory"),
            # Nothing leaves the process, not even to a push service.
            push=attrs.evolve(given.push, enabled=False),
        )
        self.loop = VirtualTimeLoop()
        self.clock = VirtualClock(self.loop)
        self.errors: list[BaseException] = []
        self._exchange = MemoryExchange()
        self._storage = MemoryStorage()
        self._presence = MemoryPresence(self.clock, self.loop.time)
        self._later: deque[Callable[[], None]] = deque()
        self.nodes = [self._node() for _ in range(nodes)]

    def __enter__(self) -> Self:
        if asyncio._get_running_loop() is not None:  # noqa: SLF001 - the public form raises
            self.loop.close()
            raise RuntimeError("the harness has a loop of its own: use it in a test without async")
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
            if node.is_alive:
                self.loop.finish(node.stop())
        self.loop.end()

    # -- time --------------------------------------------------------------------------------

    def settle(self) -> None:
        """Run until nothing is ready."""
        self.loop.settle()
        while self._later:
            self._later.popleft()()
            self.loop.settle()

    def advance(self, seconds: float) -> None:
        """Let time pass, with the heartbeats, checks and leases that become due."""
        self.loop.advance(seconds)
        self.settle()

    # -- people ------------------------------------------------------------------------------

    def user(self, handle: str, display_name: str | None = None) -> Person:
        """Create an account."""
        user = self.use.create_user(
            handle=Handle.parse(handle),
            display_name=DisplayName.parse(display_name or handle.title()),
            password=Password.parse(PASSWORD),
        )
        return Person(self, handle, user.id)

    def log_in(self, handle: str, info: DeviceInfo) -> Grant:
        """Log a user in on a new device."""
        return self.use.log_in(
            handle=Handle.parse(handle), password=Password.given(PASSWORD), device=info
        )

    def refresh(self, grant: Grant) -> Grant:
        """Exchange tokens for their successors; raise `Unauthenticated`."""
        following = self.use.refresh(grant.refresh_token)
        if isinstance(following, Ended):
            self.tell(following)
            raise Unauthenticated
        return following

    # -- the service -------------------------------------------------------------------------

    @property
    def service(self) -> Service:
        """The service of the first node that is alive."""
        return next(node.service for node in self.nodes if node.is_alive)

    @property
    def use(self) -> UseCases:
        """Every use case, to be called without a socket; pass what it changed to `tell`."""
        return self.service.use

    def tell(self, result: object) -> None:
        """Publish what a use case returned: `Changes`, or `Ended`."""
        if isinstance(result, Changes):
            self.loop.call_soon(self.service.publish, result)
        elif isinstance(result, Ended):
            self.loop.call_soon(self.service.disconnect, result)
        self.settle()

    def execute(self, command: DurableCommand[T]) -> T:
        """Commit a command of a conversation and publish its events; raise its refusal."""
        result = self.loop.finish(self.service.execute(command))
        self.settle()
        return result

    def lose_hints(self, *, on: bool = True) -> None:
        """Let the bus lose every hint from now on, or none any more."""
        for node in self.nodes:
            node.bus.loses = on or not node.is_alive

    def kill(self, node: int) -> None:
        """End a node as a power cut does: its sockets are not closed."""
        self.loop.finish(self.nodes[node].die())

    # -- inside ------------------------------------------------------------------------------

    def _node(self) -> Node:
        bus = FallibleBus(self._exchange)
        container = Container(settings=self.settings)
        container.clock.override(providers.Object(self.clock))
        container.storage.override(providers.Object(self._storage))
        container.presence.override(providers.Object(self._presence))
        container.bus.override(providers.Object(bus))
        container.limiter.override(providers.Singleton(MemoryRateLimiter, self.loop.time))
        # The weakest parameters: these passwords live for milliseconds.
        container.hasher.override(providers.Singleton(Argon2Hasher, memory=8 << 10, passes=1))
        container.failed.override(providers.Object(self.errors.append))
        return Node(
            container.service(), bus, self.loop, settle=self.settle, later=self._later.append
        )
