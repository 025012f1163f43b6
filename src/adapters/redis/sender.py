"""The sending half of the bus: one connection that publishes to one server."""

import asyncio
from collections import deque
from collections.abc import Callable

from redis.asyncio.connection import AbstractConnection

from parlour.adapters.redis.connection_factory import ANSWER_SECONDS, Unsuitable, connect, greet
from parlour.adapters.redis.connection_health import Standing
from parlour.adapters.redis.reply_reader import Elsewhere, ReplyReader
from parlour.adapters.redis.supervising import supervise

MAX_FRAMES = 10_000
MAX_BYTES = 16 << 20
# Older hints are of no use: whoever needed them has asked the database by then.
_MAX_SECONDS = 2.0
_BATCH_FRAMES = 256
_BEAT_SECONDS = 1.0
# Written here: the client's own packing is made for commands of any shape and costs five times as
# much, for every frame of every node.
_SPUBLISH = b"*3\r\n$8\r\nSPUBLISH\r\n$%d\r\n%b\r\n$%d\r\n%b\r\n"


class Sender:
    """Publishes what it is given, in order, as many frames at once as have gathered.

    What waits is bounded in number, bytes and time; the oldest is dropped first, since later
    frames tell more. A frame is written to a connection once at most: where the connection breaks
    before the answer, it may or may not have been published and is not sent again. *on_change* is
    called whenever the connection came or went, *on_moved* for a frame that this server of a
    cluster does not carry any more, and *on_demoted* where the server became a replica.
    """

    def __init__(
        self,
        dial: Callable[[], AbstractConnection],
        *,
        on_change: Callable[[], None],
        on_moved: Callable[[], None],
        on_demoted: Callable[[], None],
        standing: Standing,
    ) -> None:
        self._dial = dial
        self._on_change = on_change
        self._on_moved = on_moved
        self._on_demoted = on_demoted
        self._standing = standing
        self._waiting: deque[tuple[float, bytes, bytes]] = deque()
        self._bytes = 0
        self._wake = asyncio.Event()
        self._now = asyncio.get_running_loop().time
        self.dropped = 0
        self.is_up = False

    async def run(self) -> None:
        """Publish until cancelled."""
        await supervise(self._session, self._standing, self._lost)

    def put(self, channel: bytes, payload: bytes) -> None:
        """Publish this frame soon; never waits."""
        self._waiting.append((self._now() + _MAX_SECONDS, channel, payload))
        self._bytes += len(payload)
        while len(self._waiting) > MAX_FRAMES or self._bytes > MAX_BYTES:
            self._take()
            self.dropped += 1
        self._wake.set()

    async def _session(self) -> None:
        connection = self._dial()
        try:
            await connect(connection)
            await greet(connection)
            replies = ReplyReader(connection)
            self.is_up = True
            self._standing.good()
            self._on_change()
            while True:
                commands = await self._gathered()
                if commands:
                    await self._publish(connection, replies, commands)
                else:
                    await self._beat(connection)
        finally:
            await connection.disconnect(nowait=True)

    def _lost(self) -> None:
        self.is_up = False
        self._on_change()

    async def _gathered(self) -> list[bytes]:
        """Wait for frames and return them as commands; return none where none came for a while."""
        if not self._waiting:
            self._wake.clear()
            try:
                async with asyncio.timeout(_BEAT_SECONDS):
                    await self._wake.wait()
            except TimeoutError:
                return []
        now = self._now()
        commands: list[bytes] = []
        while self._waiting and len(commands) < _BATCH_FRAMES:
            soon, channel, payload = self._take()
            if soon >= now:
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
            owed = len(commands)
            while owed:
                found = await replies.read()
                owed -= len(found)
                for reply in found:
                    if isinstance(reply, Elsewhere):
                        self.dropped += 1
                        self._on_moved()
                    elif isinstance(reply, Exception):
                        raise reply

    async def _beat(self, connection: AbstractConnection) -> None:
        try:
            await greet(connection)
        except Unsuitable:
            self._on_demoted()
            raise
