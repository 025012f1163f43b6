"""Lines that are slow, cut, swallowed, or read by nobody."""

import asyncio
from time import monotonic

import psutil
import pytest

from tests.faults.conftest import Start
from tests.support.fault_proxy import FaultProxy
from tests.support.judging import apart, tried
from tests.support.listening import eventually
from tests.support.nodes import Node
from tests.support.talking import Talker, deaf_socket, direct, people


def sockets(node: Node) -> int:
    """Count the connections that clients have to a node."""
    found = psutil.Process(node.pid).net_connections("tcp")
    return sum(each.status == "ESTABLISHED" and each.laddr.port == node.port for each in found)


async def test_slow_lines_that_are_cut_again_and_again(start: Start) -> None:
    node = start()
    async with FaultProxy(node.port) as proxy:

        async def fault() -> int:
            proxy.down.latency, proxy.down.jitter = 0.02, 0.03
            proxy.up.rate = 64_000
            for _ in range(5):
                await asyncio.sleep(0.5)
                proxy.reset()
            proxy.heal()
            return proxy.bites

        trial = await tried([proxy.url], fault, seconds=1.0, sends=20)

    assert trial.verdict.outcome == "pass", str(trial.verdict)


async def test_acknowledgements_that_are_swallowed(start: Start) -> None:
    node = start()
    async with FaultProxy(node.port) as proxy:

        async def fault() -> int:
            await asyncio.sleep(0.7)
            proxy.down.is_swallowed = True
            await asyncio.sleep(1.5)
            proxy.heal()
            return proxy.down.swallowed

        trial = await tried([proxy.url], fault, seconds=1.0, sends=20)

    assert trial.verdict.outcome == "pass", str(trial.verdict)
    retried = [each for each in trial.journal.records if each.result.get("attempts", 1) > 1]
    assert retried


async def test_a_peer_that_vanished_is_given_up(start: Start) -> None:
    """Neither a FIN nor a reset comes: silence for the heartbeat and its grace is enough."""
    node = start({"WEBSOCKET__HEARTBEAT": "1s", "WEBSOCKET__HEARTBEAT_GRACE": "1s"})
    (alice,) = await people(node.url, "alice")
    async with FaultProxy(node.port) as proxy:
        talker = await Talker.enter(proxy.url, alice)
        assert sockets(node) >= 1
        proxy.up.is_swallowed = proxy.down.is_swallowed = True
        # A close handshake of 5 s that nobody answers is part of giving up.
        await eventually(lambda: sockets(node) == 0, 1 + 1 + 5 + 10)
        assert proxy.down.swallowed > 0
        talker.abort()


@pytest.mark.parametrize("readers", [10, pytest.param(1_000, marks=pytest.mark.soak)])
async def test_readers_that_stop_reading_are_sent_away_and_cost_little(
    start: Start, readers: int
) -> None:
    settings = {"WEBSOCKET__SOCKETS_PER_USER": "2000", "WEBSOCKET__OUTBOX_FRAMES": "64"}
    node = start(settings)
    alice, bob = await people(node.url, "alice", "bob")
    room = await direct(alice, bob)
    token = await bob.token()
    deaf = [await apart(lambda: deaf_socket(node.port, token)) for _ in range(readers)]
    memory = psutil.Process(node.pid).memory_info()
    talker = await Talker.enter(node.url, alice)
    slowest, before = 0.0, sockets(node)
    deadline = monotonic() + 60
    while sockets(node) > 1 and monotonic() < deadline:
        begun = monotonic()
        await asyncio.gather(talker.says(room, "x" * 4_000))
        slowest = max(slowest, monotonic() - begun)
    grown = psutil.Process(node.pid).memory_info().rss - memory.rss
    for each in deaf:
        each.close()
    talker.abort()

    assert before >= readers
    assert sockets(node) <= 1
    assert grown < readers * (1 << 20) + (32 << 20)
    assert slowest < 5.0


@pytest.mark.parametrize(
    "crowd", [100, pytest.param(2_000, marks=[pytest.mark.soak, pytest.mark.timeout(600)])]
)
async def test_a_crowd_that_is_cut_comes_back_and_holds_up_nobody(
    start: Start, crowd: int
) -> None:
    node = start({"WEBSOCKET__SOCKETS_PER_USER": "500"})
    alice, bob, carol = await people(node.url, "alice", "bob", "carol")
    room = await direct(alice, bob)
    steady = await Talker.enter(node.url, alice)
    async with FaultProxy(node.port) as proxy:
        owners = [(bob, carol)[number % 2] for number in range(min(crowd, 900))]
        talkers = [await Talker.enter(proxy.url, owner) for owner in owners]
        assert proxy.reset() == len(talkers)
        begun = monotonic()
        coming = asyncio.gather(*(Talker.enter(proxy.url, owner) for owner in owners))
        slowest = 0.0
        while not coming.done():
            asked = monotonic()
            await steady.says(room, "still there", seconds=30)
            slowest = max(slowest, monotonic() - asked)
        back = await coming

        assert len(back) == len(owners)
        assert monotonic() - begun < 60
        assert slowest < 5.0
        for each in (*talkers, *back, steady):
            each.abort()
