"""The bus on Redis: sharded publish/subscribe, kept alive through whatever Redis does."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from contextlib import suppress
from functools import partial

from parlour.adapters.redis.bus_connection import Link
from parlour.adapters.redis.connection_factory import Address, ConnectionFactory, RedisSettings
from parlour.adapters.redis.connection_health import Standing
from parlour.adapters.redis.receiver import Subscription
from parlour.adapters.redis.supervising import supervise
from parlour.adapters.redis.topology import Cluster, SingleServer, Topology
from parlour.domain.kernel.broadcast import Bus, Listener
from parlour.domain.kernel.errors import Unavailable

_CONFIRM_SECONDS = 1.0
_RELOAD_SECONDS = 0.25


class RedisBus(Bus):
    """Carries frames between nodes by sharded channels, one channel a topic.

    Frames of one topic arrive in the order in which a node published them; a node hears its own.
    A frame is published once at most: what may have been published is never sent again, and what
    cannot be sent within two seconds is dropped. After an interruption, whatever it was, and once
    all topics are heard again, the listener is told of a gap. Connections are made anew for ever,
    at intervals that grow to two seconds.

    All methods belong to the loop on which `start` ran, `publish` too.
    """

    def __init__(self, settings: RedisSettings) -> None:
        self._dialler = ConnectionFactory(settings)
        self._topology: Topology = Cluster(self._dialler) if settings.cluster else SingleServer()
        self._prefix = f"{settings.prefix}:bus:".encode()
        self._listener: Listener | None = None
        self._followed: dict[str, Subscription] = {}
        self._homes: dict[Subscription, Link] = {}
        self._links: dict[Address, Link] = {}
        self._is_stale = asyncio.Event()
        self._is_up = asyncio.Event()
        self._knowing = Standing("bus")
        self._steering: asyncio.Task[None] | None = None
        self._dropped = 0

    async def start(self, listener: Listener) -> None:
        self._listener = listener
        self._is_stale.set()
        self._steering = asyncio.create_task(
            supervise(self._steer, self._knowing, self._is_stale.set), name="bus"
        )
        await _at_most(_CONFIRM_SECONDS, [self._is_up])

    async def close(self) -> None:
        ending = [task for link in self._links.values() for task in link.stop()]
        if self._steering is not None:
            self._steering.cancel()
            ending.append(self._steering)
        self._listener = None
        self._links.clear()
        self._homes.clear()
        self._followed.clear()
        self._is_up.clear()
        await asyncio.gather(*ending, return_exceptions=True)

    def publish(self, frames: Sequence[tuple[str, bytes]]) -> None:
        prefix, links, home = self._prefix, self._links, self._topology.home
        if not links:
            self._dropped += len(frames)
            return
        for topic, payload in frames:
            channel = prefix + topic.encode("ascii")
            links[home(channel)].sender.put(channel, payload)

    async def follow(self, topics: Collection[str]) -> None:
        new = [
            Subscription(topic, self._prefix + topic.encode("ascii"))
            for topic in dict.fromkeys(topics)
            if topic not in self._followed
        ]
        self._followed.update((each.topic, each) for each in new)
        self._bring_home(new)
        # While Redis is away there is nothing to wait for: the gap will be told when it is back.
        waiting = [held for topic in topics if not (held := self._followed[topic].held).is_set()]
        if waiting and self.is_connected:
            await _at_most(_CONFIRM_SECONDS, waiting)

    def unfollow(self, topics: Collection[str]) -> None:
        for topic in topics:
            subscription = self._followed.pop(topic, None)
            link = self._homes.pop(subscription, None) if subscription else None
            if subscription and link:
                link.receiver.unfollow(subscription)

    @property
    def is_connected(self) -> bool:
        return self._is_up.is_set()

    @property
    def dropped(self) -> int:
        """How many frames were given up before they were published."""
        return self._dropped + sum(link.sender.dropped for link in self._links.values())

    def check(self) -> None:
        """Raise `Unavailable`, saying what is wrong, where frames are not carried now."""
        if not self.is_connected:
            troubles = (self._knowing.trouble, *(link.trouble for link in self._links.values()))
            raise Unavailable(next(filter(None, troubles), None))

    async def _steer(self) -> None:
        """Have a link to each server that carries channels, and each topic at home on one."""
        while True:
            await self._is_stale.wait()
            self._is_stale.clear()
            await self._topology.load()
            self._knowing.good()
            servers = self._topology.servers()
            for address in servers - self._links.keys():
                self._links[address] = self._open(address)
            left = [self._links.pop(address) for address in self._links.keys() - servers]
            self._dropped += sum(link.sender.dropped for link in left)
            ending = [task for link in left for task in link.stop()]
            self._bring_home(self._followed.values(), self._tell_gap)
            self._look()
            await asyncio.gather(*ending, return_exceptions=True)
            await asyncio.sleep(_RELOAD_SECONDS)

    def _open(self, address: Address) -> Link:
        if self._listener is None:
            raise RuntimeError("the bus is not started")
        dial = partial(self._dialler.connection, address)
        return Link(dial, self._listener, on_change=self._look, on_moved=self._moved)

    def _bring_home(
        self, subscriptions: Iterable[Subscription], then: Callable[[], None] | None = None
    ) -> None:
        """Have each followed where it is at home; a link calls *then* once it has its new ones."""
        if not self._links:
            return
        arriving: dict[Link, list[Subscription]] = defaultdict(list)
        for each in subscriptions:
            link = self._links[self._topology.home(each.channel)]
            former = self._homes.get(each)
            if former is not link:
                if former is not None:
                    former.receiver.unfollow(each)
                self._homes[each] = link
                arriving[link].append(each)
        for link, its in arriving.items():
            link.receiver.follow(its, then)

    def _look(self) -> None:
        if self._links and all(link.is_up for link in self._links.values()):
            self._is_up.set()
        else:
            self._is_up.clear()
            # Perhaps a server is gone for good, and others carry its channels.
            self._is_stale.set()

    def _moved(self, subscription: Subscription | None) -> None:
        if subscription is not None:
            self._homes.pop(subscription, None)
        self._is_stale.set()

    def _tell_gap(self) -> None:
        if self._listener is not None:
            self._listener.gap()


async def _at_most(seconds: float, events: Iterable[asyncio.Event]) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            for event in events:
                await event.wait()
