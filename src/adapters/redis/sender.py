"""The publishing connection of the bus to one server."""

import asyncio
from collections import deque
from collections.abc import Callable

from redis.asyncio.connection import AbstractConnection

from parlour.adapters.redis.connection_factory import (
    ANSWER_SECONDS,
    UnusableServer,
    check_server,
    connect,
)
from parlour.adapters.redis.connection_health import ConnectionHealth, supervise
from parlour.adapters.redis.reply_reader import ChannelMoved, ReplyReader

MAX_FRAMES = 10_000
MAX_BYTES = 16 << 20
# Older frames are of no use: by then the receivers have read the log from the database.
_MAX_SECONDS = 2.0
_BATCH_FRAMES = 256
_HEARTBEAT_SECONDS = 1.0
# Packed by hand: redis-py packs commands of any shape and takes five times as long.
_SPUBLISH = b"*3\r\n$8\r\nSPUBLISH\r\n$%d\r\n%b\r\n$%d\r\n%b\r\n"


class BusSender:
    """Publishes frames in order, in batches of whatever has gathered.

    The queue is bounded in frames, bytes and time, and the oldest frame is dropped first. A frame
    is written to a connection at most once: where the connection breaks before the reply, the
    frame may or may not have been published and is not sent again. *on_change* is called whenever
    the connection opened or was lost, *on_moved* for a channel that this server of a cluster does
    not carry any more, and *on_demoted* where the server became a replica.
    """

    def __init__(
        self,
        open_connection: Callable[[], AbstractConnection],
        reply_reader: Callable[[AbstractConnection], ReplyReader],
        *,
        on_change: Callable[[], None],
        on_moved: Callable[[], None],
        on_demoted: Callable[[], None],
        health: ConnectionHealth,
    ) -> None:
        self._open_connection = open_connection
        self._reply_reader = reply_reader
        self._on_change = on_change
        self._on_moved = on_moved
        self._on_demoted = on_demoted
        self._health = health
        self._waiting: deque[tuple[float, bytes, bytes]] = deque()
        self._bytes = 0
        self._wake = asyncio.Event()
        self._now = asyncio.get_running_loop().time
        self.dropped = 0
        self.is_up = False

    async def run(self) -> None:
        """Publish until cancelled."""
        await supervise(self._session, self._health, self._lost)

    def put(self, channel: bytes, payload: bytes) -> None:
        """Queue a frame; returns at once."""
        self._waiting.append((self._now() + _MAX_SECONDS, channel, payload))
        self._bytes += len(payload)
        while len(self._waiting) > MAX_FRAMES or self._bytes > MAX_BYTES:
            self._take()
            self.dropped += 1
        self._wake.set()

    async def _session(self) -> None:
        connection = self._open_connection()
        try:
            await connect(connection)
            await check_server(connection)
            replies = self._reply_reader(connection)
            self.is_up = True
            self._health.record_success()
            self._on_change()
            while True:
                commands = await self._next_commands()
                if commands:
                    await self._publish(connection, replies, commands)
                else:
                    await self._heartbeat(connection)
        finally:
            await connection.disconnect(nowait=True)

    def _lost(self) -> None:
        self.is_up = False
        self._on_change()

    async def _next_commands(self) -> list[bytes]:
        """Wait for frames and return their commands; return none after a second without any."""
        if not self._waiting:
            self._wake.clear()
            try:
                async with asyncio.timeout(_HEARTBEAT_SECONDS):
                    await self._wake.wait()
            except TimeoutError:
                return []
        now = self._now()
        commands: list[bytes] = []
        while self._waiting and len(commands) < _BATCH_FRAMES:
            deadline, channel, payload = self._take()
            if deadline >= now:
                commands.append(_SPUBLISH % (len(channel), channel, len(payload), payload))
            else:
                self.dropped += 1
        return commands

    def _take(self) -> tuple[float, bytes, bytes]:
        frame = self._waiting.popleft()
        self._bytes -= len(frame[2])
        return frame

    async def _publish(
        self, connection: AbstractConnection, replies: ReplyReader, commands: list[bytes]
    ) -> None:
        async with asyncio.timeout(ANSWER_SECONDS):
            await connection.send_packed_command(b"".join(commands), check_health=False)
            pending = len(commands)
            while pending:
                found = await replies.read()
                pending -= len(found)
                for reply in found:
                    if isinstance(reply, ChannelMoved):
                        self.dropped += 1
                        self._on_moved()
                    elif isinstance(reply, Exception):
                        raise reply

    async def _heartbeat(self, connection: AbstractConnection) -> None:
        try:
            await check_server(connection)
        except UnusableServer:
            self._on_demoted()
            raise
