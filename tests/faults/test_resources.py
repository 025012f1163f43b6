"""A node that runs out of file descriptors, and recovers."""

import asyncio
import resource
from pathlib import Path

import psutil

from tests.faults.conftest import Start
from tests.support.http_client import register_all
from tests.support.nodes import Node


def allow_descriptors(node: Node, most: int | None) -> None:
    """Set how many descriptors a running node may have, None for as many as before."""
    _, hard = resource.prlimit(node.pid, resource.RLIMIT_NOFILE)
    resource.prlimit(node.pid, resource.RLIMIT_NOFILE, (hard if most is None else most, hard))


async def test_without_file_descriptors_old_connections_work_and_new_ones_wait(
    start: Start,
) -> None:
    node = start()
    alice, bob = await register_all(node.url, "alice", "bob")
    room = await alice.open_direct(bob)
    old = await alice.connect()
    process = psutil.Process(node.pid)
    await old.say(room, "every connection to the database is open")
    allow_descriptors(node, highest_descriptor(node) + 3)
    waiting = [await asyncio.open_connection("127.0.0.1", node.port) for _ in range(20)]

    used = process.cpu_times().user + process.cpu_times().system
    for number in range(10):
        answer = await old.say(room, f"still here {number}")
        assert answer["type"] == "ok"
        await asyncio.sleep(0.1)
    spent = process.cpu_times().user + process.cpu_times().system - used
    assert spent < 0.8, "it spins"

    for _, writer in waiting:
        writer.transport.abort()
    allow_descriptors(node, None)
    new = await bob.connect()
    assert (await new.say(room, "and I am back"))["type"] == "ok"
    old.abort()
    new.abort()


def highest_descriptor(node: Node) -> int:
    """Return the highest file descriptor that a node has open: the limit is about numbers."""
    return max(int(each.name) for each in Path(f"/proc/{node.pid}/fd").iterdir())
