"""A node that runs out of disk or of file descriptors, and gets them back."""

import asyncio
import resource
from pathlib import Path

import psutil

from tests.faults.conftest import Start
from tests.support.judging import tried
from tests.support.nodes import Node
from tests.support.talking import Talker, direct, people


def set_limit(node: Node, kind: int, soft: int) -> None:
    """Set what a running node may have, and not what it may ask for."""
    _, hard = resource.prlimit(node.pid, kind)
    resource.prlimit(node.pid, kind, (soft if soft >= 0 else hard, hard))


async def test_a_full_disk_acknowledges_nothing_and_recovers(start: Start) -> None:
    """No file of the node grows any further, as on a disk without space."""
    node = start()
    alice, bob = await people(node.url, "disk-alice", "disk-bob")
    room = await direct(alice, bob)
    talker = await Talker.enter(node.url, alice)
    await talker.says(room, "before")

    async def fault() -> int:
        await asyncio.sleep(0.7)
        files = [node.home / f"parlour.db{end}" for end in ("", "-wal")]
        largest = max(each.stat().st_size for each in files if each.exists())
        set_limit(node, resource.RLIMIT_FSIZE, largest + 4096)
        refusals = 0
        for _ in range(400):
            answer = await talker.says(room, "x" * 4_000)
            # A write that the system cuts short may be there all the same: "timeout" is honest.
            refusals += answer.get("code") in {"unavailable", "timeout"}
            if refusals > 2:
                break
        # Reading goes on all the while.
        assert await alice.history(room, seconds=5.0)
        set_limit(node, resource.RLIMIT_FSIZE, -1)
        return refusals

    trial = await tried([node.url], fault, seconds=1.0, sends=20)
    assert (await talker.says(room, "there is space again"))["type"] == "ok"
    talker.abort()

    assert trial.verdict.outcome == "pass", str(trial.verdict)
    assert "Traceback" not in "".join(
        line for line in node.log.splitlines() if not line.startswith("{")
    )


async def test_without_file_descriptors_old_connections_live_and_new_ones_wait(
    start: Start,
) -> None:
    node = start()
    alice, bob = await people(node.url, "alice", "bob")
    room = await direct(alice, bob)
    old = await Talker.enter(node.url, alice)
    process = psutil.Process(node.pid)
    await old.says(room, "every connection to the database is open")
    set_limit(node, resource.RLIMIT_NOFILE, highest_descriptor(node) + 3)
    waiting = [await asyncio.open_connection("127.0.0.1", node.port) for _ in range(20)]

    used = process.cpu_times().user + process.cpu_times().system
    for number in range(10):
        answer = await old.says(room, f"still here {number}")
        assert answer["type"] == "ok"
        await asyncio.sleep(0.1)
    spent = process.cpu_times().user + process.cpu_times().system - used
    assert spent < 0.8, "it spins"

    for _, writer in waiting:
        writer.transport.abort()
    set_limit(node, resource.RLIMIT_NOFILE, -1)
    new = await Talker.enter(node.url, bob)
    assert (await new.says(room, "and I am back"))["type"] == "ok"
    old.abort()
    new.abort()


def highest_descriptor(node: Node) -> int:
    """Return the highest file descriptor that a node has open: the limit is about numbers."""
    return max(int(each.name) for each in Path(f"/proc/{node.pid}/fd").iterdir())


async def test_a_refused_message_was_not_kept(start: Start) -> None:
    """What a full disk refuses takes no number."""
    node = start()
    alice, bob = await people(node.url, "alice", "bob")
    room = await direct(alice, bob)
    talker = await Talker.enter(node.url, alice)
    set_limit(node, resource.RLIMIT_FSIZE, (node.home / "parlour.db-wal").stat().st_size)
    while (await talker.says(room, "x" * 4_000))["type"] == "ok":
        pass
    kept = await alice.history(room, seconds=5.0)
    set_limit(node, resource.RLIMIT_FSIZE, -1)
    answer = await talker.says(room, "there is space again")
    talker.abort()

    assert answer["seq"] == len(kept) + 1
    assert [each["seq"] for each in kept] == list(range(1, len(kept) + 1))
