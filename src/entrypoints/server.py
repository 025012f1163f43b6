"""One process of Parlour: listens, serves, and stops without losing anything."""

import asyncio
import contextlib
import gc
import os
import signal
import socket
import threading
from collections.abc import Callable, Coroutine, Iterator
from typing import TYPE_CHECKING, Any

from parlour.adapters import logging
from parlour.adapters.config import ConfigError, Settings
from parlour.adapters.logging import get_logger
from parlour.entrypoints.app import litestar_app
from parlour.entrypoints.listening import address_of, listen
from parlour.entrypoints.node import Node
from parlour.entrypoints.operation.reloading import CannotReload, Load
from parlour.entrypoints.uvicorn_servers import UvicornServers, checked_protocol

if TYPE_CHECKING:
    from parlour.entrypoints.lan import Lan

REQUEST_TIMEOUT = 10.0
"""Seconds that HTTP requests in flight have to finish when the process stops, at most."""

STOP_TIMEOUT = 28.0
"""Seconds after which a stopping process has ended, whatever still hangs."""

log = get_logger("parlour.process")


class ServerEnded(Exception):
    """The server ended without a request to stop."""


class Process:
    """A node and its listeners, until a signal ends them.

    *announce* gets the address once connections are accepted, *load* reads the configuration anew
    for a reload, *logging* is the log of this process, *lan* adds a TLS listener.
    """

    def __init__(
        self,
        settings: Settings,
        announce: Callable[[str], None],
        *,
        load: Load | None = None,
        logging: logging.LoggingSubsystem | None = None,
        lan: "Lan | None" = None,
    ) -> None:
        self._settings = settings
        self._lan = lan
        self._announce = announce
        self._logging = logging
        # `nohup` asks to go on without the terminal: it has SIGHUP ignored.
        self._has_terminal = has_terminal() and (
            signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN
        )
        self._stop = asyncio.Event()
        self._hurry = asyncio.Event()
        self.node = Node(settings, load=load, logging=logging)
        self.servers = UvicornServers(request_timeout=request_timeout(settings))

    async def run(self) -> None:
        """Serve until `stop`, or until SIGTERM or SIGINT.

        Raises:
            CannotServe: the storage is not ready, or an address cannot be had.
            ServerEnded: it ended by itself.
        """
        self._listen_to_signals()
        node, server = self.node, self._settings.server
        with contextlib.ExitStack() as held:
            if not await self._unless_stopped(node.prepare(held)):
                return
            listener = held.enter_context(listen(server.host, server.port))
            lan_listener = self._listen_to_lan(held)
            # Everything that may be refused comes before the first task.
            operator_listeners = list(node.operator_listeners(held))
            await node.start()
            sockets = self._serve_clients(listener)
            if self._lan is not None and lan_listener is not None:
                self._serve_lan(self._lan, lan_listener)
            for app, operators in operator_listeners:
                self.servers.start(
                    app, operators, http=checked_protocol(self.node.operator_guard), ws="none"
                )
            tune_garbage_collection()
            url = address_of(listener)
            self._announce(url)
            log.info("serving", url=url, node=node.service.node, sockets=sockets)
            with self._last_resort() as last_resort:
                try:
                    stopped = asyncio.create_task(self._stop.wait())
                    tasks = {*self.servers.tasks, stopped}
                    await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
                    if not self._stop.is_set():
                        raise ServerEnded
                finally:
                    last_resort.start()
                    await self._shut_down()
            log.info("stopped")

    async def _unless_stopped(self, work: Coroutine[Any, Any, None]) -> bool:
        """Wait for *work*; return False where the process was asked to stop meanwhile."""
        working, stopped = asyncio.create_task(work), asyncio.create_task(self._stop.wait())
        try:
            await asyncio.wait({working, stopped}, return_when=asyncio.FIRST_COMPLETED)
            if not working.done():
                return False
            await working
        finally:
            working.cancel()
            stopped.cancel()
        return True

    def stop(self) -> None:
        """Begin to stop; the second call does not wait for clients."""
        if self._stop.is_set():
            self._hurry.set()
            self.servers.force()
        self._stop.set()

    def hang_up(self) -> None:
        """Open the log file anew, and take over what changed in the configuration.

        Where the terminal of the process was closed, SIGHUP means that: the process stops.
        """
        if self._has_terminal and not has_terminal():
            self.stop()
            return
        if self._logging is not None:
            self._logging.reopen()
        self.node.service.supervisor.spawn(self._reload())

    async def _reload(self) -> None:
        with contextlib.suppress(ConfigError, CannotReload):  # the log has said so
            await self.node.reloader.reload()

    def _listen_to_lan(self, held: contextlib.ExitStack) -> socket.socket | None:
        if self._lan is None:
            return None
        return held.enter_context(listen("0.0.0.0", self._lan.port))  # noqa: S104 - with TLS

    def _serve_lan(self, lan: "Lan", listener: socket.socket) -> None:
        """Serve the application over TLS, on the ASGI path: the direct one writes to sockets."""
        tls = lan.tls()
        self.servers.start(
            litestar_app(self.node),
            listener,
            clients=True,
            http=checked_protocol(self.node.guard),
            ssl_context_factory=lambda *_: tls,
            **self._websockets(),
        )

    def _websockets(self) -> dict[str, Any]:
        return {
            "ws": "websockets-sansio",
            "ws_max_size": int(self._settings.websocket.frame),
            "ws_per_message_deflate": False,
            # The heartbeat of the protocol finds dead peers.
            "ws_ping_interval": None,
        }

    def _serve_clients(self, listener: socket.socket) -> str:
        """Serve the application at *listener*; return which path its sockets take."""
        direct = direct_protocol(self.node) if self._settings.server.direct else None
        self.servers.start(
            litestar_app(self.node),
            listener,
            clients=True,
            http=direct or checked_protocol(self.node.guard),
            **self._websockets(),
        )
        return "direct" if direct else "asgi"

    def _listen_to_signals(self) -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.stop)
        loop.add_signal_handler(signal.SIGHUP, self.hang_up)

    @contextlib.contextmanager
    def _last_resort(self) -> Iterator[threading.Timer]:
        """Give a timer that ends the process where stopping hangs, whatever it hangs in."""
        timer = threading.Timer(STOP_TIMEOUT, self._abort)
        timer.daemon = True
        try:
            yield timer
        finally:
            timer.cancel()

    def _abort(self) -> None:
        # Nothing that was acknowledged is lost: acknowledgements come after commits.
        log.critical("stopping hangs: the process ends at once", seconds=STOP_TIMEOUT)
        if self._logging is not None:
            self._logging.flush(1.0)
        os._exit(1)

    async def _shut_down(self) -> None:
        self.servers.stop_accepting()
        await self.node.drain(hurry=self._hurry)
        await self.servers.stop()
        await self.node.stop()


