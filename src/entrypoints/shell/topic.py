"""A log as one node follows it: its tail, and the sockets of this node that subscribe to it."""

from collections.abc import Iterator
from typing import Protocol

import attrs

from parlour.domain.kernel.ids import ConversationId, DeviceId, SessionId, UserId
from parlour.entrypoints.shell.signals import Signal
from parlour.entrypoints.shell.tail import MAX_HELD, Tail


class Subscriber(Protocol):
    """A socket after its hello, as the hub sees it. No method waits."""

    __slots__ = ()

    user: UserId
    device: DeviceId
    session: SessionId
    focus: ConversationId | None

    def push(self, frame: bytes) -> None:
        """Queue a frame that must not be lost; close the socket where its outbox is full."""
        ...

    def push_latest(self, key: str, frame: bytes) -> None:
        """Do as `push`; a waiting frame of the same *key* is replaced."""
        ...

    def push_soft(self, key: str, frame: bytes) -> None:
        """Do as `push_latest`; the frame is dropped where the reader is slow."""
        ...

    def resync(self, conversation: ConversationId | None, reason: str) -> None:
        """Tell the client to compare its offsets with the log."""
        ...

    def restart(self) -> None:
        """Close the socket so that the client reconnects and loads a new snapshot."""
        ...

    def end(self) -> None:
        """Close the socket: its device may no longer act."""
        ...


@attrs.define
class PendingSubscription:
    """A subscription that waits for the offset up to which its socket has read the log.

    `end` is that offset, None until it is known. Until then `buffered` keeps the signals that the
    socket may need; `overflowed` is set if there were too many to keep.
    """

    end: int | None = None
    overflowed: bool = False
    buffered: list[Signal] = attrs.field(factory=list)


class Topic:
    """The tail of one log and its subscribers on this node.

    A node may have passed on less of a log than a new subscriber has read. The events in between
    are not for that socket: it has them, or its user has joined since and may not see them.
    """

    __slots__ = ("is_followed", "pending", "sockets", "tail")

    def __init__(self) -> None:
        self.tail = Tail()
        self.sockets: set[Subscriber] = set()
        self.pending: dict[Subscriber, PendingSubscription] = {}
        self.is_followed = False

    @property
    def everybody(self) -> Iterator[Subscriber]:
        """All subscribers, the pending ones included."""
        yield from self.sockets
        yield from self.pending

    @property
    def is_empty(self) -> bool:
        """Return whether no socket is left."""
        return not self.sockets and not self.pending

    def subscribe(self, socket: Subscriber) -> None:
        """Buffer signals for *socket* until `complete_subscription`."""
        if socket not in self.sockets:
            self.pending.setdefault(socket, PendingSubscription())

    def complete_subscription(self, socket: Subscriber, end: int) -> list[Signal] | None:
        """Mark *socket* as caught up to the offset *end*; return the buffered signals after it.

        Returns None where too many signals came meanwhile: the socket must read the log again.
        """
        pending = self.pending.get(socket)
        if pending is None or pending.end is not None:
            return []
        pending.end = end
        buffered, pending.buffered = pending.buffered, []
        self.activate_caught_up()
        if pending.overflowed:
            return None
        return [signal for signal in buffered if signal.offset > end]

    def buffer(self, signal: Signal) -> None:
        """Keep *signal*, the next one of this log, for pending subscriptions."""
        self._activate_up_to(signal.offset)
        for pending in self.pending.values():
            if pending.end is None and not pending.overflowed:
                pending.buffered.append(signal)
                pending.overflowed = len(pending.buffered) > MAX_HELD

    def activate_caught_up(self) -> None:
        """Activate the pending subscriptions that have read no more than was passed on here."""
        if self.pending and self.tail.offset is not None:
            self._activate_up_to(self.tail.offset + 1)

    def discard(self, socket: Subscriber) -> None:
        """Forget *socket*."""
        self.sockets.discard(socket)
        self.pending.pop(socket, None)

    def _activate_up_to(self, coming: int) -> None:
        """Activate subscriptions for which the signal at offset *coming* is news."""
        caught_up = [
            socket
            for socket, pending in self.pending.items()
            if pending.end is not None and pending.end < coming
        ]
        for socket in caught_up:
            del self.pending[socket]
            self.sockets.add(socket)
