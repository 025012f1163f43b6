"""How far a client knows the log of a conversation: the client's gap rule of the protocol."""

import attrs


@attrs.define
class Room:
    """Everything up to `offset` is known; `early` is what came before its neighbours."""

    offset: int = 0
    seq: int = 0
    early: set[int] = attrs.field(factory=set)

    @property
    def has_gap(self) -> bool:
        """Tell whether something is known and something before it is not."""
        return bool(self.early)

    def take(self, offset: int) -> None:
        """Note one event."""
        if offset > self.offset:
            self.early.add(offset)
            self._go_on()

    def skip(self, offset: int) -> None:
        """Note that everything up to *offset* is known."""
        self.offset = max(self.offset, offset)
        self.early = {each for each in self.early if each > self.offset}
        self._go_on()

    def _go_on(self) -> None:
        while self.offset + 1 in self.early:
            self.offset += 1
            self.early.discard(self.offset)
