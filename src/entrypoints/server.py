"""One process of Parlour: listens, serves, and goes away without losing anything."""

import asyncio
import contextlib
import gc
import os
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import uvicorn
from litestar.types import ASGIApp
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from parlour.adapters import logging
from parlour.adapters.config import ConfigError, Settings
from parlour.adapters.logging import get_logger
from parlour.entrypoints.app import create_app
from parlour.entrypoints.container import Container
from parlour.entrypoints.http import create_ops_app, metrics_route
from parlour.entrypoints.http.control import create_control_app
from parlour.entrypoints.listening import (
    BACKLOG,
    CannotServe,
    address_of,
    control_path,
    listen,
    listen_at_path,
)
from parlour.entrypoints.operation.canary import Canary
from parlour.entrypoints.operation.control import Control
from parlour.entrypoints.operation.metrics import NodeCollector
from parlour.entrypoints.operation.reloading import CannotReload, Load, Reloader
from parlour.entrypoints.operation.startup_checks import prepare, stay_alone
from parlour.entrypoints.shell.service import Service
from parlour.entrypoints.websocket.connections import Connections
from parlour.entrypoints.websocket.origins import Origins
from parlour.entrypoints.websocket.upgrade import HttpProtocol, UpgradeHandler

__all__ = ["CannotServe", "Process", "listen", "serve"]

GRACE = 10.0
"""Seconds that HTTP requests in flight have to finish, at most."""

FAREWELL = 28.0
"""Seconds after which a process that was asked to go is gone, whatever still hangs."""

log = get_logger("parlour.process")


class ServerEnded(Exception):
    """The server ended and nobody had asked it to."""


