"""Which server carries which channel: the only server, or the primary of the channel's slot."""

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
    """Knows the server of every channel, as of the last `load`."""

    async def load(self) -> None:
        """Ask a server for the present topology; raise one of `FAILURES` where none answers."""
        ...

    def servers(self) -> frozenset[Address]:
        """Return all servers that carry channels; empty before the first `load`."""
        ...

    def server_of(self, channel: bytes) -> Address:
        """Return the server that carries *channel*."""
        ...


class SingleServer(Topology):
    """The configured server carries every channel."""

    async def load(self) -> None:
        return

    def servers(self) -> frozenset[Address]:
        return frozenset([None])

    def server_of(self, channel: bytes) -> Address:  # noqa: ARG002 - the same for every channel
        return None


class Cluster(Topology):
    """The primaries of a Redis Cluster carry the channels, by the hash slot of their names."""

    def __init__(self, factory: ConnectionFactory) -> None:
        self._factory = factory
        self._slots: list[Address] = []

    async def load(self) -> None:
        # Any server of the cluster can tell; the configured address is tried last.
        for address in self.servers():
            try:
                self._slots = await self._ask(address)
                return
            except FAILURES:
                continue
        self._slots = await self._ask(None)

    def servers(self) -> frozenset[Address]:
        return frozenset(self._slots)

    def server_of(self, channel: bytes) -> Address:
        return self._slots[key_slot(channel)]

    async def _ask(self, address: Address) -> list[Address]:
        connection = self._factory.connection(address)
        try:
            await connect(connection)
            async with asyncio.timeout(ANSWER_SECONDS):
                await connection.send_command("CLUSTER", "SLOTS", check_health=False)
                ranges = await connection.read_response()
        finally:
            await connection.disconnect(nowait=True)
        slots: list[Address] = [None] * REDIS_CLUSTER_HASH_SLOTS
        for first, last, primary, *_ in ranges:
            # A server that does not know its own address gets the one that was used just now.
            host = primary[0].decode() if primary[0] else (address or (self._factory.host,))[0]
            slots[first : last + 1] = [(host, primary[1])] * (last - first + 1)
        if None in slots:
            raise ClusterDownError("not every slot of the cluster is served")
        return slots
