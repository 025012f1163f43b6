"""WebSocket over TCP: uvicorn's sans-I/O protocol, with a direct way to the connection.

Four things are ours. The handshake was answered before, without an application. Text goes to the
receiver at once, without a queue and a task switch. Frames of one turn of the loop leave in one
write, their bytes shared by everybody who gets them: a system call a frame was a quarter of the
cost of a message. And a peer that sends pings and reads no pongs is cut off, and so is one that
does not take its close frame.
"""

import struct
from asyncio.transports import BaseTransport, Transport
from collections.abc import Callable
from typing import Protocol, cast

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import CloseCode, Frame
from websockets.protocol import State

HIGH_WATER = 64 * 1024
"""Bytes that may wait in the transport before frames wait in the outbox."""

MOST_UNWRITTEN = 128
"""Headers and texts that may gather before they leave without waiting for the turn to end."""

MOST_FRAGMENTS = 256
"""Fragments of one message; a message as long as may be needs none of them empty."""

MOST_PONGS = 256 * 1024
"""Bytes of unread pongs that are patience enough."""

CLOSE_PATIENCE = 5.0
"""Seconds that a peer has to take its close frame."""


class Receiver(Protocol):
    """Hears what a link brings; its methods return at once."""

    __slots__ = ()

    def text(self, text: str) -> None:
        """Take one text frame."""
        ...

    def binary(self) -> None:
        """Hear that a binary frame came."""
        ...

    def control(self) -> None:
        """Hear that a ping or a pong of WebSocket itself came."""
        ...

    def writable(self) -> None:
        """Hear that the link takes frames again."""
        ...


class Link(Protocol):
    """Carries frames to one peer."""

    @property
    def is_writable(self) -> bool:
        """Tell whether a frame would go out soon."""
        ...

    def attach(self, receiver: Receiver) -> None:
        """Bring everything that comes to *receiver*; to be called before anything can come."""
        ...

    def write(self, text: bytes) -> None:
        """Send one text frame."""
        ...

    def close(self, code: int, reason: str) -> None:
        """Send a close frame and end."""
        ...


class ParlourProtocol(WebSocketsSansIOProtocol):
    """One WebSocket connection, and its link."""

    receiver: Receiver | None = None
    is_writable = True
    _on_end: Callable[[], None] | None = None

    def connection_made(self, transport: BaseTransport) -> None:
        super().connection_made(transport)
        self._unwritten: list[bytes] = []
        self._gathered = 0
        cast("Transport", transport).set_write_buffer_limits(high=HIGH_WATER)

    def attach(self, receiver: Receiver) -> None:
        self.receiver = receiver

    def begin(self, answer: bytes, on_end: Callable[[], None]) -> None:
        """Send the *answer* to a handshake; frames follow, and *on_end* once there are no more."""
        self._on_end = on_end
        self.handshake_complete = True
        self.conn.state = State.OPEN
        self.conn.parser = self.conn.parse()
        next(self.conn.parser)
        self.transport.write(answer)

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self._end()

    def shutdown(self) -> None:
        super().shutdown()
        self._end()

    def handle_close(self, event: Frame) -> None:
        super().handle_close(event)
        self._end()

    def handle_parser_exception(self) -> None:
        super().handle_parser_exception()
        self._end()

    def _end(self) -> None:
        # Soon, not now: who closes a socket may be in the midst of telling many.
        if self._on_end is not None:
            self.loop.call_soon(self._on_end)
            self._on_end = None

    def write(self, text: bytes) -> None:
        if not self._unwritten:
            self.loop.call_soon(self._flush)
        self._unwritten += (frame_header(len(text)), text)
        self._gathered += len(text)
        if len(self._unwritten) >= MOST_UNWRITTEN or self._gathered >= HIGH_WATER:
            self._flush()

    def _flush(self) -> None:
        if self._unwritten:
            data = b"".join(self._unwritten)
            self._unwritten.clear()
            self._gathered = 0
            if not (self.close_sent or self.disconnected or self.transport.is_closing()):
                self.transport.write(data)

    def close(self, code: int, reason: str) -> None:
        if self.close_sent or self.disconnected or self.transport.is_closing():
            return
        self._flush()
        self.close_sent = True
        self._end()
        if self.conn.state is not State.OPEN:
            # The peer closes in the same breath.
            self.transport.close()
            return
        self.conn.send_close(code, reason)
        self.transport.write(b"".join(self.conn.data_to_send()))
        self.close_timer = self.loop.call_later(CLOSE_PATIENCE, self.transport.abort)

    def handle_cont(self, event: Frame) -> None:
        if len(self.frames) < MOST_FRAGMENTS:
            super().handle_cont(event)
        else:
            self.close(CloseCode.MESSAGE_TOO_BIG, "too_many_fragments")

    def send_receive_event_to_app(self) -> None:
        if self.receiver is None:
            super().send_receive_event_to_app()
            return
        data = self.frames[0] if len(self.frames) == 1 else b"".join(self.frames)
        self.frames = []
        if self.close_sent:
            return
        if self.curr_msg_data_type != "text":
            self.receiver.binary()
            return
        try:
            text = str(data, "utf-8")
        except UnicodeDecodeError:
            self.close(CloseCode.INVALID_DATA, "not_utf8")
            return
        self.receiver.text(text)

    def pause_writing(self) -> None:
        super().pause_writing()
        self.is_writable = False

    def resume_writing(self) -> None:
        super().resume_writing()
        self.is_writable = True
        if self.receiver is not None:
            self.receiver.writable()

    def handle_ping(self) -> None:
        if self.transport.get_write_buffer_size() > MOST_PONGS:
            self.transport.abort()
            return
        super().handle_ping()
        self._note_control()

    def handle_pong(self, event: Frame) -> None:  # noqa: ARG002 - any pong says the same
        self._note_control()

    def _note_control(self) -> None:
        if self.receiver is not None:
            self.receiver.control()


@lru_cache(maxsize=4096)
def frame_header(length: int) -> bytes:
    """Return the header of an unmasked text frame of *length* bytes (RFC 6455 section 5.2)."""
    if length < 126:
        return bytes((0x81, length))
    if length < 65_536:
        return struct.pack("!BBH", 0x81, 126, length)
    return struct.pack("!BBQ", 0x81, 127, length)
