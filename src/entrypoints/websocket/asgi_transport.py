"""WebSocket over ASGI: one task that reads, one that writes, and a bounded queue between.

A server stops reading a connection until the application has received the last event. It then
misses pongs as well and closes the socket as dead. So the reader only passes frames on. `send`
waits while the peer does not read, so a task of its own writes. At most `HIGH_WATER` bytes wait
for it here; further frames wait in the bounded outbox of the connection.
"""

import asyncio
import contextlib
from collections import deque
from collections.abc import Callable
from typing import cast

from litestar.types import Receive, Send, WebSocketCloseEvent, WebSocketSendEvent

from parlour.entrypoints.websocket.transport import Receiver

HIGH_WATER = 64 * 1024
"""Bytes that may wait for the server before frames wait in the outbox."""

LOW_WATER = 16 * 1024
"""Bytes at which frames leave the outbox again."""

CLOSE_TIMEOUT = 5.0
"""Seconds that the server has to take what waits and the close frame."""

STALL_TIMEOUT = 30.0
"""Seconds without progress after which a peer has stopped reading.

Longer than on the direct path: ASGI does not show the server's buffer, so progress is seen only
when `send` returns.
"""

MESSAGE_TOO_BIG = 1009
"""The close code for a message that is too long (RFC 6455, section 7.4.1)."""


class AsgiTransport:
    """The transport of one accepted socket of an ASGI server; `run` carries its frames.

    `on_end` is called, soon and once, when no more frames can come or go.
    """

    stall_timeout = STALL_TIMEOUT

    def __init__(self, receive: Receive, send: Send, *, max_bytes: int) -> None:
        """Make the transport of an accepted socket; messages have *max_bytes* at most."""
        self._receive = receive
        self._send = send
        self._max_bytes = max_bytes
        self._waiting: deque[bytes] = deque()
        self._waiting_bytes = 0
        self._has_work = asyncio.Event()
        self._close: WebSocketCloseEvent | None = None
        self._writing: asyncio.Task[None] | None = None
        self._receiver: Receiver | None = None
        self.is_writable = True
        self.on_end: Callable[[], None] | None = None

    def attach(self, receiver: Receiver) -> None:
        self._receiver = receiver

    def admitted(self) -> None:
        """Do nothing: a server that speaks ASGI has bounds of its own."""

    @property
    def unsent_bytes(self) -> int:
        return self._waiting_bytes

    def write(self, text: bytes) -> None:
        if self._close is None:
            self._waiting.append(text)
            self._waiting_bytes += len(text)
            self.is_writable = self.is_writable and self._waiting_bytes < HIGH_WATER
            self._has_work.set()

    def close(self, code: int, reason: str) -> None:
        if self._close is None:
            self._close = {"type": "websocket.close", "code": code, "reason": reason}
            self._has_work.set()
            self._limit_closing()
            self._tell_end()

    async def run(self) -> None:
        """Carry frames until the peer has gone or the close frame was sent.

        Raises what the receiver raises. An error of `send` means that the peer has gone.
        """
        reading = asyncio.create_task(self._read())
        writing = self._writing = asyncio.create_task(self._write())
        self._limit_closing()
        try:
            await asyncio.wait({reading, writing}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            reading.cancel()
            writing.cancel()
            outcomes = await asyncio.gather(reading, writing, return_exceptions=True)
            self._tell_end()
        for outcome in outcomes:
            if isinstance(outcome, Exception):
                raise outcome

    async def flush(self) -> None:
        """Write what waits and the close frame, after `run` has raised; give up in time."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(CLOSE_TIMEOUT):
                await self._write()

    def _tell_end(self) -> None:
        # Later in this turn: the caller that closes the socket may be iterating over many.
        if self.on_end is not None:
            asyncio.get_running_loop().call_soon(self.on_end)
            self.on_end = None

    def _limit_closing(self) -> None:
        """Stop writing to a peer that does not take its close frame in time."""
        if self._close is not None and self._writing is not None:
            asyncio.get_running_loop().call_later(CLOSE_TIMEOUT, self._writing.cancel)

    async def _read(self) -> None:
        assert self._receiver is not None  # noqa: S101 - `attach` comes before `run`
        while (event := await self._receive())["type"] == "websocket.receive":
            text = event.get("text")
            if text is None:
                self._receiver.binary()
            elif self._is_too_long(text):
                self.close(MESSAGE_TOO_BIG, "message_too_big")
            else:
                self._receiver.text(text)
            if not self.is_writable:
                await asyncio.sleep(0)  # frames that are here already must not starve the writer

    def _is_too_long(self, text: str) -> bool:
        if len(text) > self._max_bytes:
            return True
        # A character has at most four bytes: only long texts beyond ASCII have to be measured.
        may_be = 4 * len(text) > self._max_bytes and not text.isascii()
        return may_be and len(text.encode()) > self._max_bytes

    async def _write(self) -> None:
        while True:
            while self._waiting:
                text = self._waiting.popleft()
                if not await self._has_sent(_event(text)):
                    return
                self._note_taken(len(text))
            if self._close is not None:
                await self._has_sent(self._close)
                return
            self._has_work.clear()
            await self._has_work.wait()

    async def _has_sent(self, event: WebSocketSendEvent | WebSocketCloseEvent) -> bool:
        """Send *event*; False where the peer has gone (servers raise different errors)."""
        try:
            await self._send(event)
        except Exception:  # noqa: BLE001 - `websocket.disconnect` comes, or has come
            return False
        return True

    def _note_taken(self, size: int) -> None:
        self._waiting_bytes -= size
        if not self.is_writable and self._waiting_bytes <= LOW_WATER:
            self.is_writable = True
            if self._receiver is not None:
                self._receiver.writable()


def _event(text: bytes) -> WebSocketSendEvent:
    # Only the key that is used: some servers look which of the two is there.
    return cast("WebSocketSendEvent", {"type": "websocket.send", "text": text.decode()})