def direct_protocol(node: Node) -> Any | None:
    """Return the HTTP protocol of uvicorn that opens sockets itself; None where it cannot be had.

    It builds on httptools, on internals of one minor release of uvicorn, and on POSIX.
    """
    try:
        from parlour.entrypoints.websocket import upgrade  # noqa: PLC0415 - may be missing
    except ImportError as error:
        log.warning("the direct path for sockets cannot be had", reason=str(error))
        return None
    return upgrade.http_protocol(
        node.connections,
        node.origins,
        node.guard,
        max_bytes=int(node.settings.websocket.frame),
    )


def has_terminal() -> bool:
    """Return whether this process has a controlling terminal that is still open."""
    try:
        os.close(os.open("/dev/tty", os.O_RDWR | os.O_NOCTTY | os.O_CLOEXEC))
    except OSError:
        return False
    return True


def request_timeout(settings: Settings) -> int:
    """Return the seconds that HTTP requests have once the sockets were sent away.

    Together with the drain they leave time to commit what waits.
    """
    left = STOP_TIMEOUT - 2.0 - settings.server.drain.total_seconds()
    return int(max(1.0, min(REQUEST_TIMEOUT, left)))


def serve(
    settings: Settings,
    announce: Callable[[str], None] = print,
    *,
    load: Load | None = None,
    lan: "Lan | None" = None,
) -> None:
    """Serve until asked to stop. *announce* gets the address once connections are accepted.

    *load* reads the configuration anew on SIGHUP, *lan* adds a TLS listener for devices of the
    same network. Raises `CannotServe`, with the reason.
    """
    # What this process makes is for its own user alone: database, logs, sockets.
    os.umask(0o077)
    running = logging.start(settings.logging)

    async def main() -> None:
        await Process(settings, announce, load=load, logging=running, lan=lan).run()

    try:
        with asyncio.Runner(loop_factory=_loop_factory()) as runner:
            runner.run(main())
    finally:
        running.close()


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """Return uvloop's loop; None, for Python's own, where it is not installed."""
    try:
        import uvloop  # noqa: PLC0415 - not on every platform
    except ImportError:
        return None
    loop_factory: Callable[[], asyncio.AbstractEventLoop] = uvloop.new_event_loop
    return loop_factory


def tune_garbage_collection() -> None:
    """Freeze start-up objects and raise the thresholds of the garbage collector.

    Messages and frames hold no cycles: counting references frees them at once, and a collection
    for every few hundred allocations took a third of the time of a busy node.
    """
    gc.freeze()
    gc.set_threshold(50_000, 50, 100)
