"""WebSocket over TCP, after the handshake: frames in and out, without a queue or a task.

Plain texts are cut out of their bytes (see `framing`) and go to the receiver at once; every other
frame is read, and judged, by `websockets`. Frames of one turn of the loop leave in one write,
their bytes shared by everybody who gets them: a system call a frame was a quarter of the cost of a
message. And a peer that sends pings and reads no pongs is cut off, and so is one that does not
take its close frame.
"""

import asyncio
import fcntl
import struct
import termios
from asyncio.transports import BaseTransport, Transport
from collections.abc import Callable
from functools import cached_property
from logging import getLogger
from typing import Any, cast

from uvicorn.server import ServerState
from websockets.frames import CloseCode, Frame, Opcode
from websockets.protocol import State
from websockets.server import ServerProtocol
from websockets.typing import BytesLike

from parlour.entrypoints.websocket.framing import (
    frame_bounds,
    frame_header,
    is_plain_text,
    unmasked,
)
from parlour.entrypoints.websocket.transport import Receiver

HIGH_WATER = 64 * 1024
"""Bytes that may wait in the transport before frames wait in the outbox."""

MAX_UNWRITTEN = 128
"""Headers and texts that may gather before they leave without waiting for the turn to end."""

MAX_FRAGMENTS = 256
"""Fragments of one message; a message as long as may be needs none of them empty."""

MAX_PONGS = 256 * 1024
"""Bytes of unread pongs that are patience enough."""

STALL_TIMEOUT = 10.0
"""Seconds without progress after which a peer has stopped reading."""

CLOSE_TIMEOUT = 5.0
"""Seconds that a peer has to take its close frame."""

_log = getLogger("uvicorn.error")


