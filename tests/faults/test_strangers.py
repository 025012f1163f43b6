"""Strangers who send without end: others are acknowledged in time, and memory stays bounded.

They come from an address of their own, send as fast as the service reads, and connect again when
they are cut off.
"""

import asyncio
import base64
import json
import os
import sys
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from time import monotonic

import attrs
import psutil
import pytest
import pytest_asyncio

from tests.support.http_client import register_all
from tests.support.nodes import Node
from tests.support.programs import ROOT
from tests.support.raw_socket import BINARY, PING, TEXT, frame
from tests.support.socket_client import SocketClient

pytestmark = pytest.mark.asyncio(loop_scope="module")

MIB = 1 << 20
SECONDS = 0.7
"""How long each flood lasts."""

MAX_DELAY = 0.15
"""Seconds that a flood may add to an acknowledgement on a machine that has nothing else to do."""

CHANCES = 3
"""Floods that must all delay messages for the service to be at fault."""

MAX_GROWTH = 32 * MIB


def _ask(body: bytes) -> bytes:
    return frame(TEXT, body)


def _post(*headers: bytes) -> bytes:
    lines = [b"POST /v1/auth/login HTTP/1.1", b"Host: here", b"Content-Type: application/json"]
    return b"\r\n".join([*lines, *headers, b"", b""])


UPGRADE = (
    b"GET /v1/ws HTTP/1.1\r\nHost: here\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)
GET = b"GET /v1/me HTTP/1.1\r\nHost: here\r\n\r\n"

ON_SOCKETS = {
    "pings": _ask(b'{"type":"ping","id":1}'),
    "pings of WebSocket": frame(PING),
    "rubbish frames": _ask(b"rubbish"),
    "binary frames": frame(BINARY, b"rubbish"),
    "unknown types": _ask(b'{"type":"dance","id":1}'),
    "requests without a token": _ask(b'{"type":"conversations","id":1}'),
    "hellos with a wrong token": _ask(b'{"type":"hello","id":1,"v":1,"token":"wrong"}'),
    "long frames": _ask(b'{"type":"dance","id":1,"x":"' + b"x" * 60_000 + b'"}'),
    "fragments": frame(TEXT, b"{", fin=False),
}

OVER_HTTP = {
    "pipelined requests": (b"", GET),
    "requests that are malformed": (b"", b"\r\n\r\nNONSENSE\r\n\r\n"),
    "an endless header": (b"GET / HTTP/1.1\r\nHost: here\r\nX: ", b"x" * 1024),
    "an endless address": (b"GET /", b"x" * 1024),
    "endless headers": (b"GET / HTTP/1.1\r\nHost: here\r\n", b"X: x\r\n"),
    "an endless body": (_post(b"Content-Length: 99999999999"), b"x" * 1024),
    "endless chunks": (_post(b"Transfer-Encoding: chunked"), b"1\r\nx\r\n"),
    "an endless trailer": (_post(b"Transfer-Encoding: chunked") + b"0\r\n", b"X: x\r\n"),
}


@attrs.define
class Steady:
    """Somebody who sends messages and measures how long each takes."""

    socket: SocketClient
    room: str
    usual: float = 0.0

    async def send(self, seconds: float) -> list[float]:
        """Send one message after the other for so many seconds; return their times, sorted."""
        waits, ends = [], monotonic() + seconds
        while (asked := monotonic()) < ends:
            assert (await self.socket.say(self.room, "still there"))["type"] == "ok"
            waits.append(monotonic() - asked)
        return sorted(waits)


@pytest.fixture(scope="module")
def node() -> Iterator[Node]:
    """One node for all floods, with the limits for strangers that it has by default."""
    limits = {"LIMITS__REQUESTS": "50/s burst 200", "LIMITS__REFUSALS": "10/s burst 100"}
    with Node(limits) as node:
        yield node


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def steady(node: Node) -> AsyncIterator[Steady]:
    """Somebody who knows how long a message takes on this machine without a flood."""
    alice, bob = await register_all(node.url, "alice", "bob")
    found = Steady(await alice.connect(), await alice.open_direct(bob))
    found.usual = _p99(await found.send(1.0))
    yield found
    found.socket.abort()


@asynccontextmanager
async def flood(node: Node, opening: bytes, repeated: bytes) -> AsyncIterator[dict[str, int]]:
    """Let two strangers send while the context lasts; then the figures are what they did."""
    module = [sys.executable, "-m", "tests.support.stranger"]
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(*module, stdin=pipe, stdout=pipe, cwd=ROOT)
    parts = {"opening": opening, "repeated": repeated}
    wish = {key: base64.b64encode(part).decode() for key, part in parts.items()}
    figures: dict[str, int] = {}
    try:
        assert process.stdin is not None
        process.stdin.write(json.dumps({"port": node.port, "connections": 2, **wish}).encode())
        process.stdin.write(b"\n")
        assert process.stdout is not None
        await asyncio.wait_for(process.stdout.readline(), 30)
        yield figures
        process.stdin.close()
        output, _ = await process.communicate()
        figures.update(json.loads(output))
    except BaseException:
        process.kill()
        raise
    finally:
        await process.wait()


async def endure(node: Node, steady: Steady, opening: bytes, repeated: bytes) -> None:
    """Fail if a flood delays messages or takes memory.

    What delays messages does so each time; what else the machine does comes and goes.
    """
    process = psutil.Process(node.pid)
    before = process.memory_info().rss
    excess: list[float] = []
    while len(excess) < CHANCES and not any(each < 0 for each in excess):
        async with flood(node, opening, repeated) as figures:
            waits = await steady.send(SECONDS)
            growth = process.memory_info().rss - before
        others = max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))  # beside the tests
        excess.append(_p99(waits) - (steady.usual + MAX_DELAY * others))
        assert growth < MAX_GROWTH
        assert figures["taken"] > 0, "nobody was there"
    assert min(excess) < 0, f"{excess} seconds too late in each of {CHANCES} floods"


def _p99(waits: Sequence[float]) -> float:
    return waits[int(0.99 * len(waits))]


@pytest.mark.parametrize("what", ON_SOCKETS)
async def test_a_flood_on_sockets_delays_nobody_and_takes_no_memory(
    node: Node, steady: Steady, what: str
) -> None:
    await endure(node, steady, UPGRADE, ON_SOCKETS[what])


@pytest.mark.parametrize("what", OVER_HTTP)
async def test_a_flood_over_http_delays_nobody_and_takes_no_memory(
    node: Node, steady: Steady, what: str
) -> None:
    await endure(node, steady, *OVER_HTTP[what])
