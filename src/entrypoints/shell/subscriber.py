"""A socket as the hub sees it."""

from typing import Protocol

from parlour.domain.kernel.ids import ConversationId, DeviceId, SessionId, UserId


class Subscriber(Protocol):
    """A socket that said hello."""

    __slots__ = ()

    user: UserId
    device: DeviceId
    session: SessionId
    focus: ConversationId | None

    def push(self, frame: bytes) -> None:
        """Send a frame that must not be lost, or close the socket."""
        ...

    def push_latest(self, key: str, frame: bytes) -> None:
        """Send a frame, or close; where it has to wait, it takes the place of its key's last."""
        ...

    def push_soft(self, key: str, frame: bytes) -> None:
        """Send a frame as `push_latest` does, only that a slow reader can miss it."""
        ...

    def resync(self, conversation: ConversationId | None, reason: str) -> None:
        """Tell the client to compare its offsets with the log."""
        ...

    def restart(self) -> None:
        """Close so that the client comes back and begins afresh."""
        ...

    def end(self) -> None:
        """Close: the device may no longer act."""
        ...
