"""WebSocket over TCP, after the handshake: frames in and out, without a queue or a task.

Plain texts are cut out of their bytes (see `framing`) and go to the receiver at once; every other
frame is read, and judged, by `websockets`. Frames of one turn of the loop leave in one write,
their bytes shared by everybody who gets them: a system call a frame was a quarter of the cost of a
message.

A peer that sends without end delays nobody: a few frames of each connection are read in one turn
of the loop, little is read before the peer has logged in, and nothing is parsed after a close. A
peer that sends pings and reads no pongs is cut off, as is one that does not take its close frame.
"""

import asyncio
import fcntl
import struct
import sys
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

from parlour.entrypoints.connection_guard import ConnectionSlot
from parlour.entrypoints.websocket.framing import (
    LONGEST_CLOSE,
    ends_with_close,
    frame_bounds,
    frame_header,
    is_plain_text,
    unmasked,
)
from parlour.entrypoints.websocket.transport import Receiver

HIGH_WATER = 64 * 1024
"""Bytes that may wait in asyncio's transport before frames wait in the outbox."""

MAX_UNWRITTEN = 128
"""Headers and texts that may be buffered before they are written within the same turn."""

MAX_FRAMES = 32
"""Frames of one connection that are read in one turn of the event loop."""

MAX_DROPPED = 256 * 1024
"""Bytes that are dropped after a close before the connection is reset."""

MAX_FRAGMENTS = 256
"""Fragments of one message."""

MAX_PONGS = 256 * 1024
"""Bytes of unread pongs after which the peer is cut off."""

STALL_TIMEOUT = 10.0
"""Seconds without progress after which a peer has stopped reading."""

CLOSE_TIMEOUT = 5.0
"""Seconds that a peer has to take its close frame."""

_BLAMELESS = frozenset({4000, 4001, 4002, 4005, 4505})
"""Codes with which sockets are closed before they have logged in, and the peer is not to blame."""

_log = getLogger("uvicorn.error")


