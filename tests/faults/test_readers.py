"""Stalled readers: what they cost, and how soon they are closed."""

import asyncio
from contextlib import ExitStack
from time import monotonic

import attrs
import psutil
import pytest

from parlour.entrypoints.websocket.direct_transport import CLOSE_TIMEOUT, STALL_TIMEOUT
from tests.faults.conftest import Start
from tests.support.fault_trials import in_thread
from tests.support.http_client import register_all
from tests.support.kernel_memory import kernel_bytes
from tests.support.nodes import Node
from tests.support.raw_socket import deaf_socket
from tests.support.socket_client import SocketClient

MEBIBYTE = 1 << 20

SLACK = 32 * MEBIBYTE
"""What a node may grow by that no reader is to blame for."""

BUSY = 30.0
"""Seconds that a busy machine takes for all that is said until nothing more is taken."""

TEXT = "x" * 4_000


@attrs.define
class Memory:
    """What a node and the kernel keep for it; the most that was seen beyond the beginning."""

    node: Node
    began: int = 0
    most: int = 0

    def begin(self) -> None:
        """Take what there is now for the beginning."""
        self.began = self._now()

    def look(self) -> None:
        """Look once more."""
        self.most = max(self.most, self._now() - self.began)

    def _now(self) -> int:
        resident: int = psutil.Process(self.node.pid).memory_info().rss
        return resident + kernel_bytes(self.node.port)


@attrs.frozen
class Talk:
    """Alice, who talks to Bob, whose devices have all stopped reading."""

    node: Node
    client: SocketClient
    room: str
    memory: Memory
    seconds: list[float] = attrs.field(factory=list)

    async def say(self) -> None:
        """Say one thing, note how long that took, and look at the memory."""
        begun = monotonic()
        assert (await self.client.say(self.room, TEXT, seconds=30))["type"] == "ok"
        self.seconds.append(monotonic() - begun)
        self.memory.look()

    async def goes_on_while_readers_are_there(self, seconds: float, *, talking: bool) -> float:
        """Wait until only Alice is connected, *talking* or not; return how long that took."""
        begun = monotonic()
        async with asyncio.timeout(seconds):
            while connections(self.node) > 1:
                await (self.say() if talking else asyncio.sleep(0.1))
                self.memory.look()
        return monotonic() - begun

    @property
    def p99(self) -> float:
        """Return the time in which 99 of 100 messages were acknowledged."""
        return sorted(self.seconds)[int(0.99 * len(self.seconds))]


def connections(node: Node) -> int:
    """Count the connections that clients have to a node."""
    found = psutil.Process(node.pid).net_connections("tcp")
    return sum(each.status == "ESTABLISHED" and each.laddr.port == node.port for each in found)


async def talk_to(node: Node, readers: int, closing: ExitStack) -> Talk:
    """Let *readers* devices of Bob connect and stop reading."""
    alice, bob = await register_all(node.url, "alice", "bob")
    room = await alice.open_direct(bob)
    token = bob.token
    memory = Memory(node)
    memory.begin()
    for _ in range(readers):
        closing.callback((await in_thread(lambda: deaf_socket(node.port, token))).close)
    client = await alice.connect()
    closing.callback(client.abort)
    return Talk(node, client, room, memory)


@pytest.mark.parametrize(
    "readers",
    [
        20,
        pytest.param(1, marks=pytest.mark.soak),
        pytest.param(1_000, marks=[pytest.mark.soak, pytest.mark.timeout(600)]),
    ],
)
async def test_stalled_readers_cost_little_memory_and_are_closed_in_time(
    start: Start, readers: int
) -> None:
    """Nobody says much: each has less waiting than it may, and takes none of it."""
    node = start({"WEBSOCKET__SOCKETS_PER_USER": "2000"})
    with ExitStack() as closing:
        talk = await talk_to(node, readers, closing)
        assert connections(node) >= readers
        # 480 KB for each: more than the kernel and the wire hold, less than the outbox.
        for _ in range(120):
            await talk.say()
        took = await talk.goes_on_while_readers_are_there(90, talking=False)

    assert talk.memory.most < readers * MEBIBYTE + SLACK
    assert talk.memory.most > readers * 64 * 1024  # or nothing waited for anybody
    # Of the time since a reader stopped, some has passed while the others were still spoken to.
    assert took < STALL_TIMEOUT + CLOSE_TIMEOUT + BUSY
    assert talk.p99 < 1.0


async def test_readers_with_a_full_outbox_are_closed_at_once(start: Start) -> None:
    """What waits is bounded in frames and bytes; others are heard meanwhile."""
    node = start({"WEBSOCKET__OUTBOX_FRAMES": "64"})
    with ExitStack() as closing:
        talk = await talk_to(node, 8, closing)
        took = await talk.goes_on_while_readers_are_there(90, talking=True)

    assert took < STALL_TIMEOUT + CLOSE_TIMEOUT + BUSY
    assert talk.memory.most < 8 * MEBIBYTE + SLACK
    assert talk.p99 < 1.0