class _Server(uvicorn.Server):
    """uvicorn without its own idea of signals: we send clients away before it closes sockets."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


class Process:
    """A node: its service, its connections and its listeners.

    *load* reads the configuration anew for a reload, *running* is the log of this process.
    """

    def __init__(
        self,
        settings: Settings,
        announce: Callable[[str], None],
        *,
        load: Load | None = None,
        running: logging.Logging | None = None,
    ) -> None:
        self._settings = settings
        self._announce = announce
        self._running = running
        self._stop = asyncio.Event()
        self._hurry = asyncio.Event()
        self._servers: list[_Server] = []
        self.container = Container(settings=settings)
        self.service: Service = self.container.service()
        self.connections = Connections(self.service)
        self.canary = self._hatch()
        self.reloader = Reloader(self.service, load=load, logging=running)
        self.control = Control(self.service, running, self.reloader) if running else None

    async def run(self) -> None:
        """Serve until `stop`, or until the process is asked to go by SIGTERM or SIGINT.

        Raises `CannotServe` where the storage is not ready or an address cannot be had, and
        `ServerEnded` where it ends by itself.
        """
        self._listen_to_signals()
        with contextlib.ExitStack() as held:
            held.callback(stay_alone(self._settings))
            await asyncio.to_thread(prepare, self._settings, self.service.storage)
            server = self._settings.server
            listener = held.enter_context(listen(server.host, server.port))
            await self.service.start()
            self.connections.start()
            if self.canary is not None:
                self.service.supervisor.keep("canary", self.canary.run)
            serving = self._open_doors(listener, held)
            spare_the_collector()
            self._announce(address_of(listener))
            log.info("serving", url=address_of(listener), node=self.service.node)
            with self._last_resort() as give_up:
                try:
                    stopped = asyncio.create_task(self._stop.wait())
                    await asyncio.wait({*serving, stopped}, return_when=asyncio.FIRST_COMPLETED)
                    if not self._stop.is_set():
                        raise ServerEnded
                finally:
                    give_up.start()
                    await self._go(serving)
                    await self.service.stop()
            log.info("stopped")

    def stop(self) -> None:
        """Begin to go away; the second call does not wait for clients."""
        if self._stop.is_set():
            self._hurry.set()
            for server in self._servers:
                server.force_exit = True
        self._stop.set()

    def hang_up(self) -> None:
        """Open the log file anew, and take over what changed in the configuration."""
        if self._running is not None:
            self._running.reopen()
        self.service.supervisor.spawn(self._reload())

    async def _reload(self) -> None:
        with contextlib.suppress(ConfigError, CannotReload):  # the log has said so
            await self.reloader.reload()

    def _hatch(self) -> Canary | None:
        every = self._settings.ops.canary.total_seconds()
        return Canary(self.service, every=every) if every else None

    def _door(self) -> UpgradeHandler:
        server, service = self._settings.server, self.service
        origins = Origins(
            lambda: service.settings.server.origins, host=server.host, behind_tls=server.behind_tls
        )
        return UpgradeHandler(self.connections, origins)

    def _ops_app(self) -> ASGIApp:
        collector = NodeCollector(self.service, self.connections, self._running, self.canary)
        return create_ops_app(self.service, metrics_route(collector), canary=self.canary)

    def _listen_to_signals(self) -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.stop)
        loop.add_signal_handler(signal.SIGHUP, self.hang_up)

    @contextlib.contextmanager
    def _last_resort(self) -> Iterator[threading.Timer]:
        """Give a timer that ends the process where going away hangs, whatever it hangs in."""
        timer = threading.Timer(FAREWELL, self._give_up)
        timer.daemon = True
        try:
            yield timer
        finally:
            timer.cancel()

    def _give_up(self) -> None:
        # Nothing that was acknowledged is lost: acknowledgements come after commits.
        log.critical("stopping hangs: the process ends at once", seconds=FAREWELL)
        if self._running is not None:
            self._running.flush(1.0)
        os._exit(1)

    async def _go(self, serving: "list[asyncio.Task[None]]") -> None:
        seconds = self._settings.server.drain.total_seconds()
        self.service.is_draining = True
        log.info("draining", sockets=len(self.connections), seconds=seconds)
        # Nothing listens yet where the end comes before the beginning.
        for each in getattr(self._servers[0], "servers", ()):
            each.close()
        await self.connections.drain(seconds, hurry=self._hurry)
        for server in self._servers:
            server.should_exit = True
        await asyncio.gather(*serving)

    def _open_doors(
        self, listener: socket.socket, held: contextlib.ExitStack
    ) -> list[asyncio.Task[None]]:
        """Let people in at *listener*, and operators at addresses of their own."""
        app = create_app(self.service, self.control)
        http = partial(HttpProtocol, self._door(), self._settings.websocket.frame)
        serving = [self._begin(app, listener, http)]
        ops = self._settings.ops
        if ops.port:
            probes = held.enter_context(listen(ops.host, ops.port))
            serving.append(self._begin(self._ops_app(), probes))
        if self.control is not None and (path := control_path(self._settings)) is not None:
            orders = held.enter_context(listen_at_path(path))
            app = create_control_app(self.service, self.control)
            serving.append(self._begin(app, orders))
        return serving

    def _begin(
        self, app: ASGIApp, listener: socket.socket, http: Any = HttpToolsProtocol
    ) -> "asyncio.Task[None]":
        """Serve *app* at *listener*, in a task of its own; *http* makes each connection."""
        settings = self._settings
        server = _Server(
            uvicorn.Config(
                app,
                loop="none",
                http=http,
                # For what comes to no door: it is refused.
                ws="websockets-sansio",
                lifespan="off",
                log_config=None,
                access_log=False,
                server_header=False,
                proxy_headers=False,
                timeout_graceful_shutdown=grace(settings),
                backlog=BACKLOG,
            )
        )
        self._servers.append(server)
        return asyncio.create_task(server.serve(sockets=[listener]))


def grace(settings: Settings) -> int:
    """Return the seconds that HTTP requests have once the clients were sent away.

    Together with the drain they leave time to commit what waits.
    """
    left = FAREWELL - 2.0 - settings.server.drain.total_seconds()
    return int(max(1.0, min(GRACE, left)))


def serve(
    settings: Settings, announce: Callable[[str], None] = print, *, load: Load | None = None
) -> None:
    """Serve until asked to stop. *announce* hears the address once it accepts connections.

    *load* reads the configuration anew on SIGHUP. Raises `CannotServe`, with the reason.
    """
    import uvloop  # noqa: PLC0415 - not on every platform

    # What this process makes is for its own user alone: database, logs, sockets.
    os.umask(0o077)
    running = logging.start(settings.logging)

    async def main() -> None:
        await Process(settings, announce, load=load, running=running).run()

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