class DirectTransport(asyncio.Protocol):
    """One WebSocket connection whose handshake was answered, and its transport.

    `on_end` is called, soon and once, when no more frames can come or go.
    """

    stall_timeout = STALL_TIMEOUT

    transport: Transport

    def __init__(
        self, server: ServerState, *, max_bytes: int, slot: ConnectionSlot | None = None
    ) -> None:
        """Make the connection of a server of uvicorn; a message has *max_bytes* at most.

        *slot* is what the connection takes of the bounds of its address until it logs in.
        """
        self._siblings = cast("set[Any]", server.connections)
        self._loop = asyncio.get_running_loop()
        self._max_bytes = max_bytes
        self._slot = slot
        self._allowance = 2 * max_bytes  # before the peer has logged in
        self._dropped = 0
        self._has_more = False
        self._buffer = b""
        self._parts: list[BytesLike] = []
        self._is_text = False
        self._unwritten: list[bytes] = []
        self._gathered = 0
        self._is_ending = False
        self._close_timer: asyncio.TimerHandle | None = None
        self.receiver: Receiver | None = None
        self.is_writable = True
        self.on_end: Callable[[], None] | None = None

    @cached_property
    def _frames(self) -> ServerProtocol:
        # Created when first needed: most sockets need it for closing only.
        return ServerProtocol(state=State.OPEN, max_size=self._max_bytes, logger=_log)

    def attach(self, receiver: Receiver) -> None:
        self.receiver = receiver

    @property
    def unsent_bytes(self) -> int:
        # `resume_writing` comes only when a third of the kernel's buffer is free: too coarse.
        queue = self.transport.get_extra_info("socket").fileno()
        (unsent,) = struct.unpack("i", fcntl.ioctl(queue, termios.TIOCOUTQ, bytes(4)))
        return int(unsent) + self.transport.get_write_buffer_size()

    # -- asyncio.Protocol ---------------------------------------------------------------------

    def connection_made(self, transport: BaseTransport) -> None:
        self._siblings.add(self)
        self.transport = cast("Transport", transport)
        self.transport.set_write_buffer_limits(high=HIGH_WATER)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - unused
        self._siblings.discard(self)
        self._disconnect()
        self._leave_slot()

    def data_received(self, data: bytes) -> None:
        self._allowance -= len(data)
        if self._is_ending or self._allowance < 0:
            self._refuse(data)
        elif self._has_more:  # bytes that came although reading is paused
            self._buffer += data
        else:
            self._read(self._buffer + data)

    def _read(self, data: bytes) -> None:
        """Read the frames in *data*; leave to the next turn what is beyond `MAX_FRAMES`."""
        at = frames = 0
        while frames < MAX_FRAMES and (bounds := frame_bounds(data, at)):
            start, end = bounds
            is_too_long = end - start > self._max_bytes
            if end > len(data) and not is_too_long:
                break
            if is_plain_text(data, at) and not self._parts and not is_too_long:
                self._take_text(unmasked(data, start, end))
            else:
                self._parse(data[at:end])
            at = end
            if self._is_ending:
                self._buffer = b""
                self._drop(data[at:])
                return
            frames += 1
        self._buffer = data[at:]
        if frames == MAX_FRAMES and self._buffer and not self._has_more:
            self._has_more = True
            self.transport.pause_reading()
            self._loop.call_soon(self._read_more)

    def _read_more(self) -> None:
        """Go on with the frames that were left by the turn before."""
        self._has_more = False
        if not self._is_ending:
            self._read(self._buffer)
        if not self._has_more and not self.transport.is_closing():
            self.transport.resume_reading()

    def _refuse(self, data: bytes) -> None:
        """Close the socket of a peer that sends too much before it has logged in."""
        if not self._is_ending:
            self.close(CloseCode.POLICY_VIOLATION, "too_much_before_hello")
        self._drop(data)

    def _drop(self, data: bytes) -> None:
        """Drop what comes after a close, without parsing it, until it ends with the peer's own."""
        self._dropped += len(data)
        if self._dropped > MAX_DROPPED:
            self.transport.abort()
            return
        self._buffer = (self._buffer + data)[-LONGEST_CLOSE:]
        if ends_with_close(self._buffer):
            self._disconnect()

    def _parse(self, frame: bytes) -> None:
        """Let `websockets` parse and judge one frame, or the beginning of one that is too long."""
        self._frames.receive_data(frame)
        if self._frames.parser_exc is not None:
            if self._slot is not None:
                self._slot.blame()
            self._write_control()  # the close frame that says what was wrong
            self._disconnect()
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
        """Close the connection because the server ends (called by uvicorn)."""
        if not self._is_ending and self._frames.state is State.OPEN:
            self._frames.send_close(CloseCode.SERVICE_RESTART)
            self._write_control()
        self._disconnect()

    # -- incoming -----------------------------------------------------------------------------

    def _take(self, frame: Frame) -> None:
        kind = frame.opcode
        if kind is Opcode.PING or kind is Opcode.PONG:
            self._take_control(kind)
        elif kind is Opcode.CLOSE:
            if not self._is_ending:
                self._write_control()  # the library has queued the echo
            self._disconnect()
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
            return  # frames after our close frame are ignored
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

    def admitted(self) -> None:
        self._allowance = sys.maxsize
        self._leave_slot()

    def _leave_slot(self) -> None:
        if self._slot is not None:
            self._slot.leave()
            self._slot = None

    # -- outgoing -----------------------------------------------------------------------------

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
        """Write the pongs and close frames that the library has queued."""
        if data := b"".join(self._frames.data_to_send()):
            self.transport.write(data)

    # -- closing -----------------------------------------------------------------------------

    def close(self, code: int, reason: str) -> None:
        if self._is_ending or self.transport.is_closing():
            return
        self._flush()
        if self._frames.state is not State.OPEN:
            self._disconnect()  # the peer closes at the same time
            return
        self._is_ending = True
        if self._slot is not None and code not in _BLAMELESS:
            self._slot.blame()
        self._frames.send_close(code, reason)
        self._write_control()
        self._close_timer = self._loop.call_later(CLOSE_TIMEOUT, self.transport.abort)
        self._tell_end()

    def _disconnect(self) -> None:
        """Close the connection once everything written is sent."""
        self._is_ending = True
        if self._close_timer is not None:
            self._close_timer.cancel()
            self._close_timer = None
        self.transport.close()
        self._tell_end()

    def _tell_end(self) -> None:
        # Later in this turn: the caller that closes the socket may be iterating over many.
        if self.on_end is not None:
            self._loop.call_soon(self.on_end)
            self.on_end = None
