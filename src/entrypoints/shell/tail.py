"""The end of a log as one node sees it: signals go on in the order of their offsets.

A signal that comes too early is held for its neighbours. What stays missing is read from the log
itself, so that every socket of the node sees the whole log in order whatever the bus does.
"""

from parlour.entrypoints.shell.signals import Signal

MAX_HELD = 1_000
"""More early signals than this are dropped: the log has them."""


class Tail:
    """Knows up to which offset a log was passed on. Not yet known where `offset` is None."""

    __slots__ = ("_held", "offset")

    def __init__(self) -> None:
        self.offset: int | None = None
        self._held: dict[int, Signal] = {}

    @property
    def has_gap(self) -> bool:
        """Tell whether a signal is held because an earlier one is missing."""
        return self.offset is not None and bool(self._held)

    def start(self, offset: int) -> list[Signal]:
        """Begin after *offset*, if this was not known; return what may go on now."""
        if self.offset is None:
            self.offset = offset
        return self._ready()

    def offer(self, signal: Signal) -> list[Signal]:
        """Take a signal; return what may go on now, in order. Repeats go nowhere."""
        if self.offset is not None:
            if signal.offset <= self.offset:
                return []
            if signal.offset == self.offset + 1 and not self._held:
                self.offset = signal.offset
                return [signal]
        if len(self._held) < MAX_HELD:
            self._held[signal.offset] = signal
        return self._ready()

    def heal(self, signal: Signal) -> list[Signal]:
        """Take the next signal that the log has; what is still missing before it never comes."""
        return [*self.skip(signal.offset - 1), *self.offer(signal)]

    def skip(self, offset: int) -> list[Signal]:
        """Give up on everything up to *offset*; return what may go on now."""
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
