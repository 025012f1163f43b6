"""A Redis that a test may break, and buses on it."""

import asyncio
from collections.abc import AsyncIterator, Iterator

import attrs
import pytest
import redis

from parlour.adapters.redis import RedisBus, open_bus
from tests.support.concurrency import until
from tests.support.redis_bus import RecordingListener, RedisAddress
from tests.support.servers import RedisServer


@attrs.frozen(kw_only=True)
class Node:
    """A bus and its listener."""

    bus: RedisBus
    ear: RecordingListener = attrs.field(factory=RecordingListener)

    async def hears(self, sender: "Node", topic: str, payload: bytes) -> None:
        """Let *sender* publish until this node receives it: a bus may lose frames."""
        async with asyncio.timeout(30):
            while (topic, payload) not in self.ear.heard:
                sender.bus.publish([(topic, payload)])
                await asyncio.sleep(0.05)


@pytest.fixture
def operator(own_redis: RedisServer) -> Iterator[redis.Redis]:
    """A client for what an operator does to the server."""
    with redis.Redis.from_url(own_redis.url, protocol=2) as client:
        yield client


@pytest.fixture(params=[True, False], ids=["direct", "by the client"])
async def nodes(
    own_redis: RedisServer, request: pytest.FixtureRequest
) -> AsyncIterator[list[Node]]:
    """Two nodes whose buses are connected; both follow the topic `c.1`."""
    settings = RedisAddress(url=own_redis.url, direct=request.param)
    nodes = [Node(bus=open_bus(settings)) for _ in range(2)]
    for node in nodes:
        await node.bus.start(node.ear)
        await until(lambda node=node: node.bus.is_connected)  # type: ignore[misc]
        await node.bus.follow(["c.1"])
    yield nodes
    for node in nodes:
        await node.bus.close()
