"""One process of Parlour: listens, serves, and goes away without losing anything."""

import asyncio
import contextlib
import gc
import signal
import socket
from collections.abc import Callable, Iterator

import uvicorn
from litestar.types import ASGIApp

from adapters import logging
from adapters.config.settings import Settings
from domain.kernel.errors import Unavailable
from entrypoints.app import create_app
from entrypoints.container import Container
from entrypoints.http import create_ops_app
from entrypoints.shell.service import Service
from entrypoints.websocket.connections import Connections
from entrypoints.websocket.protocol import ParlourProtocol

SEND_BUFFER = 128 * 1024
"""Bytes the kernel keeps for one socket: a reader that stalls costs this and not megabytes."""

BACKLOG = 4096
"""Connections that may wait to be accepted."""

PEER_PATIENCE_MS = 20_000
"""Milliseconds that data may stay unacknowledged before the kernel gives a peer up."""

GRACE = 10
"""Seconds that HTTP requests in flight have to finish."""


EMBEDDED = frozenset({"memory", "sqlite"})
"""Storages that nobody else uses, so that this process may bring them up to date by itself."""


class CannotServe(Exception):
    """The process cannot begin to serve; the message says why, and what to do."""


class _Server(uvicorn.Server):
    """uvicorn without its own idea of signals: we send clients away before it closes sockets."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


class Process:
    """A node: its service, its connections and its listeners."""

    def __init__(self, settings: Settings, announce: Callable[[str], None]) -> None:
        self._settings = settings
        self._announce = announce
        self._stop = asyncio.Event()
        self.container = Container(settings=settings)
        self.service: Service = self.container.service()
        self.connections = Connections(self.service)

    async def run(self) -> None:
        """Serve until `stop`, or until the process is asked to go by SIGTERM or SIGINT.

        Raises `CannotServe` where the storage is not ready or an address cannot be had.
        """
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.stop)
        await asyncio.to_thread(self._prepare)
        server, ops = self._settings.server, self._settings.ops
        listener = listen(server.host, server.port)
        with contextlib.ExitStack() as listeners:
            listeners.enter_context(listener)
            await self.service.start()
            self.connections.start()
            main = self._server(create_app(self.service, self.connections))
            serving = [asyncio.create_task(main.serve(sockets=[listener]))]
            servers = [main]
            if ops.port:
                probes = listeners.enter_context(listen(ops.host, ops.port))
                servers.append(self._server(create_ops_app(self.service)))
                serving.append(asyncio.create_task(servers[1].serve(sockets=[probes])))
            spare_the_collector()
            self._announce(address_of(listener))
            try:
                stopped = asyncio.create_task(self._stop.wait())
                await asyncio.wait({*serving, stopped}, return_when=asyncio.FIRST_COMPLETED)
            finally:
                await self._go(servers, serving)
                await self.service.stop()

    def stop(self) -> None:
        """Begin to go away: the second call does not wait for clients."""
        self._stop.set()

    def _prepare(self) -> None:
        storage = self.service.storage
        try:
            if self._settings.storage.backend in EMBEDDED:
                storage.migrate()
            storage.check()
        except Unavailable as error:
            raise CannotServe(f"{error}. `parlour doctor` says more.") from error

    async def _go(self, servers: list[_Server], serving: "list[asyncio.Task[None]]") -> None:
        main = servers[0]
        self.service.is_draining = True
        for each in main.servers:
            each.close()
        await self.connections.drain(self._settings.server.drain.total_seconds())
        for server in servers:
            server.should_exit = True
        await asyncio.gather(*serving)

    def _server(self, app: ASGIApp) -> _Server:
        websocket = self._settings.websocket
        return _Server(
            uvicorn.Config(
                app,
                loop="none",
                http="httptools",
                ws=ParlourProtocol,
                ws_max_size=websocket.frame,
                ws_per_message_deflate=False,
                # Our own heartbeat is part of the protocol and sees more than a ping.
                ws_ping_interval=None,
                lifespan="off",
                log_config=None,
                access_log=False,
                server_header=False,
                proxy_headers=False,
                timeout_graceful_shutdown=GRACE,
                backlog=BACKLOG,
            )
        )


def listen(host: str, port: int) -> socket.socket:
    """Return a listening socket whose connections neither hoard memory nor linger for ever.

    Raises `CannotServe` where the address is not ours or is taken.
    """
    family, kind, _, _, address = socket.getaddrinfo(
        host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )[0]
    listener = socket.socket(family, kind)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    if hasattr(socket, "TCP_USER_TIMEOUT"):
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, PEER_PATIENCE_MS)
    try:
        listener.bind(address)
        # From here on nobody is turned away: who comes before the loop looks waits in the backlog.
        listener.listen(BACKLOG)
    except OSError as error:
        listener.close()
        raise CannotServe(f"Cannot listen on {host}:{port}: {error.strerror}") from error
    return listener


def address_of(listener: socket.socket) -> str:
    """Return the URL at which a bound socket is reached."""
    host, port = listener.getsockname()[:2]
    return f"http://{f'[{host}]' if ':' in host else host}:{port}"


def serve(settings: Settings, announce: Callable[[str], None] = print) -> None:
    """Serve until asked to stop. *announce* hears the address once it accepts connections.

    Raises `CannotServe`, with the reason.
    """
    import uvloop  # noqa: PLC0415 - not on every platform

    async def main() -> None:
        await Process(settings, announce).run()

    running = logging.start(settings.logging)
    try:
        uvloop.run(main())
    finally:
        running.close()


def spare_the_collector() -> None:
    """Let the garbage collector look seldom, and never at what lives as long as the process.

    Messages and frames hold no cycles: counting references frees them at once, and a collection
    for every few hundred allocations took a third of the time of a busy node.
    """
    gc.freeze()
    gc.set_threshold(50_000, 50, 100)
