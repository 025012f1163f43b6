"""The bus on Redis: sharded publish/subscribe (SPUBLISH, SSUBSCRIBE) that always reconnects."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from contextlib import suppress
from functools import partial

from parlour.adapters.redis.bus_connection import BusConnection
from parlour.adapters.redis.connection_factory import Address, ConnectionFactory, RedisSettings
from parlour.adapters.redis.connection_health import ConnectionHealth, supervise
from parlour.adapters.redis.receiver import TopicSubscription
from parlour.adapters.redis.reply_reader import ClientReplyReader, DirectReplyReader
from parlour.adapters.redis.topology import Cluster, SingleServer, Topology
from parlour.domain.kernel.broadcast import Bus, Listener
from parlour.domain.kernel.errors import Unavailable

_CONFIRM_SECONDS = 1.0
_RELOAD_SECONDS = 0.25


class RedisBus(Bus):
    """Carries frames between nodes through sharded channels, one channel for each topic.

    Frames of one topic arrive in the order in which a node published them; a node also receives
    its own. Delivery is at most once: a frame that may have been published is never sent again,
    and one that cannot be sent within two seconds is dropped. After any interruption, once all
    topics are subscribed again, the listener is told of a gap. Lost connections are opened again
    for ever, with pauses of at most two seconds.

    Call every method, `publish` too, on the event loop on which `start` ran.
    """

    def __init__(self, settings: RedisSettings) -> None:
        self._factory = ConnectionFactory(settings)
        self._reply_reader = DirectReplyReader if settings.direct else ClientReplyReader
        self._topology: Topology = Cluster(self._factory) if settings.cluster else SingleServer()
        self._prefix = f"{settings.prefix}:bus:".encode()
        self._listener: Listener | None = None
        self._followed: dict[str, TopicSubscription] = {}
        self._carriers: dict[TopicSubscription, BusConnection] = {}
        self._connections: dict[Address, BusConnection] = {}
        self._is_stale = asyncio.Event()
        self._is_up = asyncio.Event()
        self._health = ConnectionHealth("bus")
        self._managing: asyncio.Task[None] | None = None
        self._dropped = 0

    async def start(self, listener: Listener) -> None:
        self._listener = listener
        self._is_stale.set()
        self._managing = asyncio.create_task(
            supervise(self._manage, self._health, self._is_stale.set), name="bus"
        )
        await _at_most(_CONFIRM_SECONDS, [self._is_up])

    async def close(self) -> None:
        tasks = [task for connection in self._connections.values() for task in connection.stop()]
        if self._managing is not None:
            self._managing.cancel()
            tasks.append(self._managing)
        self._listener = None
        self._connections.clear()
        self._carriers.clear()
        self._followed.clear()
        self._is_up.clear()
        await asyncio.gather(*tasks, return_exceptions=True)

    def publish(self, frames: Sequence[tuple[str, bytes]]) -> None:
        prefix, connections, server_of = self._prefix, self._connections, self._topology.server_of
        if not connections:
            self._dropped += len(frames)
            return
        for topic, payload in frames:
            channel = prefix + topic.encode("ascii")
            connections[server_of(channel)].sender.put(channel, payload)

    async def follow(self, topics: Collection[str]) -> None:
        new = [
            TopicSubscription(topic, self._prefix + topic.encode("ascii"))
            for topic in dict.fromkeys(topics)
            if topic not in self._followed
        ]
        self._followed.update((each.topic, each) for each in new)
        self._assign(new)
        # While Redis is away nothing is waited for: a gap is reported when it is back.
        waiting = [held for topic in topics if not (held := self._followed[topic].held).is_set()]
        if waiting and self.is_connected:
            await _at_most(_CONFIRM_SECONDS, waiting)

    def unfollow(self, topics: Collection[str]) -> None:
        for topic in topics:
            subscription = self._followed.pop(topic, None)
            connection = self._carriers.pop(subscription, None) if subscription else None
            if subscription and connection:
                connection.receiver.unfollow(subscription)

    @property
    def is_connected(self) -> bool:
        return self._is_up.is_set()

    @property
    def dropped(self) -> int:
        """How many frames were dropped before they were published."""
        return self._dropped + sum(
            connection.sender.dropped for connection in self._connections.values()
        )

    def check(self) -> None:
        """Raise `Unavailable`, with the reason, while frames are not carried."""
        if not self.is_connected:
            problems = (
                self._health.problem,
                *(connection.problem for connection in self._connections.values()),
            )
            raise Unavailable(next(filter(None, problems), None))

    async def _manage(self) -> None:
        """Keep a connection to each server with channels, and each topic assigned to one."""
        while True:
            await self._is_stale.wait()
            self._is_stale.clear()
            await self._topology.load()
            self._health.record_success()
            servers = self._topology.servers()
            for address in servers - self._connections.keys():
                self._connections[address] = self._open(address)
            left = [
                self._connections.pop(address) for address in self._connections.keys() - servers
            ]
            self._dropped += sum(connection.sender.dropped for connection in left)
            tasks = [task for connection in left for task in connection.stop()]
            self._assign(self._followed.values(), self._report_gap)
            self._update_state()
            await asyncio.gather(*tasks, return_exceptions=True)
            await asyncio.sleep(_RELOAD_SECONDS)

    def _open(self, address: Address) -> BusConnection:
        if self._listener is None:
            raise RuntimeError("the bus is not started")
        open_connection = partial(self._factory.connection, address)
        return BusConnection(
            open_connection,
            self._reply_reader,
            self._listener,
            on_change=self._update_state,
            on_moved=self._moved,
        )

    def _assign(
        self, subscriptions: Iterable[TopicSubscription], then: Callable[[], None] | None = None
    ) -> None:
        """Subscribe each on the server of its channel; *then* is called when that is confirmed."""
        if not self._connections:
            return
        arriving: dict[BusConnection, list[TopicSubscription]] = defaultdict(list)
        for each in subscriptions:
            connection = self._connections[self._topology.server_of(each.channel)]
            former = self._carriers.get(each)
            if former is not connection:
                if former is not None:
                    former.receiver.unfollow(each)
                self._carriers[each] = connection
                arriving[connection].append(each)
        for connection, new in arriving.items():
            connection.receiver.follow(new, then)

    def _update_state(self) -> None:
        if self._connections and all(
            connection.is_up for connection in self._connections.values()
        ):
            self._is_up.set()
        else:
            self._is_up.clear()
            # A server may be gone for good, and others carry its channels now.
            self._is_stale.set()

    def _moved(self, subscription: TopicSubscription | None) -> None:
        if subscription is not None:
            self._carriers.pop(subscription, None)
        self._is_stale.set()

    def _report_gap(self) -> None:
        if self._listener is not None:
            self._listener.gap()


async def _at_most(seconds: float, events: Iterable[asyncio.Event]) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            for event in events:
                await event.wait()
