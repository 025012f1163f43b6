"""A raw WebSocket, for frames that no client library sends."""

import asyncio
import base64
import json
import os
import socket
import struct
from collections.abc import Mapping
from typing import Self

import attrs

CONT, TEXT, BINARY, CLOSE, PING, PONG = 0x0, 0x1, 0x2, 0x8, 0x9, 0xA


def frame(
    opcode: int,
    payload: bytes = b"",
    *,
    fin: bool = True,
    reserved: int = 0,
    masked: bool = True,
    length: int | None = None,
) -> bytes:
    """Return one frame; *length* overrides the length in its header."""
    size = len(payload) if length is None else length
    first = (0x80 if fin else 0) | reserved << 4 | opcode
    mask_bit = 0x80 if masked else 0
    if size < 126:
        head = struct.pack("!BB", first, mask_bit | size)
    elif size < 65_536:
        head = struct.pack("!BBH", first, mask_bit | 126, size)
    else:
        head = struct.pack("!BBQ", first, mask_bit | 127, size)
    if not masked:
        return head + payload
    mask = os.urandom(4)
    return head + mask + bytes(byte ^ mask[at % 4] for at, byte in enumerate(payload))


def close(code: int, reason: bytes = b"") -> bytes:
    """Return a close frame."""
    return frame(CLOSE, struct.pack("!H", code) + reason)


@attrs.frozen
class ReceivedFrame:
    """A frame of the server."""

    opcode: int
    payload: bytes

    @property
    def code(self) -> int:
        """The code of a close frame; 0 if it has none."""
        return struct.unpack("!H", self.payload[:2])[0] if len(self.payload) > 1 else 0


class RawSocket:
    """A TCP connection to a node, controlled by the test."""

    def __init__(self, port: int, *, receive_buffer: int | None = None) -> None:
        self._port = port
        self._socket = socket.socket()
        self._socket.setblocking(False)
        if receive_buffer is not None:
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self._buffer = b""

    async def __aenter__(self) -> Self:
        await asyncio.get_running_loop().sock_connect(self._socket, ("127.0.0.1", self._port))
        return self

    async def __aexit__(self, *_: object) -> None:
        self._socket.close()

    async def send(self, data: bytes) -> None:
        """Send bytes; wait until the server has taken them."""
        await asyncio.get_running_loop().sock_sendall(self._socket, data)

    def try_to_send(self, data: bytes) -> int:
        """Send as many bytes as possible without waiting; return how many."""
        try:
            return self._socket.send(data)
        except BlockingIOError:
            return 0

    def reset(self) -> None:
        """Reset the connection."""
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._socket.close()

    async def upgrade(self, **headers: str) -> None:
        """Upgrade the connection to a WebSocket."""
        await self.send(self.request(headers))
        answer = await self.head()
        assert answer.startswith("HTTP/1.1 101 "), answer

    def request(self, headers: Mapping[str, str] | None = None) -> bytes:
        """Return an upgrade request; underscores in header names become dashes."""
        fields = {
            "Host": f"127.0.0.1:{self._port}",
            "Upgrade": "websocket",
            "Connection": "Upgrade",
            "Sec-WebSocket-Version": "13",
            "Sec-WebSocket-Key": base64.b64encode(bytes(16)).decode(),
            **{name.replace("_", "-"): value for name, value in (headers or {}).items()},
        }
        lines = [f"{name}: {value}" for name, value in fields.items()]
        return ("\r\n".join(["GET /v1/ws HTTP/1.1", *lines]) + "\r\n\r\n").encode("latin-1")

    async def head(self) -> str:
        """Read the head of an HTTP answer."""
        while b"\r\n\r\n" not in self._buffer:
            assert await self._more(), f"the connection ended: {self._buffer!r}"
        head, self._buffer = self._buffer.split(b"\r\n\r\n", 1)
        return head.decode("latin-1")

    async def hear(self) -> ReceivedFrame | None:
        """Read one frame; None if the connection has ended."""
        head = await self._take(2)
        if head is None:
            return None
        size = head[1] & 0x7F
        if size > 125:
            wide = await self._take(2 if size == 126 else 8)
            size = int.from_bytes(wide or b"")
        payload = await self._take(size)
        return None if payload is None else ReceivedFrame(head[0] & 0x0F, payload)

    async def hear_close(self) -> int | None:
        """Read up to the close frame; return its code, or None if there is none."""
        while (heard := await self.hear()) is not None:
            if heard.opcode == CLOSE:
                return heard.code
        return None

    async def ends(self) -> None:
        """Read until the connection has ended."""
        while await self._more():
            self._buffer = b""

    async def _take(self, size: int) -> bytes | None:
        while len(self._buffer) < size:
            if not await self._more():
                return None
        taken, self._buffer = self._buffer[:size], self._buffer[size:]
        return taken

    async def _more(self) -> bool:
        try:
            data = await asyncio.wait_for(
                asyncio.get_running_loop().sock_recv(self._socket, 1 << 16), 30
            )
        except ConnectionError:
            return False
        self._buffer += data
        return bool(data)


def deaf_socket(port: int, token: str) -> socket.socket:
    """Say hello on a socket with a small receive buffer, and never read from it again."""
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
    # A text frame of 126 bytes or more, masked with zeros.
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
