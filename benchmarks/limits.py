"""What the machine itself can do: echoes through our server, rows through our driver."""

import asyncio
import subprocess
import sys
import time
import uuid
from typing import Any

import picows
import uvicorn
import uvloop

from entrypoints.server import listen
from entrypoints.websocket.protocol import EXTENSION, ParlourProtocol
from tests.support.servers import MariaDbServer

TEXT = b'{"type":"message.send","id":1,"body":{"text":"the quick brown fox jumps over the dog"}}'


def echo(*, sockets: int = 100, window: int = 8, seconds: float = 4) -> dict[str, Any]:
    """Echo frames through the server's own WebSocket and nothing else."""
    node = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.limits"], stdout=subprocess.PIPE, text=True
    )
    assert node.stdout is not None
    try:
        url = node.stdout.readline().strip()
        return {"echo_per_second": uvloop.run(_flood(url, sockets, window, seconds))}
    finally:
        node.terminate()
        node.wait(10)


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


class _Echo(picows.WSListener):
    def __init__(self, counter: list[int], window: int) -> None:
        self.counter = counter
        self.window = window

    def on_ws_connected(self, transport: Any) -> None:
        for _ in range(self.window):
            transport.send(picows.WSMsgType.TEXT, TEXT)

    def on_ws_frame(self, transport: Any, frame: Any) -> None:  # noqa: ARG002
        self.counter[0] += 1
        transport.send(picows.WSMsgType.TEXT, TEXT)


async def _flood(url: str, sockets: int, window: int, seconds: float) -> float:
    counter = [0]
    for _ in range(sockets):
        await picows.ws_connect(lambda: _Echo(counter, window), url)
    await asyncio.sleep(1)
    before, began = counter[0], time.perf_counter()
    await asyncio.sleep(seconds)
    return (counter[0] - before) / (time.perf_counter() - began)


class _Back:
    """Sends every frame back."""

    def __init__(self, link: Any) -> None:
        self.link = link

    def text(self, text: str) -> None:
        self.link.write(text.encode())

    def binary(self) -> None: ...

    def writable(self) -> None: ...


async def _app(scope: Any, receive: Any, send: Any) -> None:
    link = scope["extensions"][EXTENSION]
    link.attach(_Back(link))
    await receive()
    await send({"type": "websocket.accept"})
    await receive()


async def _serve() -> None:
    listener = listen("127.0.0.1", 0)
    config = uvicorn.Config(
        _app,
        loop="none",
        ws=ParlourProtocol,
        ws_per_message_deflate=False,
        ws_ping_interval=None,
        lifespan="off",
        log_config=None,
    )
    serving = asyncio.create_task(uvicorn.Server(config).serve(sockets=[listener]))
    print(f"ws://127.0.0.1:{listener.getsockname()[1]}/", flush=True)
    await serving


if __name__ == "__main__":
    uvloop.run(_serve())
