"""What a connection asks of the way to its peer, and what that way brings."""

from typing import Protocol


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
    """Carries frames to one peer.

    `stall_timeout` is the number of seconds in which `untaken` has to shrink while the link is not
    writable; a peer that takes longer has stopped reading.
    """

    stall_timeout: float

    @property
    def is_writable(self) -> bool:
        """Tell whether a frame would go out soon."""
        ...

    @property
    def untaken(self) -> int:
        """Return how many bytes the peer has not taken yet: as these grow fewer, it reads."""
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
