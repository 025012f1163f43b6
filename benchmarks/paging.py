"""Reading back: pages of a long history, and a hello with many conversations."""

import asyncio
import json
import subprocess
import sys
import time
from typing import Any, cast

import picows
import uvloop

from benchmarks.site import Node, site

LENGTH = 20_000
PAGE = 50


def history(storage: str, *, clients: int = 16, seconds: float = 5) -> dict[str, Any]:
    """Let *clients* read the newest page of one conversation over the socket, again and again."""
    with site(storage, {"users": 2, "pairs": 1, "history": LENGTH}) as found:
        node = found.nodes[0]
        frame = {
            "type": "sync",
            "conversation": node.conversations[0],
            "after": LENGTH + 1 - PAGE,
            "limit": PAGE,
        }
        return _ask(node, frame, clients, seconds, "pages")


def connect(storage: str, *, conversations: int = 500, rounds: int = 20) -> dict[str, Any]:
    """Time hello to welcome for a user with many conversations, one after the other."""
    with site(storage, {"users": 2, "group_pairs": conversations}) as found:
        node = found.nodes[0]
        before = node.cpu
        times = json.loads(_client(["hello", node.url, node.users[0]["token"], str(rounds)]))
        return {
            "hello_ms": 1000 * sorted(times)[len(times) // 2],
            "server_ms": 1000 * (node.cpu - before) / rounds,
        }


def _ask(
    node: Node, frame: dict[str, Any], clients: int, seconds: float, name: str
) -> dict[str, Any]:
    before = node.cpu
    orders = [node.url, node.users[0]["token"], json.dumps(frame), str(clients), str(seconds)]
    counted = json.loads(_client(["ask", *orders]))
    return {
        f"{name}_per_second": counted / seconds,
        "server_us": 1e6 * (node.cpu - before) / max(1, counted),
    }


def _client(arguments: list[str]) -> str:
    command = [sys.executable, "-m", "benchmarks.paging", *arguments]
    return subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout


class _Asker(picows.WSListener):
    """Says hello, then asks the same again and again."""

    def __init__(self, token: str, frame: dict[str, Any] | None) -> None:
        self.token = token
        self.frame = {**frame, "id": 1} if frame else None
        self.answers = 0
        self.welcomed = asyncio.get_running_loop().create_future()

    def on_ws_connected(self, transport: Any) -> None:
        hello = {"type": "hello", "id": 0, "v": 1, "token": self.token}
        transport.send(picows.WSMsgType.TEXT, json.dumps(hello).encode())

    def on_ws_frame(self, transport: Any, frame: Any) -> None:
        data = frame.get_payload_as_bytes()
        if data.startswith(b'{"type":"welcome"'):
            self.welcomed.set_result(time.perf_counter())
            if self.frame is None:
                return
        elif data.startswith(b'{"type":"ok"'):
            self.answers += 1
        else:
            return
        transport.send(picows.WSMsgType.TEXT, json.dumps(self.frame).encode())


async def _main() -> object:
    kind, url, token, *rest = sys.argv[1:]
    socket = url.replace("http", "ws", 1) + "/v1/ws"
    if kind == "hello":
        times = []
        for _ in range(int(rest[0])):
            began = time.perf_counter()
            transport, asker = await picows.ws_connect(lambda: _Asker(token, None), socket)
            times.append(await cast("_Asker", asker).welcomed - began)
            transport.disconnect()
        return times
    frame = json.loads(rest[0])
    askers: list[_Asker] = []
    for _ in range(int(rest[1])):
        _, asker = await picows.ws_connect(lambda: _Asker(token, frame), socket)
        askers.append(cast("_Asker", asker))
        await askers[-1].welcomed
    before = sum(asker.answers for asker in askers)
    await asyncio.sleep(float(rest[2]))
    return sum(asker.answers for asker in askers) - before


if __name__ == "__main__":
    print(json.dumps(uvloop.run(_main())))
