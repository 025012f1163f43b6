"""Lines that are slow, cut, swallowed, or end without a word."""

import asyncio

import psutil

from tests.faults.conftest import Start
from tests.support.fault_proxy import FaultProxy
from tests.support.judging import tried
from tests.support.listening import eventually
from tests.support.nodes import Node
from tests.support.talking import Talker, people


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
