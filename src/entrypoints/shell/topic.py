"""A log as one node follows it: its tail, and the sockets here that hear it."""

from collections.abc import Iterator

import attrs

from parlour.entrypoints.shell.signals import Signal
from parlour.entrypoints.shell.subscriber import Subscriber
from parlour.entrypoints.shell.tail import MAX_HELD, Tail


@attrs.define
class PendingSubscriber:
    """A socket that is let in: what it has read reaches to `end`, None where nobody knows yet.

    Until that is known, `held` keeps what it may have to hear, unless that is too much.
    """

    end: int | None = None
    is_overtaken: bool = False
    held: list[Signal] = attrs.field(factory=list)


class Topic:
    """The tail of one log and the sockets here that follow it.

    A node may have passed on less of a log than a newcomer has read. What lies between is not for
    that socket: it knows it, or may not see it, where its user has joined since.
    """

    __slots__ = ("is_followed", "newcomers", "sockets", "tail")

    def __init__(self) -> None:
        self.tail = Tail()
        self.sockets: set[Subscriber] = set()
        self.newcomers: dict[Subscriber, PendingSubscriber] = {}
        self.is_followed = False

    @property
    def everybody(self) -> Iterator[Subscriber]:
        """The sockets that hear this log, and those that will."""
        yield from self.sockets
        yield from self.newcomers

    @property
    def is_empty(self) -> bool:
        """Tell whether nobody follows any longer."""
        return not self.sockets and not self.newcomers

    def expect(self, socket: Subscriber) -> None:
        """Hold what comes for *socket*, until `settle`."""
        if socket not in self.sockets:
            self.newcomers.setdefault(socket, PendingSubscriber())

    def settle(self, socket: Subscriber, end: int) -> list[Signal] | None:
        """Take it that *socket* has read up to *end*; return what it has to hear now.

        Returns None where too much came meanwhile to be held: the log has it.
        """
        newcomer = self.newcomers.get(socket)
        if newcomer is None or newcomer.end is not None:
            return []
        newcomer.end = end
        held, newcomer.held = newcomer.held, []
        self.let_in()
        if newcomer.is_overtaken:
            return None
        return [signal for signal in held if signal.offset > end]

    def hold(self, signal: Signal) -> None:
        """Keep *signal*, the next one of this log, for those who may have to hear it."""
        self._let_in(signal.offset)
        for newcomer in self.newcomers.values():
            if newcomer.end is None and not newcomer.is_overtaken:
                newcomer.held.append(signal)
                newcomer.is_overtaken = len(newcomer.held) > MAX_HELD

    def let_in(self) -> None:
        """Let newcomers hear what comes now who have read no more than was passed on."""
        if self.newcomers and self.tail.offset is not None:
            self._let_in(self.tail.offset + 1)

    def discard(self, socket: Subscriber) -> None:
        """Forget *socket*."""
        self.sockets.discard(socket)
        self.newcomers.pop(socket, None)

    def _let_in(self, coming: int) -> None:
        known = [
            s for s, new in self.newcomers.items() if new.end is not None and new.end < coming
        ]
        for socket in known:
            del self.newcomers[socket]
            self.sockets.add(socket)
