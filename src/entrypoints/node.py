"""One node: a service, its sockets, and what watches over them, started and stopped as a whole."""

import asyncio
import contextlib
import socket
from collections.abc import Iterator

from litestar.types import ASGIApp

from parlour.adapters.config import Settings
from parlour.adapters.logging import LoggingSubsystem, get_logger
from parlour.entrypoints.connection_guard import ConnectionGuard
from parlour.entrypoints.container import Container
from parlour.entrypoints.http import create_ops_app, metrics_route
from parlour.entrypoints.http.control import create_control_app
from parlour.entrypoints.listening import CannotServe, control_path, listen, listen_at_path
from parlour.entrypoints.operation.canary import Canary
from parlour.entrypoints.operation.control import Control
from parlour.entrypoints.operation.metrics import NodeCollector
from parlour.entrypoints.operation.reloading import Load, Reloader
from parlour.entrypoints.operation.startup_checks import (
    DatabaseAway,
    lock_sqlite_file,
    prepare,
)
from parlour.entrypoints.reporting import report_damage
from parlour.entrypoints.shell.service import Service
from parlour.entrypoints.websocket.connections import Connections
from parlour.entrypoints.websocket.origins import Origins

log = get_logger("parlour.process")

_TRY_AGAIN = 1.0
"""Seconds between two tries to reach the database when a node starts."""


class Node:
    """Everything of one node but the server that brings its requests.

    *load* reads the configuration anew for a reload. *logging* is the log that Parlour started
    for this process; without it, because the host has one of its own, there is no control socket.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        load: Load | None = None,
        logging: LoggingSubsystem | None = None,
    ) -> None:
        self.settings = settings
        self.container = Container(settings=settings)
        self.service: Service = self.container.service()
        self.service.damaged.on_change = report_damage
        self.connections = Connections(self.service)
        every = settings.ops.canary.total_seconds()
        self.canary = Canary(self.service, every=every) if every else None
        self.reloader = Reloader(self.service, load=load, logging=logging)
        self.control = Control(self.service, logging, self.reloader) if logging else None
        self._logging = logging
        self.origins = Origins.of(self.service)
        self.guard = self._make_guard()
        self.operator_guard = self._make_guard()

    async def prepare(self, held: contextlib.ExitStack) -> None:
        """Lock the storage for this process where it is for one alone, and bring it up to date.

        A database that does not answer is waited for, `storage.start_wait` at most. *held* gives
        the lock back. Raises `CannotServe`.
        """
        held.callback(lock_sqlite_file(self.settings))
        patience = self.settings.storage.start_wait.total_seconds()
        clock = asyncio.get_running_loop().time
        deadline, is_told = clock() + patience, False
        while True:
            try:
                await asyncio.to_thread(prepare, self.settings, self.service.storage)
            except DatabaseAway as error:
                if clock() >= deadline:
                    raise
                if not is_told:
                    log.warning("waiting for the database", seconds=patience, error=error)
                    is_told = True
                await asyncio.sleep(_TRY_AGAIN)
            else:
                return

    async def start(self) -> None:
        """Join the bus and start the background tasks."""
        await self.service.start()
        self.connections.start()
        if self.canary is not None:
            self.service.supervisor.keep("canary", self.canary.run)

    async def drain(self, *, hurry: asyncio.Event) -> None:
        """Send every socket away over `server.drain`; once *hurry* is set, at once."""
        seconds = self.settings.server.drain.total_seconds()
        self.service.is_draining = True
        log.info("draining", sockets=len(self.connections), seconds=seconds)
        await self.connections.drain(seconds, hurry=hurry)

    async def stop(self) -> None:
        """Commit what waits, leave the bus and close the storage."""
        await self.service.stop()

    def operator_listeners(
        self, held: contextlib.ExitStack
    ) -> Iterator[tuple[ASGIApp, socket.socket]]:
        """Open the listeners for operators that are configured; yield each with its app.

        *held* closes them. Raises `CannotServe`.
        """
        ops = self.settings.ops
        if ops.port:
            yield self._ops_app(), held.enter_context(listen(ops.host, ops.port))
        if self.control is not None and (path := control_path(self.settings)) is not None:
            try:
                listener = held.enter_context(listen_at_path(path))
            except CannotServe as error:
                if self.settings.ops.socket is not None or self._is_embedded_file():
                    raise
                log.warning("no control socket", path=str(path), error=error)
                return
            yield create_control_app(self.service, self.control), listener

    def _is_embedded_file(self) -> bool:
        return self.settings.storage.backend == "sqlite"

    def _make_guard(self) -> ConnectionGuard:
        return ConnectionGuard(lambda: self.service.settings, self.service.limits.refusal)

    def _ops_app(self) -> ASGIApp:
        collector = NodeCollector(self.service, self.connections, self._logging, self.canary)
        return create_ops_app(self.service, metrics_route(collector), canary=self.canary)
