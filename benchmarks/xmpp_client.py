"""The load for a server of XMPP: the same shape as `load_client`, on as little of a client.

Reads its orders as JSON from standard input, prints its findings as JSON. Each message is followed
by a request of stream management (XEP-0198); the server's answer counts as the acknowledgement.
"""

import asyncio
import json
import re
import sys
import time
from base64 import b64encode
from collections import deque
from functools import partial
from typing import Any

import uvloop

from benchmarks.load_client import TEXT, Counter, findings, say

PASSWORD = "measured, not guessed"
RESOURCE = "bench"
_SM = "xmlns='urn:xmpp:sm:3'"
_OPEN = (
    b"<stream:stream to='localhost' version='1.0' xmlns='jabber:client'"
    b" xmlns:stream='http://etherx.jabber.org/streams'>"
)
_WORD = re.compile(rb"<(message|a|r)\b(?:[^>]*?\bh='(\d+)')?")


class SocketClient(asyncio.Protocol):
    """One stream that keeps *window* messages in flight and counts what it hears."""

    def __init__(self, user: str, peer: str, counter: Counter) -> None:
        self.user = user
        self.peer = peer
        self.counter = counter
        self.ready = asyncio.get_running_loop().create_future()
        self.sent_at: deque[float] = deque()
        self.acked = 0
        self.heard = 0
        self.rest = b""

    def connection_made(self, transport: Any) -> None:
        self.transport = transport
        secret = b64encode(f"\0{self.user}\0{PASSWORD}".encode()).decode()
        bind = (
            "<iq type='set' id='b'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'>"
            f"<resource>{RESOURCE}</resource></bind></iq>"
        )
        auth = f"<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>{secret}</auth>"
        # What is awaited, and what is said to it.
        self.steps = deque(
            [
                (b"</stream:features>", auth.encode()),
                (b"<success", _OPEN),
                (b"</stream:features>", bind.encode()),
                (b"id='b'", f"<enable {_SM}/>".encode()),
                (b"<enabled", b"<presence/>"),
                (b"<presence", b""),
            ]
        )
        transport.write(_OPEN)

    def data_received(self, data: bytes) -> None:
        data = self.rest + data
        while self.steps:
            wanted, answer = self.steps[0]
            if wanted not in data:
                self.rest = data
                return
            data = data.partition(wanted)[2]
            self.steps.popleft()
            self.transport.write(answer)
            if not self.steps:
                self.ready.set_result(None)
        # Stanzas end with ">": what follows the last one is not whole yet.
        end = data.rfind(b">") + 1
        self.rest = data[end:]
        for word in _WORD.finditer(data, 0, end):
            self.take(word[1], word[2])

    def take(self, kind: bytes, number: bytes | None) -> None:
        if kind == b"message":
            self.heard += 1
            self.counter.delivered += 1
        elif kind == b"r":
            self.transport.write(f"<a {_SM} h='{self.heard}'/>".encode())
        elif number is not None:
            now, counter = time.perf_counter(), self.counter
            for _ in range(int(number) - 1 - self.acked):  # the presence is counted, too
                began = self.sent_at.popleft()
                self.acked += 1
                counter.acked += 1
                if counter.measuring:
                    counter.latencies.append(now - began)
                if counter.running:
                    self.send()

    def send(self) -> None:
        self.sent_at.append(time.perf_counter())
        message = f"<message to='{self.peer}' type='chat'><body>{TEXT}</body></message>"
        self.transport.write(f"{message}<r {_SM}/>".encode())


async def run(orders: dict[str, Any]) -> dict[str, Any]:
    counter, loop = Counter(), asyncio.get_running_loop()
    clients: list[SocketClient] = []
    for spec in orders["sockets"]:
        person = partial(SocketClient, spec["token"], spec["conversation"], counter)
        _, client = await loop.create_connection(person, "127.0.0.1", spec["url"])
        await client.ready
        clients.append(client)
    counter.running = True
    for client in clients:
        for _ in range(orders["window"]):
            client.send()
    return await findings(orders, counter, clients)


if __name__ == "__main__":
    say(uvloop.run(run(json.loads(sys.stdin.readline()))))
