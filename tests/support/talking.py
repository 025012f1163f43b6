"""Single clients of a running node, for faults that are about one line."""

import asyncio
import json
import socket
from typing import Any, Self
from uuid import uuid4

import attrs
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

from parlour.entrypoints.verify.account import Account
from parlour.entrypoints.verify.recorder import Recorder

PROTOCOL = Subprotocol("parlour.v1")


@attrs.frozen
class Talker:
    """A socket that has said hello."""

    socket: ClientConnection

    @classmethod
    async def enter(cls, url: str, account: Account) -> Self:
        """Connect as somebody and say hello; raise what keeps one out."""
        opened = await connect(
            f"{url.replace('http', 'ws', 1)}/v1/ws",
            subprotocols=[PROTOCOL],
            ping_interval=None,
            compression=None,
            proxy=None,
            close_timeout=1,
            open_timeout=30,
        )
        hello = {"type": "hello", "id": 0, "v": 1, "token": await account.token()}
        try:
            await opened.send(json.dumps(hello))
            async with asyncio.timeout(30):
                assert json.loads(await opened.recv())["type"] == "welcome"
        except BaseException:
            opened.transport.abort()
            raise
        return cls(opened)

    async def says(
        self, conversation: str, text: str, *, key: str | None = None, seconds: float = 30.0
    ) -> dict[str, Any]:
        """Send a message, with a key of its own where none is given, and return the answer."""
        frame = {
            "type": "message.send",
            "id": uuid4().int % 2**31 + 1,
            "conversation": conversation,
            "key": key or str(uuid4()),
            "body": {"text": text},
        }
        async with asyncio.timeout(seconds):
            await self.socket.send(json.dumps(frame))
            while True:
                answer: dict[str, Any] = json.loads(await self.socket.recv())
                if answer.get("id") == frame["id"]:
                    return answer

    def abort(self) -> None:
        """End the socket at once."""
        self.socket.transport.abort()


async def people(url: str, *handles: str) -> list[Account]:
    """Register people at a node."""
    accounts = [
        Account([url], handle, f"the password of {handle}", Recorder()) for handle in handles
    ]
    for account in accounts:
        await account.register()
    return accounts


async def direct(one: Account, other: Account) -> str:
    """Open the direct conversation of two people."""
    made = await one.ask("POST", "/v1/conversations", {"kind": "direct", "user": other.id})
    return str(made["conversation"])


def deaf_socket(port: int, token: str) -> socket.socket:
    """Say hello on a socket that takes next to nothing, and never read again."""
    deaf = socket.socket()
    deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    deaf.settimeout(30)
    deaf.connect(("127.0.0.1", port))
    deaf.sendall(
        b"GET /v1/ws HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n"
        b"Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
        b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: parlour.v1\r\n\r\n"
    )
    _read_until(deaf, b"\r\n\r\n")
    hello = json.dumps({"type": "hello", "id": 0, "v": 1, "token": token}).encode()
    # A text frame of 126 bytes or more, under a mask of zeros.
    padded = hello.ljust(126)
    deaf.sendall(bytes((0x81, 0xFE)) + len(padded).to_bytes(2, "big") + bytes(4) + padded)
    _read_until(deaf, b'"welcome"')
    return deaf


def _read_until(from_: socket.socket, end: bytes) -> None:
    heard = b""
    while end not in heard:
        more = from_.recv(4096)
        assert more, f"closed after {heard!r}"
        heard += more
