"""The bus between nodes: hints that something was committed, or that somebody types.

A bus may lose and repeat frames; it never needs to be right, because offsets heal what it loses.
Topics are short ASCII names. The methods that wait are coroutines, the rest return at once.
"""

from collections.abc import Collection, Sequence
from typing import Protocol


class Listener(Protocol):
    """Receives what a bus carries; both methods return at once and never raise."""

    def frame(self, topic: str, payload: bytes) -> None:
        """Take one frame of a followed topic. A node may hear its own frames again."""
        ...

    def gap(self) -> None:
        """Hear that frames of any topic may have been lost since the last frame."""
        ...


class Bus(Protocol):
    """Carries frames to every node that follows their topic."""

    async def start(self, listener: Listener) -> None:
        """Begin to carry frames to *listener*; return even where the bus is out of reach."""
        ...

    async def close(self) -> None:
        """Stop, drop what waits, free the connections."""
        ...

    def publish(self, frames: Sequence[tuple[str, bytes]]) -> None:
        """Send (topic, payload) pairs in this order; what cannot be sent soon is dropped."""
        ...

    async def follow(self, topics: Collection[str]) -> None:
        """Hear these topics from now on; returns when that holds, or after a bounded wait."""
        ...

    def unfollow(self, topics: Collection[str]) -> None:
        """Stop hearing these topics, soon; a `follow` that comes later stands."""
        ...

    @property
    def is_connected(self) -> bool:
        """Tell whether frames are carried now."""
        ...
