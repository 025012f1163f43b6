"""The bus between nodes: signals that something was committed, or that somebody types.

A bus may lose and repeat frames: receivers see a gap in the offsets and read the log. Topics are
short ASCII names. Only the coroutines wait; the other methods return at once.
"""

from collections.abc import Collection, Sequence
from typing import Protocol


class Listener(Protocol):
    """Receives frames from a bus; both methods return at once and never raise."""

    def frame(self, topic: str, payload: bytes) -> None:
        """Handle one frame of a followed topic. A node may receive its own frames."""
        ...

    def gap(self) -> None:
        """Handle an interruption: frames of any topic may have been lost since the last one."""
        ...


class Bus(Protocol):
    """Publish/subscribe: carries frames to every node that follows their topic."""

    async def start(self, listener: Listener) -> None:
        """Connect and deliver frames to *listener*; returns even if no server is reachable."""
        ...

    async def close(self) -> None:
        """Disconnect; frames in the queue are dropped."""
        ...

    def publish(self, frames: Sequence[tuple[str, bytes]]) -> None:
        """Publish (topic, payload) pairs in this order; what cannot be sent soon is dropped."""
        ...

    async def follow(self, topics: Collection[str]) -> None:
        """Subscribe to *topics*; returns when the subscription holds, or after a bounded wait."""
        ...

    def unfollow(self, topics: Collection[str]) -> None:
        """Unsubscribe from *topics*, soon; a later `follow` takes precedence."""
        ...

    @property
    def is_connected(self) -> bool:
        """Whether frames are delivered now."""
        ...
