"""The limits of the machine: echo and fan-out by the same server, rows by the same driver.

Of Parlour only the protocol class that carries frames is used.
"""

import asyncio
import contextlib
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from functools import partial
from typing import Any, cast

import attrs
import picows
import uvicorn
import uvloop

from benchmarks.processes import cpu_seconds
from parlour.adapters.config import Settings
from parlour.entrypoints.connection_guard import ConnectionGuard
from parlour.entrypoints.listening import listen
from parlour.entrypoints.websocket.direct_transport import DirectTransport
from parlour.entrypoints.websocket.handler import PATH
from parlour.entrypoints.websocket.upgrade import Handshake, HttpProtocol, SocketOpener
from tests.support.servers import MariaDbServer

TEXT = b'{"type":"message.send","id":1,"body":{"text":"the quick brown fox jumps over the dog"}}'


def python() -> dict[str, Any]:
    """Add up a million numbers: the speed of plain Python on this machine."""
    times = []
    for _ in range(10):
        began, total = time.process_time(), 0
        for number in range(1_000_000):
            total += number
        times.append(1000 * (time.process_time() - began))
    return {"python_ms": min(times)}


def echo(*, sockets: int = 100, window: int = 8, seconds: float = 4) -> dict[str, Any]:
    """Only echo frames through the WebSocket of the server."""
    load = _Load(sockets=sockets, clients=sockets, window=window, seconds=seconds)
    rate, cost = _flood("echo", load)
    return {"echo_per_second": rate, "echo_us": cost}


def fanout(*, members: int, seconds: float = 4) -> dict[str, Any]:
    """Only send each frame of four sockets to all sockets."""
    load = _Load(sockets=members, clients=4, window=1, seconds=seconds)
    rate, cost = _flood("all", load)
    return {"frames_per_second": rate, "frame_us": cost}


def hellos(*, sockets: int = 1_000) -> dict[str, Any]:
    """Open sockets that say nothing, as many at once as the measurement of `idle` does."""
    with _server("echo") as (url, pid):
        cpu, began = cpu_seconds(pid), time.perf_counter()
        uvloop.run(_open(url, sockets))
        took = time.perf_counter() - began
        return {
            "handshakes_per_second": sockets / took,
            "handshake_us": 1e6 * (cpu_seconds(pid) - cpu) / sockets,
        }


def inserts(*, seconds: float = 1.5) -> dict[str, Any]:
    """Insert and commit rows of a message's size, one statement and one commit a batch."""
    with MariaDbServer(durable=True) as server, server.address.connect() as connection:
        rows = connection.cursor()
        rows.execute("CREATE DATABASE bench")
        rows.execute(
            "CREATE TABLE bench.rows_ (a BINARY(16), b BIGINT, c BINARY(16), d VARBINARY(300),"
            " PRIMARY KEY (a, b), UNIQUE (a, c))"
        )
        found: dict[str, Any] = {}
        for size in (1, 32, 256):
            place, count, end = uuid.uuid4().bytes, 0, time.perf_counter() + seconds
            while time.perf_counter() < end:
                batch = [(place, count + n, uuid.uuid4().bytes, TEXT) for n in range(size)]
                rows.executemany("INSERT INTO bench.rows_ VALUES (%s, %s, %s, %s)", batch)
                connection.commit()
                count += size
            found[f"rows_per_second_{size}"] = count / seconds
        return found


class _Talker(picows.WSListener):
    """Says the next thing when its own comes back; counts whatever comes."""

    def __init__(self, counter: list[int]) -> None:
        self.counter = counter
        self.text = b""

    def on_ws_connected(self, transport: Any) -> None:
        self.transport = transport

    def on_ws_frame(self, transport: Any, frame: Any) -> None:
        self.counter[0] += 1
        if self.text and frame.get_payload_as_bytes() == self.text:
            transport.send(picows.WSMsgType.TEXT, self.text)

    def begin(self, number: int, window: int) -> None:
        self.text = TEXT + b"%04d" % number
        for _ in range(window):
            self.transport.send(picows.WSMsgType.TEXT, self.text)


@attrs.frozen(kw_only=True)
class _Load:
    """How many sockets, how many of them talk, and how many frames each has in flight."""

    sockets: int
    clients: int
    window: int
    seconds: float


def _flood(what: str, load: _Load) -> tuple[float, float]:
    """Return frames a second, and microseconds of the server's time a frame."""
    with _server(what) as (url, pid):
        return uvloop.run(_talk(url, pid, load))


async def _talk(url: str, pid: int, load: _Load) -> tuple[float, float]:
    counter = [0]
    everybody = [_Talker(counter) for _ in range(load.sockets)]
    for each in everybody:
        await picows.ws_connect(lambda each=each: each, url)
    for number, each in enumerate(everybody[: load.clients]):
        each.begin(number, load.window)
    await asyncio.sleep(1)
    before, began, cpu = counter[0], time.perf_counter(), cpu_seconds(pid)
    await asyncio.sleep(load.seconds)
    frames, took = counter[0] - before, time.perf_counter() - began
    return frames / took, 1e6 * (cpu_seconds(pid) - cpu) / max(1, frames)


async def _open(url: str, sockets: int) -> None:
    limit = asyncio.Semaphore(64)

    async def one() -> None:
        async with limit:
            await picows.ws_connect(lambda: _Talker([0]), url)

    await asyncio.gather(*(one() for _ in range(sockets)))


@contextlib.contextmanager
def _server(what: str) -> Iterator[tuple[str, int]]:
    """Run a server that answers `echo` or tells `all`; yield where it is, and its process."""
    node = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.limits", what], stdout=subprocess.PIPE, text=True
    )
    assert node.stdout is not None
    try:
        yield node.stdout.readline().strip(), node.pid
    finally:
        node.terminate()
        node.wait(10)


class _Teller:
    """Writes what one socket says to all in *ears*."""

    def __init__(self, ears: list[Any]) -> None:
        self.ears = ears

    def text(self, text: str) -> None:
        data = text.encode()
        for ear in self.ears:
            ear.write(data)

    def binary(self) -> None: ...

    def control(self) -> None: ...

    def writable(self) -> None: ...


class _EchoOpener(SocketOpener):
    """Opens every socket; what is said on it comes back, or reaches `all`."""

    def __init__(self, what: str) -> None:
        self.tells_all = what == "all"
        self.everybody: list[Any] = []

    def admits(self, handshake: Handshake) -> bool:  # noqa: ARG002
        return True

    def open(self, link: DirectTransport, handshake: Handshake) -> None:  # noqa: ARG002
        self.everybody.append(link)
        link.attach(_Teller(self.everybody if self.tells_all else [link]))


async def _refuse(scope: Any, receive: Any, send: Any) -> None:
    raise NotImplementedError


async def _serve(what: str) -> None:
    listener = listen("127.0.0.1", 0)
    guard = ConnectionGuard(Settings, lambda _: None)
    config = uvicorn.Config(
        _refuse,
        http=cast("Any", partial(HttpProtocol, _EchoOpener(what), guard, 1 << 20)),
        loop="none",
        lifespan="off",
        log_config=None,
    )
    serving = asyncio.create_task(uvicorn.Server(config).serve(sockets=[listener]))
    print(f"ws://127.0.0.1:{listener.getsockname()[1]}{PATH}", flush=True)
    await serving


if __name__ == "__main__":
    uvloop.run(_serve(sys.argv[1]))
