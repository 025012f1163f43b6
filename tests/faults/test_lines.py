"""Connections that are slow, cut, drop bytes, or vanish without a close."""

import asyncio
import ctypes
import socket
import struct

import psutil

from parlour.entrypoints.websocket.direct_transport import CLOSE_TIMEOUT
from tests.faults.conftest import Start
from tests.support.concurrency import until
from tests.support.fault_proxy import FaultProxy
from tests.support.fault_trials import run_trial
from tests.support.http_client import register_all
from tests.support.nodes import Node

_SO_ATTACH_FILTER = 26
_BPF_RETURN = 0x06


def sockets(node: Node) -> int:
    """Count the connections that clients have to a node."""
    found = psutil.Process(node.pid).net_connections("tcp")
    return sum(each.status == "ESTABLISHED" and each.laddr.port == node.port for each in found)


def vanish(peer: socket.socket) -> None:
    """Let a peer be gone without a word: the kernel drops whatever comes for it (a BPF filter)."""
    drop = ctypes.create_string_buffer(struct.pack("HBBI", _BPF_RETURN, 0, 0, 0))
    peer.setsockopt(
        socket.SOL_SOCKET, _SO_ATTACH_FILTER, struct.pack("HP", 1, ctypes.addressof(drop))
    )


async def test_slow_connections_that_are_cut_again_and_again_lose_nothing(start: Start) -> None:
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

        trial = await run_trial([proxy.url], fault, seconds=1.0, sends=20)

    assert trial.verdict.outcome == "pass", str(trial.verdict)


async def test_dropped_acknowledgements_double_nothing(start: Start) -> None:
    node = start()
    async with FaultProxy(node.port) as proxy:

        async def fault() -> int:
            await asyncio.sleep(0.7)
            proxy.down.is_swallowed = True
            await asyncio.sleep(1.5)
            proxy.heal()
            return proxy.down.swallowed

        trial = await run_trial([proxy.url], fault, seconds=1.0, sends=20)

    assert trial.verdict.outcome == "pass", str(trial.verdict)
    retried = [each for each in trial.recorder.records if each.result.get("attempts", 1) > 1]
    assert retried


async def test_a_vanished_peer_is_noticed_and_its_socket_freed(start: Start) -> None:
    """Neither a FIN nor a reset comes, and nothing is acknowledged: silence is enough."""
    node = start({"WEBSOCKET__HEARTBEAT": "3s", "WEBSOCKET__HEARTBEAT_GRACE": "3s"})
    alice, bob = await register_all(node.url, "alice", "bob")
    vanished = await alice.connect()
    async with FaultProxy(node.port) as proxy:
        silent = await bob.connect(proxy.url)
        assert sockets(node) >= 2
        vanish(vanished.socket.transport.get_extra_info("socket"))
        proxy.up.is_swallowed = proxy.down.is_swallowed = True
        # The heartbeat, its grace, and a close frame that nobody takes.
        await until(lambda: sockets(node) == 0, seconds=3 + 3 + CLOSE_TIMEOUT + 20)
        assert proxy.down.swallowed > 0
        vanished.abort()
        silent.abort()
