"""The subscribing connection of the bus to one server."""

import asyncio
from collections import deque
from collections.abc import Callable, Iterable

import attrs
from redis.asyncio.connection import AbstractConnection
from redis.exceptions import InvalidResponse
from redis.exceptions import TimeoutError as NoAnswer

from parlour.adapters.redis.connection_factory import (
    ANSWER_SECONDS,
    UnusableServer,
    check_server,
    connect,
)
from parlour.adapters.redis.connection_health import ConnectionHealth, supervise, together
from parlour.adapters.redis.reply_reader import ChannelMoved, ReplyReader

_HEARTBEAT_SECONDS = 1.0
_MAX_SILENT_HEARTBEATS = 3

_FOLLOW, _UNFOLLOW, _PING = b"ssubscribe", b"sunsubscribe", b"pong"
# Packed by hand: redis-py's packing takes longer than the rest of a subscription.
_COMMANDS = {
    _FOLLOW: b"*2\r\n$10\r\nSSUBSCRIBE\r\n$%d\r\n%b\r\n",
    _UNFOLLOW: b"*2\r\n$12\r\nSUNSUBSCRIBE\r\n$%d\r\n%b\r\n",
}
_PING_COMMAND = b"*1\r\n$4\r\nPING\r\n"


@attrs.define(eq=False)
class TopicSubscription:
    """A topic that is wanted; `held` is set while a server has confirmed the subscription."""

    topic: str
    channel: bytes
    held: asyncio.Event = attrs.field(factory=asyncio.Event)


class BusReceiver:
    """Keeps channels subscribed on one connection at a time, and opens a new one when it is lost.

    A task of its own sends the commands, so that a cancelled caller breaks nothing. Each command
    has exactly one reply and replies come in order, so the queue `_asked` tells what a reply
    belongs to. *on_frame* gets (topic, payload). *on_gap* is called when every channel is
    subscribed again after an interruption, *on_change* whenever the connection opened or was lost,
    and *on_moved* for a channel that this server of a cluster does not carry any more.
    """

    def __init__(
        self,
        open_connection: Callable[[], AbstractConnection],
        reply_reader: Callable[[AbstractConnection], ReplyReader],
        *,
        on_frame: Callable[[str, bytes], None],
        on_gap: Callable[[], None],
        on_change: Callable[[], None],
        on_moved: Callable[[TopicSubscription], None],
        health: ConnectionHealth,
    ) -> None:
        self._open_connection = open_connection
        self._reply_reader = reply_reader
        self._on_frame = on_frame
        self._on_gap = on_gap
        self._on_change = on_change
        self._on_moved = on_moved
        self._health = health
        self._wanted: dict[bytes, TopicSubscription] = {}
        self._outgoing: list[bytes] = []
        self._asked: deque[tuple[bytes, bytes, Callable[[], None] | None]] = deque()
        self._wake = asyncio.Event()
        self._interruption = asyncio.Event()
        self._heard = False
        self._is_open = False
        self._was_open = False
        self.is_up = False

    async def run(self) -> None:
        """Receive until cancelled."""
        await supervise(self._session, self._health, self._lost)

    def follow(
        self, subscriptions: Iterable[TopicSubscription], then: Callable[[], None] | None = None
    ) -> None:
        """Subscribe to these; *then* is called once all of them are confirmed."""
        for each in subscriptions:
            self._wanted[each.channel] = each
            if self._is_open:
                self._ask(_FOLLOW, each.channel, each.held.set)
        if then is not None and self._is_open:
            self._ask(_PING, b"", then)

    def unfollow(self, subscription: TopicSubscription) -> None:
        """Unsubscribe."""
        if self._wanted.pop(subscription.channel, None) is not None:
            subscription.held.clear()
            if self._is_open:
                self._ask(_UNFOLLOW, subscription.channel)

    def interrupt(self) -> None:
        """End the session with a server that became a replica; another one begins."""
        self._interruption.set()

    async def _session(self) -> None:
        connection = self._open_connection()
        try:
            await connect(connection)
            await check_server(connection)
            was_interrupted = self._was_open or bool(self._wanted)
            self._is_open = self._was_open = True
            self.follow(list(self._wanted.values()), lambda: self._ready(was_interrupted))
            await together(
                self._read(connection),
                self._write(connection),
                self._heartbeat(),
                self._interrupted(),
            )
        finally:
            self._is_open = False
            await connection.disconnect(nowait=True)

    def _ready(self, was_interrupted: bool) -> None:
        self.is_up = True
        self._health.record_success()
        self._on_change()
        if was_interrupted:
            self._on_gap()

    def _lost(self) -> None:
        self.is_up = False
        self._outgoing.clear()
        self._asked.clear()
        for each in self._wanted.values():
            each.held.clear()
        self._on_change()

    async def _read(self, connection: AbstractConnection) -> None:
        replies, wanted, on_frame = self._reply_reader(connection), self._wanted, self._on_frame
        while True:
            for reply in await replies.read():
                if type(reply) is list and reply[0] == b"smessage":
                    subscription = wanted.get(reply[1])
                    if subscription is not None:
                        on_frame(subscription.topic, reply[2])
                elif isinstance(reply, ChannelMoved):
                    self._moved(self._asked.popleft()[1])
                elif isinstance(reply, Exception):
                    raise reply
                else:
                    self._answered(reply)
            self._heard = True

    def _answered(self, reply: list[bytes] | bytes) -> None:
        # PING has two kinds of reply: a push while a channel is subscribed, a plain one before.
        kind, channel = reply[:2] if isinstance(reply, list) else (reply.lower(), b"")
        asked, about, done = self._asked[0] if self._asked else (b"", b"", None)
        if (kind, channel) == (asked, about):
            self._asked.popleft()
            if done is not None:
                done()
        elif kind == _UNFOLLOW:  # unsolicited: the server does not carry the channel any more
            self._moved(channel)
        else:
            raise InvalidResponse(f"{kind!r} does not answer {asked!r}")

    def _moved(self, channel: bytes) -> None:
        subscription = self._wanted.pop(channel, None)
        if subscription is not None:
            subscription.held.clear()
            self._on_moved(subscription)

    async def _write(self, connection: AbstractConnection) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            commands, self._outgoing = self._outgoing, []
            async with asyncio.timeout(ANSWER_SECONDS):
                await connection.send_packed_command(b"".join(commands), check_health=False)

    async def _heartbeat(self) -> None:
        silent = 0
        while silent < _MAX_SILENT_HEARTBEATS:
            await asyncio.sleep(_HEARTBEAT_SECONDS)
            silent = 0 if self._heard else silent + 1
            self._heard = False
            self._ask(_PING, b"")
        raise NoAnswer(f"no answer for {_MAX_SILENT_HEARTBEATS * _HEARTBEAT_SECONDS:g} s")

    async def _interrupted(self) -> None:
        self._interruption.clear()
        await self._interruption.wait()
        raise UnusableServer("this Redis became a replica")

    def _ask(self, kind: bytes, channel: bytes, done: Callable[[], None] | None = None) -> None:
        command = _COMMANDS[kind] % (len(channel), channel) if channel else _PING_COMMAND
        self._outgoing.append(command)
        self._asked.append((kind, channel, done))
        self._wake.set()
