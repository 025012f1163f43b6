"""The end of a log as one node sees it: signals are passed on in the order of their offsets.

A signal that comes too early is held for its neighbours. What stays missing is read from the log
itself, so every socket of the node sees the whole log in order, whatever the bus loses.
"""

from collections.abc import Iterable

from parlour.entrypoints.shell.signals import Signal

MAX_HELD = 1_000
"""Early signals that are held; further ones are dropped, because the log has them."""


class Tail:
    """The offset up to which a log was passed on, None while unknown, and what came too early."""

    __slots__ = ("_held", "offset")

    def __init__(self) -> None:
        self.offset: int | None = None
        self._held: dict[int, Signal] = {}

    @property
    def has_gap(self) -> bool:
        """Return whether a signal is held because an earlier one is missing."""
        return self.offset is not None and bool(self._held)

    def start(self, offset: int) -> list[Signal]:
        """Begin after *offset*, if that was not known; return the signals to pass on now."""
        if self.offset is None:
            self.offset = offset
        return self._ready()

    def receive(self, signal: Signal) -> list[Signal]:
        """Take a signal; return the signals to pass on now, in order. Repeats are ignored."""
        if self.offset is not None:
            if signal.offset <= self.offset:
                return []
            if signal.offset == self.offset + 1 and not self._held:
                self.offset = signal.offset
                return [signal]
        if len(self._held) < MAX_HELD:
            self._held[signal.offset] = signal
        return self._ready()

    def replace_held(self, signals: Iterable[Signal]) -> None:
        """Prefer what the log says now to what signals said when they were sent.

        The text of a message that was held may have been edited or recalled meanwhile.
        """
        for signal in signals:
            if signal.offset in self._held:
                self._held[signal.offset] = signal

    def apply_from_log(self, signal: Signal) -> list[Signal]:
        """Take the next signal that the log itself holds; return the signals to pass on now.

        What is still missing before it does not exist for this node, and is skipped.
        """
        return [*self.skip_to(signal.offset - 1), *self.receive(signal)]

    def skip_to(self, offset: int) -> list[Signal]:
        """Give up on everything up to *offset*; return the signals to pass on now."""
        if self.offset is None or offset > self.offset:
            self.offset = offset
        return self._ready()

    def _ready(self) -> list[Signal]:
        if self.offset is None or not self._held:
            return []
        ready = []
        while (signal := self._held.pop(self.offset + 1, None)) is not None:
            self.offset += 1
            ready.append(signal)
        if self._held and min(self._held) <= self.offset:
            self._held = {at: held for at, held in self._held.items() if at > self.offset}
        return ready
