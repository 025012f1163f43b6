"""How much of an HTTP connection is read: pieces, pauses, and a close that can be read."""

import asyncio
from collections.abc import Callable
from weakref import WeakMethod

from uvicorn.protocols.http.flow_control import FlowControl

PIECE = 16 * 1024
"""Bytes that are parsed at once."""

PIECE_OF_CHUNKS = 1024
"""The same where a body comes in chunks, which may hold a byte each."""

_END_OF_HEAD = b"\r\n\r\n"


def next_piece(data: bytes, at: int, body_left: int | None) -> int:
    """Return the end of the piece of *data* that begins at *at*.

    A piece holds no two heads, so that a request is parsed after the one before it was answered.
    *body_left* is what is left of a body: 0 for a head, None for chunks.
    """
    if body_left is None:
        return min(len(data), at + PIECE_OF_CHUNKS)
    if body_left > 0:
        return min(len(data), at + min(PIECE, body_left))
    end = data.find(_END_OF_HEAD, at, at + PIECE)
    return min(len(data), at + PIECE) if end < 0 else end + len(_END_OF_HEAD)


class FairFlow(FlowControl):
    """Flow control that reads no more while bytes are held back to be parsed later.

    uvicorn resumes reading whenever an application asks for a body, also for one that has arrived.
    """

    def __init__(self, transport: asyncio.Transport, go_on: Callable[[], None]) -> None:
        """Make the flow control of a connection that parses what was held back in *go_on*."""
        super().__init__(transport)
        self._loop = asyncio.get_running_loop()
        self._go_on = WeakMethod(go_on)  # a cycle would wait for the garbage collector
        self._next: asyncio.Handle | None = None
        self.is_held = False

    def hold(self, *, is_ready: bool) -> None:
        """Read no more; parse the rest in the next turn if it *is_ready*."""
        self.is_held = True
        self.pause_reading()
        if is_ready:
            self._go_on_soon()

    def release(self) -> None:
        """Read on: nothing is held back any more."""
        self.is_held = False
        if not self._transport.is_closing():
            super().resume_reading()

    def resume_reading(self) -> None:
        if self.is_held:
            self._go_on_soon()
        else:
            super().resume_reading()

    def _go_on_soon(self) -> None:
        if self._next is None:
            self._next = self._loop.call_soon(self._run)

    def _run(self) -> None:
        self._next = None
        if self.is_held and (go_on := self._go_on()) is not None:
            go_on()


class LingeringTransport:
    """The transport of an answer to a request whose body may still be arriving.

    An application that has read enough closes the connection; *close* then waits for a moment
    before it does, because the answer would be lost with the reset that follows.
    """

    def __init__(self, transport: asyncio.Transport, close: Callable[[], None]) -> None:
        self.write = transport.write
        self.is_closing = transport.is_closing
        self._close = WeakMethod(close)

    def close(self) -> None:
        """Close once the peer has had time to read the answer."""
        if (close := self._close()) is not None:
            close()
