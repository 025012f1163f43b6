"""The bus reconnects by itself after every kind of outage, and reports what it missed as a gap."""

import asyncio
import logging

import pytest
import redis

from parlour.adapters.redis import open_bus
from tests.integration.redis.conftest import Node
from tests.support.concurrency import until
from tests.support.redis_bus import RecordingListener, RedisAddress
from tests.support.servers import RedisServer


def connected(nodes: list[Node]) -> bool:
    return all(node.bus.is_connected for node in nodes)


def hears(node: Node) -> bool:
    return all(each.receiver.is_up for each in node.bus._connections.values())


async def carries_again(nodes: list[Node]) -> None:
    here, there = nodes
    await until(lambda: connected(nodes) and there.ear.gaps)
    await there.hears(here, "c.1", b"after")


class TestRedisIsDown:
    async def test_all_topics_are_received_again_after_a_restart(
        self, nodes: list[Node], own_redis: RedisServer
    ) -> None:
        await asyncio.to_thread(own_redis.restart)

        await carries_again(nodes)

    async def test_reconnects_after_redis_was_killed(
        self, nodes: list[Node], own_redis: RedisServer
    ) -> None:
        own_redis.kill()
        await until(lambda: not any(node.bus.is_connected for node in nodes))
        await asyncio.sleep(2)
        await asyncio.to_thread(own_redis.start)

        await carries_again(nodes)

    @pytest.mark.soak
    async def test_reconnects_after_a_long_outage(
        self, nodes: list[Node], own_redis: RedisServer
    ) -> None:
        own_redis.kill()
        await asyncio.sleep(25)
        await asyncio.to_thread(own_redis.start)

        await carries_again(nodes)

    async def test_start_does_not_wait_for_redis(self, own_redis: RedisServer) -> None:
        own_redis.kill()
        node = Node(bus=open_bus(RedisAddress(url=own_redis.url)))
        async with asyncio.timeout(20):
            await node.bus.start(node.ear)
            await node.bus.follow(["c.1"])
        assert not node.bus.is_connected
        await asyncio.to_thread(own_redis.start)

        await until(lambda: node.bus.is_connected and node.ear.gaps)
        await node.hears(node, "c.1", b"at last")
        await node.bus.close()

    async def test_the_queue_of_frames_is_bounded(
        self, nodes: list[Node], own_redis: RedisServer
    ) -> None:
        here = nodes[0]
        own_redis.kill()
        await until(lambda: not connected(nodes))
        here.bus.publish([("c.1", b"%d" % number) for number in range(30_000)])
        assert here.bus.dropped >= 20_000
        many = here.bus.dropped
        here.bus.publish([("c.1", bytes(1 << 20))] * 40)
        assert here.bus.dropped >= many + 10_000
        await asyncio.to_thread(own_redis.start)

        await carries_again(nodes)

    async def test_old_frames_are_not_published_after_an_outage(
        self, nodes: list[Node], own_redis: RedisServer
    ) -> None:
        here, there = nodes
        own_redis.kill()
        await until(lambda: not any(node.bus.is_connected for node in nodes))
        here.bus.publish([("c.1", b"old")])
        await asyncio.sleep(2.1)
        await asyncio.to_thread(own_redis.start)

        await carries_again(nodes)
        assert ("c.1", b"old") not in there.ear.heard

    async def test_topics_followed_during_an_outage_are_received_after_it(
        self, nodes: list[Node], own_redis: RedisServer
    ) -> None:
        here, there = nodes
        own_redis.kill()
        await until(lambda: not connected(nodes))
        await there.bus.follow([f"c.{number}" for number in range(2_000)])
        there.bus.unfollow(["c.7"])
        await asyncio.to_thread(own_redis.start)

        await carries_again(nodes)
        await there.hears(here, "c.1999", b"new")
        here.bus.publish([("c.7", b"not any more"), ("c.8", b"last")])
        await until(lambda: ("c.8", b"last") in there.ear.heard)
        assert ("c.7", b"not any more") not in there.ear.heard


class TestRedisHangs:
    async def test_is_noticed_although_connections_stay_open(
        self, nodes: list[Node], own_redis: RedisServer
    ) -> None:
        own_redis.pause()
        await until(lambda: not any(hears(node) for node in nodes))
        assert not any(node.bus.is_connected for node in nodes)
        own_redis.resume()

        await carries_again(nodes)

    async def test_no_frame_arrives_twice_or_out_of_order(
        self, nodes: list[Node], own_redis: RedisServer
    ) -> None:
        here, there = nodes
        number = 0
        for seconds in (0.3, 1.5, 3.5):
            own_redis.pause()
            for _ in range(int(seconds * 100)):
                here.bus.publish([("c.1", b"%d" % number)])
                number += 1
                await asyncio.sleep(0.01)
            own_redis.resume()
            await until(lambda: connected(nodes))
            await there.hears(here, "c.1", b"%d" % (number + 1_000_000))
        heard = [int(payload) for _, payload in there.ear.heard if len(payload) < 7]

        assert heard == sorted(set(heard))

    async def test_publish_and_follow_do_not_wait_for_redis(
        self, nodes: list[Node], own_redis: RedisServer
    ) -> None:
        own_redis.pause()
        async with asyncio.timeout(20):
            for number in range(3):
                nodes[0].bus.publish([("c.1", b"x")])
                await nodes[1].bus.follow([f"other.{number}"])
        own_redis.resume()

        await until(lambda: connected(nodes))