class ParlourProtocol(asyncio.Protocol):
    """One WebSocket connection whose handshake was answered, and its link.

    `on_end` is called, soon and once, when no more frames can come or go.
    """

    stall_timeout = STALL_TIMEOUT

    transport: Transport

    def __init__(self, server: ServerState, *, max_bytes: int) -> None:
        """Make the connection of a server of uvicorn; a message has *max_bytes* at most."""
        self._siblings = cast("set[Any]", server.connections)
        self._loop = asyncio.get_running_loop()
        self._max_bytes = max_bytes
        self._rest = b""
        self._parts: list[BytesLike] = []
        self._is_text = False
        self._unwritten: list[bytes] = []
        self._gathered = 0
        self._is_ending = False
        self._patience: asyncio.TimerHandle | None = None
        self.receiver: Receiver | None = None
        self.is_writable = True
        self.on_end: Callable[[], None] | None = None

    @cached_property
    def _frames(self) -> ServerProtocol:
        # Most sockets need it at their end only.
        return ServerProtocol(state=State.OPEN, max_size=self._max_bytes, logger=_log)

    def attach(self, receiver: Receiver) -> None:
        self.receiver = receiver

    @property
    def untaken(self) -> int:
        # The kernel tells of room only when a third of its buffer is free: too seldom to judge by.
        queue = self.transport.get_extra_info("socket").fileno()
        (unsent,) = struct.unpack("i", fcntl.ioctl(queue, termios.TIOCOUTQ, bytes(4)))
        return int(unsent) + self.transport.get_write_buffer_size()

    # -- what the transport says -------------------------------------------------------------

    def connection_made(self, transport: BaseTransport) -> None:
        self._siblings.add(self)
        self.transport = cast("Transport", transport)
        self.transport.set_write_buffer_limits(high=HIGH_WATER)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - gone is gone
        self._siblings.discard(self)
        self._hang_up()

    def data_received(self, data: bytes) -> None:
        data, at = self._rest + data, 0
        while bounds := frame_bounds(data, at):
            start, end = bounds
            is_too_long = end - start > self._max_bytes
            if end > len(data) and not is_too_long:
                break
            if is_plain_text(data, at) and not self._parts and not is_too_long:
                self._take_text(unmasked(data, start, end))
            else:
                self._judge(data[at:end])
            at = end
        self._rest = data[at:]

    def _judge(self, frame: bytes) -> None:
        """Have the library read one frame, or the beginning of one that is too long."""
        self._frames.receive_data(frame)
        if self._frames.parser_exc is not None:
            self._write_control()  # the close frame that says what was wrong
            self._hang_up()
            return
        for event in self._frames.events_received():
            self._take(cast("Frame", event))

    def pause_writing(self) -> None:
        self.is_writable = False

    def resume_writing(self) -> None:
        self.is_writable = True
        if self.receiver is not None:
            self.receiver.writable()

    def shutdown(self) -> None:
        """Hear that the server ends."""
        if not self._is_ending and self._frames.state is State.OPEN:
            self._frames.send_close(CloseCode.SERVICE_RESTART)
            self._write_control()
        self._hang_up()

    # -- what comes in -----------------------------------------------------------------------

    def _take(self, frame: Frame) -> None:
        kind = frame.opcode
        if kind is Opcode.PING or kind is Opcode.PONG:
            self._take_control(kind)
        elif kind is Opcode.CLOSE:
            if not self._is_ending:
                self._write_control()  # it is answered by the same
            self._hang_up()
        elif not self._is_ending:
            self._take_data(frame)

    def _take_data(self, frame: Frame) -> None:
        if frame.opcode is not Opcode.CONT:
            self._is_text = frame.opcode is Opcode.TEXT
            self._parts = []
        elif len(self._parts) >= MAX_FRAGMENTS:
            self.close(CloseCode.MESSAGE_TOO_BIG, "too_many_fragments")
            return
        self._parts.append(frame.data)
        if frame.fin:
            data = self._parts[0] if len(self._parts) == 1 else b"".join(self._parts)
            self._parts = []
            if self._is_text:
                self._take_text(data)
            elif self.receiver is not None:
                self.receiver.binary()

    def _take_text(self, data: BytesLike) -> None:
        if self.receiver is None or self._is_ending:
            return  # what comes after our close frame is nobody's
        try:
            text = str(data, "utf-8")
        except UnicodeDecodeError:
            self.close(CloseCode.INVALID_DATA, "not_utf8")
            return
        self.receiver.text(text)

    def _take_control(self, kind: Opcode) -> None:
        if kind is Opcode.PING:
            if self.transport.get_write_buffer_size() > MAX_PONGS:
                self.transport.abort()
                return
            self._write_control()
        if self.receiver is not None:
            self.receiver.control()

    # -- what goes out -----------------------------------------------------------------------

    def write(self, text: bytes) -> None:
        if not self._unwritten:
            self._loop.call_soon(self._flush)
        self._unwritten += (frame_header(len(text)), text)
        self._gathered += len(text)
        if len(self._unwritten) >= MAX_UNWRITTEN or self._gathered >= HIGH_WATER:
            self._flush()

    def _flush(self) -> None:
        if self._unwritten:
            data = b"".join(self._unwritten)
            self._unwritten.clear()
            self._gathered = 0
            if not (self._is_ending or self.transport.is_closing()):
                self.transport.write(data)

    def _write_control(self) -> None:
        """Write what the protocol itself has to say: pongs and close frames."""
        if data := b"".join(self._frames.data_to_send()):
            self.transport.write(data)

    # -- the end -----------------------------------------------------------------------------

    def close(self, code: int, reason: str) -> None:
        if self._is_ending or self.transport.is_closing():
            return
        self._flush()
        if self._frames.state is not State.OPEN:
            self._hang_up()  # the peer closes in the same breath
            return
        self._is_ending = True
        self._frames.send_close(code, reason)
        self._write_control()
        self._patience = self._loop.call_later(CLOSE_TIMEOUT, self.transport.abort)
        self._tell_end()

    def _hang_up(self) -> None:
        """Let the wire go, once it has taken what was written."""
        self._is_ending = True
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None
        self.transport.close()
        self._tell_end()

    def _tell_end(self) -> None:
        # Soon, not now: who closes a socket may be in the midst of telling many.
        if self.on_end is not None:
            self._loop.call_soon(self.on_end)
            self.on_end = None
