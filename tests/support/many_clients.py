"""
A crowd of clients in a process of its own: `python -m tests.support.many_clients URL COUNT`.

It reads access tokens as a line of JSON and lets COUNT sockets in, several with each token. For
each line that it reads after that, it resets all of them at once and comes back as fast as it can;
once everybody was welcomed it answers with a line of JSON: {"seconds": …, "tries": …}.
"""

import asyncio
import json
import random
import socket
import struct
import sys
from collections.abc import Sequence
from contextlib import suppress
from time import monotonic
from typing import Any

import attrs
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException
from websockets.typing import Subprotocol

_LINGER = struct.pack("ii", 1, 0)  # close with a reset


@attrs.define
class Client:
    """One client, which reconnects with its cursor until it is accepted."""

    url: str
    token: str
    cursor: str | None = None
    socket: ClientConnection | None = None
    tries: int = 0

    async def come(self) -> None:
        """Connect and say hello until there is a welcome."""
        while True:
            self.tries += 1
            with suppress(OSError, WebSocketException, TimeoutError):
                if await self._try():
                    return
            await asyncio.sleep(random.uniform(0.1, 1.0))

    async def _try(self) -> bool:
        self.socket = await connect(
            f"{self.url.replace('http', 'ws', 1)}/v1/ws",
            subprotocols=[Subprotocol("parlour.v1")],
            ping_interval=None,
            compression=None,
            proxy=None,
            open_timeout=20,
        )
        hello: dict[str, Any] = {"type": "hello", "id": 0, "v": 1, "token": self.token}
        if self.cursor is not None:
            hello["cursor"] = self.cursor
        async with asyncio.timeout(20):
            await self.socket.send(json.dumps(hello))
            welcome = json.loads(await self.socket.recv())
        self.cursor = welcome.get("cursor", self.cursor)
        return bool(welcome["type"] == "welcome")

    def reset(self) -> None:
        """Reset the connection."""
        assert self.socket is not None
        sock = self.socket.transport.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER)
        self.socket.transport.abort()


async def come(clients: Sequence[Client]) -> None:
    """Connect all clients; print the duration and the number of attempts."""
    begun, before = monotonic(), sum(each.tries for each in clients)
    await asyncio.gather(*(each.come() for each in clients))
    tries = sum(each.tries for each in clients) - before
    sys.stdout.write(json.dumps({"seconds": monotonic() - begun, "tries": tries}) + "\n")
    sys.stdout.flush()


async def main(url: str, count: int) -> None:
    """Run the clients until the input ends."""
    tokens = json.loads(sys.stdin.readline())
    clients = [Client(url, tokens[number % len(tokens)]) for number in range(count)]
    await come(clients)
    while await asyncio.to_thread(sys.stdin.readline):
        for each in clients:
            each.reset()
        await come(clients)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2])))
