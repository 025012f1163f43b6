"""The port between a connection and the wire: frames in (`Receiver`) and out (`Transport`)."""

from typing import Protocol


class Receiver(Protocol):
    """Receives what a transport reads; its methods return at once."""

    __slots__ = ()

    def text(self, text: str) -> None:
        """Take one text frame."""
        ...

    def binary(self) -> None:
        """Take note of a binary frame."""
        ...

    def control(self) -> None:
        """Take note of a ping or pong of WebSocket itself."""
        ...

    def writable(self) -> None:
        """Take note that frames can be written again."""
        ...


class Transport(Protocol):
    """Carries frames to one peer.

    `stall_timeout`: seconds in which `unsent_bytes` has to shrink while the transport is not
    writable. A peer that takes longer has stopped reading.
    """

    stall_timeout: float

    @property
    def is_writable(self) -> bool:
        """Return whether a frame would be sent soon."""
        ...

    @property
    def unsent_bytes(self) -> int:
        """Return how many bytes the peer has not taken yet; while it reads, the number shrinks."""
        ...

    def attach(self, receiver: Receiver) -> None:
        """Set the receiver of frames; to be called before any can arrive."""
        ...

    def admitted(self) -> None:
        """Lift the bounds for strangers: the peer has logged in."""
        ...

    def write(self, text: bytes) -> None:
        """Send one text frame."""
        ...

    def close(self, code: int, reason: str) -> None:
        """Send a close frame and end."""
        ...
