"""Which server carries which channel: the only one there is, or the primary of its slot."""

import asyncio
from typing import Protocol

from redis.crc import REDIS_CLUSTER_HASH_SLOTS, key_slot
from redis.exceptions import ClusterDownError

from parlour.adapters.redis.connection_factory import (
    ANSWER_SECONDS,
    FAILURES,
    Address,
    ConnectionFactory,
    connect,
)


class Topology(Protocol):
    """Knows the home of every channel, as of when it was last loaded."""

    async def load(self) -> None:
        """Learn how things stand now; raise what `FAILURES` names where nobody can tell."""
        ...

    def servers(self) -> frozenset[Address]:
        """Return all servers that carry channels; none before the first `load`."""
        ...

    def home(self, channel: bytes) -> Address:
        """Return the one of them that carries *channel*."""
        ...


class SingleServer(Topology):
    """Every channel is at home on the configured server."""

    async def load(self) -> None:
        return

    def servers(self) -> frozenset[Address]:
        return frozenset([None])

    def home(self, channel: bytes) -> Address:  # noqa: ARG002 - the same for every channel
        return None


class Cluster(Topology):
    """Channels are spread over the primaries of a Redis Cluster by the slot of their name."""

    def __init__(self, dialler: ConnectionFactory) -> None:
        self._dialler = dialler
        self._slots: list[Address] = []

    async def load(self) -> None:
        # Anybody of the cluster can tell; the configured address is the one that is always known.
        for address in self.servers():
            try:
                self._slots = await self._ask(address)
                return
            except FAILURES:
                continue
        self._slots = await self._ask(None)

    def servers(self) -> frozenset[Address]:
        return frozenset(self._slots)

    def home(self, channel: bytes) -> Address:
        return self._slots[key_slot(channel)]

    async def _ask(self, address: Address) -> list[Address]:
        connection = self._dialler.connection(address)
        try:
            await connect(connection)
            async with asyncio.timeout(ANSWER_SECONDS):
                await connection.send_command("CLUSTER", "SLOTS", check_health=False)
                ranges = await connection.read_response()
        finally:
            await connection.disconnect(nowait=True)
        slots: list[Address] = [None] * REDIS_CLUSTER_HASH_SLOTS
        for first, last, primary, *_ in ranges:
            # A server that does not know its own name is reached as it was just now.
            host = primary[0].decode() if primary[0] else (address or (self._dialler.host,))[0]
            slots[first : last + 1] = [(host, primary[1])] * (last - first + 1)
        if None in slots:
            raise ClusterDownError("not every slot of the cluster is served")
        return slots
