"""The bus: frames reach the other nodes that follow their topic."""

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest

from parlour.domain.kernel.broadcast import Bus, Listener

Frames = list[tuple[str, bytes]]


class RecordingListener(Listener):
    """Remembers what it received."""

    def __init__(self) -> None:
        self.heard: Frames = []
        self.gaps = 0

    def frame(self, topic: str, payload: bytes) -> None:
        self.heard.append((topic, payload))

    def gap(self) -> None:
        self.gaps += 1

    async def until(self, *frames: tuple[str, bytes]) -> Frames:
        """Wait until all *frames* were heard; return everything that was."""
        await eventually(lambda: set(frames) <= set(self.heard))
        return self.heard


class Node:
    """A bus and its listener."""

    def __init__(self, bus: Bus) -> None:
        self.bus = bus
        self.ear = RecordingListener()


async def eventually(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while not holds():
            await asyncio.sleep(0.005)


@pytest.fixture
async def nodes(new_bus: Callable[[], Bus]) -> AsyncIterator[list[Node]]:
    """Three nodes of one service."""
    nodes = [Node(new_bus()) for _ in range(3)]
    for node in nodes:
        await node.bus.start(node.ear)
    await eventually(lambda: all(node.bus.is_connected for node in nodes))
    yield nodes
    for node in nodes:
        await node.bus.close()


class TestBus:
    async def test_carries_frames_to_every_node_that_follows(self, nodes: list[Node]) -> None:
        here, there, elsewhere = nodes
        for node in (there, elsewhere):
            await node.bus.follow(["c.1", "c.2"])
        here.bus.publish([("c.1", b"one"), ("c.2", b"two")])

        for node in (there, elsewhere):
            assert [("c.1", b"one"), ("c.2", b"two")] == await node.ear.until(("c.2", b"two"))

    async def test_carries_nothing_of_other_topics(self, nodes: list[Node]) -> None:
        here, there, elsewhere = nodes
        await there.bus.follow(["c.1"])
        await elsewhere.bus.follow(["c.10", "c"])
        here.bus.publish([("c.10", b"not for there"), ("c.1", b"for there"), ("c", b"")])

        assert [("c.1", b"for there")] == await there.ear.until(("c.1", b"for there"))
        heard = await elsewhere.ear.until(("c.10", b"not for there"), ("c", b""))
        assert {("c.10", b"not for there"), ("c", b"")} == set(heard)

    async def test_keeps_the_order_of_a_topic(self, nodes: list[Node]) -> None:
        here, there, _ = nodes
        await there.bus.follow(["c.1"])
        frames = [("c.1", str(number).encode()) for number in range(1_000)]
        for start in range(0, 1_000, 100):
            here.bus.publish(frames[start : start + 100])

        assert frames == await there.ear.until(frames[-1])

    @pytest.mark.parametrize(
        "payload", [b"", b"\0\r\n\xff", bytes(range(256)) * 256], ids=["empty", "binary", "large"]
    )
    async def test_carries_any_bytes(self, nodes: list[Node], payload: bytes) -> None:
        here, there, _ = nodes
        await there.bus.follow(["c.1"])
        here.bus.publish([("c.1", payload)])

        assert [("c.1", payload)] == await there.ear.until(("c.1", payload))

    async def test_carries_both_ways(self, nodes: list[Node]) -> None:
        here, there, _ = nodes
        for node in (here, there):
            await node.bus.follow(["c.1"])
        here.bus.publish([("c.1", b"ping")])
        await there.ear.until(("c.1", b"ping"))
        there.bus.publish([("c.1", b"pong")])

        assert ("c.1", b"pong") in await here.ear.until(("c.1", b"pong"))


class TestFollow:
    async def test_returns_once_the_topic_is_followed(self, nodes: list[Node]) -> None:
        here, there, _ = nodes
        for number in range(20):
            await there.bus.follow([f"c.{number}"])
            here.bus.publish([(f"c.{number}", b"")])
        expected = [(f"c.{number}", b"") for number in range(20)]

        assert expected == sorted(await there.ear.until(*expected), key=expected.index)

    async def test_of_a_followed_topic_delivers_frames_once(self, nodes: list[Node]) -> None:
        here, there, _ = nodes
        await there.bus.follow(["c.1"])
        await there.bus.follow(["c.1", "c.2"])
        here.bus.publish([("c.1", b"one"), ("c.2", b"last")])

        assert [("c.1", b"one"), ("c.2", b"last")] == await there.ear.until(("c.2", b"last"))

    async def test_of_no_topics_returns(self, nodes: list[Node]) -> None:
        await nodes[0].bus.follow([])
        nodes[0].bus.unfollow([])
        nodes[0].bus.publish([])

    async def test_ends_with_unfollow(self, nodes: list[Node]) -> None:
        here, there, _ = nodes
        await there.bus.follow(["c.1", "c.2"])
        there.bus.unfollow(["c.1", "c.unknown"])
        await there.bus.follow(["c.3"])
        here.bus.publish([("c.1", b"gone"), ("c.2", b"kept"), ("c.3", b"last")])
        heard = await there.ear.until(("c.2", b"kept"), ("c.3", b"last"))

        assert ("c.1", b"gone") not in heard

    async def test_after_unfollow_follows_again(self, nodes: list[Node]) -> None:
        here, there, _ = nodes
        await there.bus.follow(["c.1"])
        there.bus.unfollow(["c.1"])
        await there.bus.follow(["c.1"])
        here.bus.publish([("c.1", b"back")])

        assert [("c.1", b"back")] == await there.ear.until(("c.1", b"back"))


class TestClose:
    async def test_stops_delivery(self, nodes: list[Node]) -> None:
        here, there, elsewhere = nodes
        for node in (there, elsewhere):
            await node.bus.follow(["c.1"])
        await there.bus.close()
        here.bus.publish([("c.1", b"late")])
        await elsewhere.ear.until(("c.1", b"late"))

        assert [] == there.ear.heard
        assert not there.bus.is_connected

    async def test_drops_queued_frames(self, nodes: list[Node]) -> None:
        here, there, _ = nodes
        await there.bus.follow(["c.1"])
        here.bus.publish([("c.1", b"on its way")])
        await there.bus.close()
        heard = len(there.ear.heard)
        await asyncio.sleep(0)

        assert heard == len(there.ear.heard)

    async def test_may_be_called_twice(self, nodes: list[Node]) -> None:
        await nodes[0].bus.close()
        await nodes[0].bus.close()

        assert not nodes[0].bus.is_connected

    async def test_of_a_bus_that_never_started_is_harmless(
        self, new_bus: Callable[[], Bus]
    ) -> None:
        bus = new_bus()
        assert not bus.is_connected
        await bus.close()
