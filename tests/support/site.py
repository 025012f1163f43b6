"""A node on a real port in the test's event loop, and its users."""

import asyncio
import gc
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from datetime import timedelta
from typing import Any, Protocol

import attrs

from parlour.adapters.config import load
from parlour.adapters.config.settings import (
    Access,
    LimitSettings,
    Ops,
    Server,
    Settings,
    Websocket,
)
from parlour.adapters.config.settings_backends import (
    BusSettings,
    PresenceSettings,
    StorageSettings,
)
from parlour.adapters.config.units import Size
from parlour.domain.access import DeviceInfo, Grant, Password
from parlour.domain.conversations import Title
from parlour.domain.kernel.ids import UserId
from parlour.domain.kernel.limits import Rate
from parlour.domain.logs import Changes
from parlour.domain.users import DisplayName, Handle
from parlour.entrypoints.server import Process
from parlour.entrypoints.shell.service import Service
from tests.support.nodes import QUICK as QUICK_NODE
from tests.support.socket_client import SocketClient, connected, open_socket

PASSWORD = "quiet otters juggle lamps"
PLENTY = Rate(1_000_000, burst=1_000_000)

SETTINGS = Settings(
    server=Server(port=0, drain=timedelta(0)),
    ops=Ops(port=0),
    storage=StorageSettings(backend="memory"),
    presence=PresenceSettings(backend="memory"),
    bus=BusSettings(backend="memory"),
    access=Access(hash_memory=Size(8 << 20), hash_time=1),
    limits=LimitSettings(
        messages=PLENTY,
        conversation_messages=PLENTY,
        requests=PLENTY,
        connections=PLENTY,
        refusals=PLENTY,
    ),
)
"""A node in memory with fast password hashes and practically no limits."""

QUICK = attrs.evolve(
    SETTINGS,
    websocket=Websocket(
        hello_timeout=timedelta(seconds=1),
        heartbeat=timedelta(seconds=1),
        heartbeat_grace=timedelta(seconds=1),
    ),
)
"""The shortest allowed timeouts."""


class _Here(Process):
    """A process without signal handlers."""

    def _listen_to_signals(self) -> None:
        pass


class Site:
    """A running node."""

    def __init__(self, process: Process, url: str, sockets: AsyncExitStack) -> None:
        self.process = process
        self.service = process.node.service
        self.url = url
        self.sockets = sockets

    @property
    def port(self) -> int:
        return int(self.url.rsplit(":", 1)[1])

    def person(self, handle: str) -> "Guest":
        """Create an account, logged in on one device."""
        user = self.service.use.create_user(
            handle=Handle.parse(handle),
            display_name=DisplayName.parse(handle.title()),
            password=Password.parse(PASSWORD),
        )
        return self.log_in(handle, user.id)

    def log_in(self, handle: str, user: UserId) -> "Guest":
        """Log in on another device."""
        grant = self.service.use.log_in(
            handle=Handle.parse(handle),
            password=Password.given(PASSWORD),
            device=DeviceInfo("a device", "test"),
        )
        return Guest(self, user, handle, grant)

    def tell(self, changes: Changes) -> None:
        """Publish the changes of a use case."""
        self.service.publish(changes)

    async def open_socket(self, **more: Any) -> SocketClient:
        """Open a socket without saying hello; it is closed with the node."""
        client = await open_socket(self.url, **more)
        self.sockets.push_async_callback(client.close)
        return client


@attrs.frozen
class Guest:
    """A user on one device."""

    site: Site
    user: UserId
    handle: str
    grant: Grant

    @property
    def id(self) -> str:
        return str(self.user)

    @property
    def token(self) -> str:
        return self.grant.access_token

    async def connect(self, *, at: Site | None = None, **more: Any) -> SocketClient:
        """Open a socket and say hello, here or at another node; it is closed with the node."""
        site = at or self.site
        return await site.sockets.enter_async_context(connected(site.url, self.token, **more))

    def open_direct(self, peer: "Guest") -> str:
        """Open the direct conversation with a user."""
        opened = self.site.service.use.open_direct(self.user, peer.user)
        self.site.tell(opened.changes)
        return str(opened.conversation.id)

    def create_group(self, title: str, *members: "Guest") -> str:
        """Make a group."""
        made = self.site.service.use.create_group(
            self.user, title=Title.parse(title), members=[each.user for each in members]
        )
        self.site.tell(made.changes)
        return str(made.conversation.id)


class Serve(Protocol):
    """Runs nodes whose sockets take one path."""

    def __call__(
        self, settings: Settings = SETTINGS, *, patch: Any = None
    ) -> AbstractAsyncContextManager[Site]:
        """Run a node while the context lasts."""
        ...


@asynccontextmanager
async def serving(
    settings: Settings = SETTINGS, *, direct: bool = True, patch: Any = None
) -> AsyncIterator[Site]:
    """Run a node; *patch* may change the process before it starts.

    Its sockets take the *direct* path, or that of every ASGI server.
    """
    server = attrs.evolve(settings.server, direct=direct)
    settings = attrs.evolve(settings, server=server)
    url = asyncio.get_running_loop().create_future()
    thresholds = gc.get_threshold()
    process = _Here(settings, url.set_result)
    if patch is not None:
        patch(process)
    running = asyncio.create_task(process.run())
    await asyncio.wait({running, url}, return_when=asyncio.FIRST_COMPLETED)
    if running.done():
        await running
    try:
        async with AsyncExitStack() as sockets:
            yield Site(process, await url, sockets)
    finally:
        process.stop()
        process.stop()
        await asyncio.wait_for(running, 30)
        gc.set_threshold(*thresholds)
        gc.unfreeze()


@asynccontextmanager
async def serving_with(change: Callable[[Service], None]) -> AsyncIterator[str]:
    """Run a node in memory whose service *change* may modify before it starts; give its URL."""
    values = {**QUICK_NODE, "SERVER__PORT": "0", "STORAGE__BACKEND": "memory"}
    environ = {f"PARLOUR__{name}": value for name, value in values.items()}
    loaded = load(None, environ, {})
    async with serving(
        loaded.settings, patch=lambda process: change(process.node.service)
    ) as site:
        yield site.url
