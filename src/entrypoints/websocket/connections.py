"""Every socket of this node: opening, beating hearts, revoking, sending away, forgetting."""

import asyncio
import time
from collections.abc import Callable
from logging import DEBUG, getLogger

from parlour.adapters.logging import bound, get_logger
from parlour.domain.kernel.errors import DomainError
from parlour.domain.kernel.ids import DeviceId
from parlour.entrypoints.shell.service import Service
from parlour.entrypoints.websocket.connection import Connection
from parlour.entrypoints.websocket.hello_handler import HelloHandler
from parlour.entrypoints.websocket.outbox import Outbox
from parlour.entrypoints.websocket.requests import SocketRequests
from parlour.entrypoints.websocket.session import CloseCode, Session, Timing
from parlour.entrypoints.websocket.transport import Link
from parlour.entrypoints.wire.pushes import encode_drain

log = get_logger("parlour.socket")
_tells = getLogger("parlour.socket").isEnabledFor

REVALIDATE = 30.0
"""Seconds after which the devices of open sockets are looked up again."""

TICK = 1.0


class Connections:
    """Opens connections and keeps them in order until they end."""

    def __init__(self, service: Service, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._service = service
        self._clock = clock
        self._requests = SocketRequests(service, HelloHandler(service))
        settings = service.settings.websocket
        self._settings = settings
        self._timing = Timing(
            hello_timeout=settings.hello_timeout.total_seconds(),
            heartbeat=settings.heartbeat.total_seconds(),
            heartbeat_grace=settings.heartbeat_grace.total_seconds(),
            in_flight=settings.in_flight,
        )
        self._open: set[Connection] = set()
        self._emptied = asyncio.Event()
        self._emptied.set()

    def __len__(self) -> int:
        return len(self._open)

    def open(self, link: Link) -> Connection:
        """Make a connection of a link whose socket is about to be accepted."""
        outbox = Outbox(self._settings.outbox_frames, self._settings.outbox_bytes)
        state = Session(self._timing, self._clock())
        meters = self._service.meters
        connection = Connection(link, state, outbox, self._requests, self._clock, meters=meters)
        meters.opened += 1
        self._open.add(connection)
        self._emptied.clear()
        link.attach(connection)
        return connection

    def forget(self, connection: Connection) -> None:
        """Let a connection go whose wire has ended."""
        if connection.state.is_greeted and _tells(DEBUG):
            with bound(user=connection.user, session=connection.session):
                log.debug("socket closed")
        connection.lost()
        self._open.discard(connection)
        if not self._open:
            self._emptied.set()
        self._service.hub.unregister(connection)
        if connection.state.is_greeted:
            self._service.presence.release(connection.session)

    def start(self) -> None:
        """Keep time for every connection and look after their devices while the service runs."""
        keep = self._service.supervisor.keep
        keep("sockets", self._keep_time, is_vital=True)
        keep("devices", self._keep_devices, is_vital=True)

    async def _keep_time(self) -> None:
        while True:
            begun = self._clock()
            await asyncio.sleep(TICK)
            now = self._clock()
            self._service.meters.loop_lag_seconds.observe(max(0.0, now - begun - TICK))
            for connection in tuple(self._open):
                try:
                    connection.tick(now)
                except Exception as error:  # noqa: BLE001 - one broken socket, many good ones
                    self._service.failed(error)

    async def _keep_devices(self) -> None:
        while True:
            await asyncio.sleep(REVALIDATE)
            try:
                await self.revalidate()
            except DomainError as error:
                self._service.failed(error)  # asked again next time

    async def revalidate(self) -> None:
        """Close the sockets of devices that ended without a word reaching this node."""
        by_device: dict[DeviceId, list[Connection]] = {}
        for connection in self._open:
            if connection.state.is_greeted:
                by_device.setdefault(connection.device, []).append(connection)
        devices = list(by_device)
        for start in range(0, len(devices), 500):
            chunk = devices[start : start + 500]
            alive = await self._service.run(self._service.use.alive_devices, chunk)
            for device in set(chunk) - alive:
                for connection in by_device[device]:
                    connection.end()

    async def drain(self, seconds: float, *, hurry: asyncio.Event) -> None:
        """Send every client away, spread over *seconds*, then close what is still here.

        Once *hurry* is set nobody is waited for.
        """
        frame = encode_drain(0, round(seconds * 1000))
        for connection in tuple(self._open):
            connection.push(frame)
        waits = [asyncio.ensure_future(each.wait()) for each in (self._emptied, hurry)]
        await asyncio.wait(waits, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        for wait in waits:
            wait.cancel()
        for connection in tuple(self._open):
            connection.close(CloseCode.DRAINING, "draining")