class TestOperatorActions:
    @pytest.mark.parametrize("kind", ["pubsub", "normal"])
    async def test_killed_connections_are_opened_again(
        self, nodes: list[Node], operator: redis.Redis, kind: str
    ) -> None:
        assert operator.client_kill_filter(_type=kind, skipme=True) == 2
        if kind == "pubsub":
            await carries_again(nodes)
        else:
            await nodes[1].hears(nodes[0], "c.1", b"after")
            await until(lambda: connected(nodes))

    async def test_flushing_redis_makes_no_difference(
        self, nodes: list[Node], operator: redis.Redis
    ) -> None:
        here, there = nodes
        operator.flushall()
        here.bus.publish([("c.1", b"after")])

        await until(lambda: there.ear.heard == [("c.1", b"after")])
        assert there.ear.gaps == 0

    async def test_a_slow_node_is_disconnected_by_redis_and_reconnects(
        self, nodes: list[Node], operator: redis.Redis
    ) -> None:
        operator.config_set("client-output-buffer-limit", "pubsub 64kb 64kb 1")
        # Nobody reads meanwhile: this is the loop on which both nodes live.
        for _ in range(400):
            operator.spublish("parlour:bus:c.1", bytes(100_000))

        await carries_again(nodes)

    async def test_a_redis_without_memory_makes_no_difference(
        self, nodes: list[Node], operator: redis.Redis
    ) -> None:
        here, there = nodes
        operator.config_set("maxmemory", "1mb")
        with pytest.raises(redis.exceptions.OutOfMemoryError):
            operator.set("key", "value")
        here.bus.publish([("c.1", b"after")])

        await until(lambda: there.ear.heard == [("c.1", b"after")])

    async def test_a_replica_is_not_used_until_it_is_a_primary_again(
        self, nodes: list[Node], operator: redis.Redis
    ) -> None:
        operator.replicaof("127.0.0.1", 1)
        await until(lambda: not any(node.bus.is_connected for node in nodes))
        operator.replicaof("NO", "ONE")

        await carries_again(nodes)

    async def test_a_wrong_password_is_logged_once_until_it_is_right_again(
        self, nodes: list[Node], operator: redis.Redis, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.INFO, "parlour.adapters.redis")
        operator.config_set("requirepass", "changed")
        for kind in ("pubsub", "normal"):
            operator.client_kill_filter(_type=kind, skipme=True)

        def said(word: str) -> int:
            return len([line for line in caplog.messages if word in line])

        # Two nodes, two connections each.
        await until(lambda: said("uthentication") >= 4)
        await asyncio.sleep(3)  # time for several attempts
        refused = said("uthentication")
        operator.config_set("requirepass", "")

        await carries_again(nodes)
        await until(lambda: said("back") >= 4)
        assert (refused, said("back")) == (4, 4)


class TestCallers:
    async def test_that_are_cancelled_break_nothing(self, nodes: list[Node]) -> None:
        here, there = nodes
        for turns in range(40):
            task = asyncio.create_task(there.bus.follow([f"t.{turns}.{n}" for n in range(20)]))
            for _ in range(turns % 8):
                await asyncio.sleep(0)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        await there.bus.follow([f"t.{turns}.{n}" for turns in range(40) for n in range(20)])
        expected = [(f"t.{turns}.{n}", b"x") for turns in range(40) for n in range(20)]
        here.bus.publish(expected)

        await until(lambda: len(there.ear.heard) == len(expected))
        assert there.ear.heard == expected
        assert there.ear.gaps == 0

    async def test_that_raise_on_a_frame_do_not_stop_the_bus(
        self, own_redis: RedisServer, caplog: pytest.LogCaptureFixture
    ) -> None:
        class Clumsy(RecordingListener):
            def frame(self, topic: str, payload: bytes) -> None:
                if payload == b"bad":
                    raise ValueError("clumsy")
                super().frame(topic, payload)

        node = Node(bus=open_bus(RedisAddress(url=own_redis.url)), ear=Clumsy())
        await node.bus.start(node.ear)
        await node.bus.follow(["c.1"])
        node.bus.publish([("c.1", b"bad")])
        await until(lambda: node.ear.gaps)
        await node.hears(node, "c.1", b"good")

        assert "clumsy" in caplog.text
        await node.bus.close()


class TestClose:
    @pytest.mark.parametrize("state", ["connected", "frozen", "gone"])
    async def test_leaves_no_connection_and_no_task_behind(
        self, own_redis: RedisServer, state: str
    ) -> None:
        before = asyncio.all_tasks()
        node = Node(bus=open_bus(RedisAddress(url=own_redis.url)))
        await node.bus.start(node.ear)
        await node.bus.follow(["c.1"])
        if state == "frozen":
            own_redis.pause()
        if state == "gone":
            own_redis.kill()
            await until(lambda: not node.bus.is_connected)
        node.bus.publish([("c.1", b"x")] * 1_000)
        async with asyncio.timeout(20):
            await node.bus.close()

        assert asyncio.all_tasks() == before
        if state != "gone":
            own_redis.resume()
            with redis.Redis.from_url(own_redis.url) as client:
                await until(lambda: len(client.client_list()) == 1)
