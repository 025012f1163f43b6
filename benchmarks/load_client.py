"""The load, in a process of its own, on the fastest client there is.

Reads its orders as JSON from standard input, prints its findings as JSON.
"""

import asyncio
import json
import sys
import time
import uuid
from array import array
from collections.abc import Sequence
from typing import Any, Protocol

import picows
import uvloop

TEXT = "the quick brown fox jumps over the lazy dog, again and again"


class SocketClient(picows.WSListener):
    """One socket that keeps *window* messages in flight and counts what it hears."""

    def __init__(self, token: str, cursor: "Counter", sends: bool) -> None:
        self.token = token
        self.counter = cursor
        self.sends = sends
        self.conversation = ""
        self.ready = asyncio.get_running_loop().create_future()
        self.sent_at: dict[int, float] = {}
        self.next_id = 1
        self.transport: Any = None

    def on_ws_connected(self, transport: Any) -> None:
        self.transport = transport
        hello = {"type": "hello", "id": 0, "v": 1, "token": self.token}
        transport.send(picows.WSMsgType.TEXT, json.dumps(hello).encode())

    def on_ws_frame(self, transport: Any, frame: Any) -> None:  # noqa: C901 - a table
        if frame.msg_type != picows.WSMsgType.TEXT:
            if not self.ready.done():
                self.ready.set_exception(
                    ConnectionError(
                        f"closed: {frame.get_close_code()} {frame.get_close_message()}"
                    )
                )
            return
        data = frame.get_payload_as_bytes()
        counter = self.counter
        if data.startswith(b'{"type":"ok","id":'):
            now = time.perf_counter()
            started = self.sent_at.pop(int(data[18 : data.index(b",", 18)]), None)
            if started is not None:
                counter.acked += 1
                if counter.measuring:
                    counter.latencies.append(now - started)
            if counter.running:
                self.send()
        elif data.startswith(b'{"type":"event","'):
            counter.delivered += 1
        elif data.startswith(b'{"type":"welcome"'):
            if not self.ready.done():
                self.ready.set_result(len(data))
        elif data.startswith(b'{"type":"ping"'):
            transport.send(picows.WSMsgType.TEXT, b'{"type":"pong"}')
        elif data.startswith(b'{"type":"error"'):
            counter.errors.append(data.decode())
            if counter.running:
                self.send()

    def send(self) -> None:
        id_ = self.next_id
        self.next_id = id_ + 1
        self.sent_at[id_] = time.perf_counter()
        self.transport.send(
            picows.WSMsgType.TEXT,
            b'{"type":"message.send","id":%d,"conversation":"%s","key":"%s","body":{"text":"%s"}}'
            % (id_, self.conversation.encode(), str(uuid.uuid4()).encode(), TEXT.encode()),
        )


class Counter:
    """What all sockets of the process have seen."""

    def __init__(self) -> None:
        self.acked = 0
        self.delivered = 0
        self.latencies = array("d")
        self.errors: list[str] = []
        self.running = False
        self.measuring = False


async def connect(
    url: str,
    token: str,
    counter: Counter,
    *,
    sends: bool,
    kind: type[SocketClient] = SocketClient,
) -> SocketClient:
    clients: list[SocketClient] = []

    def listen() -> SocketClient:
        clients.append(kind(token, counter, sends))
        return clients[0]

    await picows.ws_connect(listen, url.replace("http", "ws", 1) + "/v1/ws")
    await clients[0].ready
    return clients[0]


async def run(orders: dict[str, Any], kind: type[SocketClient] = SocketClient) -> dict[str, Any]:
    counter = Counter()
    began = time.perf_counter()
    clients = await connect_all(orders, counter, kind)
    say({"connected_in": time.perf_counter() - began})
    if not orders.get("seconds"):  # hold the sockets until told to go
        await asyncio.get_running_loop().run_in_executor(None, sys.stdin.readline)
        return {}
    counter.running = True
    return await findings(orders, counter, clients, start(clients, orders, counter))


class Sender(Protocol):
    """Whoever has sent what is not acknowledged yet."""

    sent_at: Any


async def findings(
    orders: dict[str, Any],
    counter: Counter,
    clients: Sequence[Sender],
    pace: "asyncio.Task[None] | None" = None,
) -> dict[str, Any]:
    """Measure what has begun, let it end, and say what was seen."""
    measured = await measure(orders, counter)
    counter.running = False
    if pace is not None:
        pace.cancel()
    deadline = time.perf_counter() + 20
    while any(client.sent_at for client in clients) and time.perf_counter() < deadline:  # noqa: ASYNC110
        await asyncio.sleep(0.02)
    latencies = sorted(counter.latencies)
    return {
        **measured,
        "acked_in_all": counter.acked,
        "unanswered": sum(len(client.sent_at) for client in clients),
        "errors": counter.errors[:3],
        "error_count": len(counter.errors),
        **{f"ack_p{p}_ms": 1000 * at(latencies, p / 100) for p in (50, 99)},
    }


async def connect_all(
    orders: dict[str, Any], counter: Counter, kind: type[SocketClient] = SocketClient
) -> list[SocketClient]:
    """Open every socket of the orders, so many at once."""
    limit = asyncio.Semaphore(orders.get("connecting", 64))

    async def one(spec: dict[str, Any]) -> SocketClient:
        async with limit:
            client = await connect(
                spec["url"], spec["token"], counter, sends=spec["sends"], kind=kind
            )
        client.conversation = spec["conversation"]
        return client

    return await asyncio.gather(*(one(spec) for spec in orders["sockets"]))


def start(
    clients: list[SocketClient], orders: dict[str, Any], counter: Counter
) -> asyncio.Task[None] | None:
    """Begin to send: at a rate of its own where there is one, or as answers come."""
    senders = [client for client in clients if client.sends]
    if orders.get("rate"):
        return asyncio.create_task(paced(senders, orders["rate"], counter))
    for client in senders:
        for _ in range(orders["window"]):
            client.send()
    return None


async def measure(orders: dict[str, Any], counter: Counter) -> dict[str, Any]:
    """Count for so many seconds, once it is warm."""
    await asyncio.sleep(orders["warm_up"])
    before = (counter.acked, counter.delivered, time.perf_counter())
    counter.measuring = True
    say({"measuring": True})
    await asyncio.sleep(orders["seconds"])
    after = (counter.acked, counter.delivered, time.perf_counter())
    counter.measuring = False
    say({"measured": True})
    acked, delivered, seconds = (new - old for old, new in zip(before, after, strict=True))
    return {
        "acked_per_second": acked / seconds,
        "delivered_per_second": delivered / seconds,
        "delivered": delivered,
        "acked": acked,
    }


async def paced(senders: list[SocketClient], rate: float, counter: Counter) -> None:
    """Send *rate* messages a second in all, whatever the answers do (open loop)."""
    loop = asyncio.get_running_loop()
    due = loop.time()
    for number in range(1 << 62):
        client = senders[number % len(senders)]
        counter.running = False  # answers must not send the next one
        client.send()
        due += 1 / rate
        await asyncio.sleep(max(0.0, due - loop.time()))


def at(values: list[float], share: float) -> float:
    return values[min(len(values) - 1, int(share * len(values)))] if values else 0.0


def say(words: dict[str, Any]) -> None:
    print(json.dumps(words), flush=True)


if __name__ == "__main__":
    say(uvloop.run(run(json.loads(sys.stdin.readline()))))
