"""All sockets of this node: opening, ticking, revoking, draining, removing."""

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
from parlour.entrypoints.websocket.outbox import WriteQueue
from parlour.entrypoints.websocket.requests import SocketRequests
from parlour.entrypoints.websocket.session import CloseCode, Session, Timing
from parlour.entrypoints.websocket.transport import Transport
from parlour.entrypoints.wire.pushes import encode_drain

log = get_logger("parlour.socket")
_is_logged = getLogger("parlour.socket").isEnabledFor

REVALIDATE_INTERVAL = 30.0
"""Seconds after which the devices of open sockets are looked up again."""

TICK = 1.0


class Connections:
    """Opens connections, applies their timers and removes them when they end."""

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

    def open(self, transport: Transport) -> Connection:
        """Make the connection of a transport whose socket is about to be accepted."""
        outbox = WriteQueue(self._settings.outbox_frames, self._settings.outbox_bytes)
        state = Session(self._timing, self._clock())
        meters = self._service.meters
        connection = Connection(
            transport, state, outbox, self._requests, self._clock, meters=meters
        )
        meters.opened += 1
        self._open.add(connection)
        self._emptied.clear()
        transport.attach(connection)
        return connection

    def forget(self, connection: Connection) -> None:
        """Remove a connection whose transport has ended."""
        if connection.state.is_welcomed and _is_logged(DEBUG):
            with bound(user=connection.user, session=connection.session):
                log.debug("socket closed")
        connection.lost()
        self._open.discard(connection)
        if not self._open:
            self._emptied.set()
        self._service.hub.unregister(connection)
        if connection.state.is_welcomed:
            self._service.own_presence.disconnect(connection.session)

    def start(self) -> None:
        """Start the timers of all connections and the periodic check of their devices."""
        keep = self._service.supervisor.keep
        keep("sockets", self._tick, is_vital=True)
        keep("devices", self._check_devices, is_vital=True)

    async def _tick(self) -> None:
        while True:
            begun = self._clock()
            await asyncio.sleep(TICK)
            now = self._clock()
            self._service.meters.loop_lag_seconds.observe(max(0.0, now - begun - TICK))
            for connection in tuple(self._open):
                try:
                    connection.tick(now)
                except Exception as error:  # noqa: BLE001 - one broken socket must not stop the others
                    self._service.failed(error)

    async def _check_devices(self) -> None:
        while True:
            await asyncio.sleep(REVALIDATE_INTERVAL)
            try:
                await self.revalidate()
            except DomainError as error:
                self._service.failed(error)  # tried again next time

    async def revalidate(self) -> None:
        """Close the sockets of ended devices whose signal this node missed."""
        by_device: dict[DeviceId, list[Connection]] = {}
        for connection in self._open:
            if connection.state.is_welcomed:
                by_device.setdefault(connection.device, []).append(connection)
        devices = list(by_device)
        for start in range(0, len(devices), 500):
            chunk = devices[start : start + 500]
            alive = await self._service.run(self._service.use.alive_devices, chunk)
            for device in set(chunk) - alive:
                for connection in by_device[device]:
                    connection.end()

    async def drain(self, seconds: float, *, hurry: asyncio.Event) -> None:
        """Tell every client to reconnect within *seconds*, then close the sockets that are left.

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
