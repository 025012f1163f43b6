"""Presence, bus and rate limits on a Redis Cluster whose topology changes."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator

import pytest
from redis.crc import key_slot

from parlour.adapters.redis import open_bus, open_limiter, open_presence
from parlour.domain.kernel.errors import Unavailable
from parlour.domain.kernel.ids import SessionId, UserId
from parlour.domain.kernel.limits import Rate
from parlour.domain.presence import Lease
from tests.integration.redis.conftest import Node
from tests.support import builders as b
from tests.support.concurrency import until
from tests.support.fakes import SECOND
from tests.support.programs import WAIVED
from tests.support.redis_bus import RedisAddress
from tests.support.redis_cluster import RedisCluster

TOPICS = [f"c.{number}" for number in range(60)]


@pytest.fixture
def cluster() -> Iterator[RedisCluster]:
    if "redis" in WAIVED:
        pytest.skip("redis is waived by PARLOUR_TEST_WAIVE")
    with RedisCluster() as cluster:
        yield cluster


@pytest.fixture(params=[True, False], ids=["direct", "by the client"])
def settings(cluster: RedisCluster, request: pytest.FixtureRequest) -> RedisAddress:
    return RedisAddress(url=cluster.url, cluster=True, direct=request.param)


@pytest.fixture
async def nodes(settings: RedisAddress) -> AsyncIterator[list[Node]]:
    """Two nodes; both follow all topics."""
    nodes = [Node(bus=open_bus(settings)) for _ in range(2)]
    for node in nodes:
        await node.bus.start(node.ear)
        await node.bus.follow(TOPICS)
    await until(lambda: all(node.bus.is_connected for node in nodes))
    yield nodes
    for node in nodes:
        await node.bus.close()


def slot_of(topic: str) -> int:
    return int(key_slot(b"parlour:bus:" + topic.encode()))


async def carries_all(nodes: list[Node], payload: bytes) -> None:
    here, there = nodes
    expected = {(topic, payload) for topic in TOPICS}
    async with asyncio.timeout(60):
        while not expected <= set(there.ear.heard):
            here.bus.publish([*expected])
            await asyncio.sleep(0.05)


class TestBus:
    async def test_carries_topics_of_every_server(
        self, nodes: list[Node], cluster: RedisCluster
    ) -> None:
        here, there = nodes
        here.bus.publish([(topic, b"x") for topic in TOPICS])

        await until(lambda: {topic for topic, _ in there.ear.heard} == set(TOPICS))
        assert there.ear.gaps == 0
        for server in cluster.primaries:
            assert cluster.ask(server, "PUBSUB", "SHARDCHANNELS")

    async def test_follows_a_slot_that_moves_to_another_server(
        self, nodes: list[Node], cluster: RedisCluster
    ) -> None:
        here, there = nodes
        topic = next(topic for topic in TOPICS if slot_of(topic) < 5_461)
        await asyncio.to_thread(cluster.move, slot_of(topic), cluster.primaries[2])

        await until(lambda: here.ear.gaps and there.ear.gaps)
        await there.hears(here, topic, b"moved")
        await carries_all(nodes, b"after")
        assert cluster.owner(slot_of(topic)) is cluster.primaries[2]

    async def test_follows_a_replica_that_is_promoted(
        self, nodes: list[Node], cluster: RedisCluster
    ) -> None:
        first, replica = cluster.servers[0], cluster.servers[3]
        first.kill()
        await until(lambda: not any(node.bus.is_connected for node in nodes))
        await until(lambda: all(node.bus.is_connected and node.ear.gaps for node in nodes))

        assert cluster.owner(0) is replica
        await carries_all(nodes, b"after")

    async def test_reports_a_server_that_is_no_cluster(
        self, nodes: list[Node], cluster: RedisCluster
    ) -> None:
        nodes[0].bus.check()
        for server in cluster.servers:
            server.kill()
        await until(lambda: not nodes[0].bus.is_connected)

        with pytest.raises(Unavailable, match="ConnectionError"):
            nodes[0].bus.check()

    async def test_starts_before_the_cluster_does(
        self, settings: RedisAddress, cluster: RedisCluster
    ) -> None:
        for server in cluster.servers:
            server.pause()
        node = Node(bus=open_bus(settings))
        await node.bus.start(node.ear)
        await node.bus.follow(TOPICS)
        node.bus.publish([("c.1", b"dropped")])
        for server in cluster.servers:
            server.resume()

        await until(lambda: node.bus.is_connected and node.ear.gaps)
        await carries_all([node, node], b"after")
        assert node.bus.dropped >= 1
        await node.bus.close()


class TestPresence:
    def test_spans_the_cluster_and_survives_a_failover(
        self, settings: RedisAddress, cluster: RedisCluster
    ) -> None:
        presence = open_presence(settings)
        users = [UserId(b.next_id()) for _ in range(60)]
        leases = [Lease(user, SessionId(b.next_id())) for user in users]
        presence.hold(leases, 600 * SECOND)
        found = presence.read(users)
        assert [found[each.user].leases for each in leases] == [(each,) for each in leases]
        assert all(cluster.ask(server, "DBSIZE") > 5 for server in cluster.primaries)
        cluster.servers[0].kill()

        deadline = time.monotonic() + 60
        while True:
            try:
                presence.hold(leases, 600 * SECOND)
                break
            except Unavailable:
                assert time.monotonic() < deadline
                time.sleep(0.1)
        found = presence.read(users)
        assert [found[each.user].leases for each in leases] == [(each,) for each in leases]
        presence.check()
        presence.close()


def test_limits_are_counted_by_the_cluster(settings: RedisAddress) -> None:
    limiters = [open_limiter(settings) for _ in range(2)]
    rate = Rate(per_second=0.01, burst=2)
    for key in ("alice", "bob", "{carol}", "dave:1"):
        granted = [limiters[n % 2].take(key, rate) is None for n in range(4)]
        assert granted == [True, True, False, False]
    for limiter in limiters:
        limiter.close()
