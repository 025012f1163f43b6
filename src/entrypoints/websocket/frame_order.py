"""Requests of one socket for one conversation take effect in the order of their frames."""

from collections.abc import Callable
from uuid import UUID

Start = Callable[[], None]


class FrameOrder:
    """Lets sends of one conversation run side by side, and everything else alone.

    Sends share commits and keep their order in their lane; any other request for the conversation
    waits for what came before it, and holds up what comes after. What starts must not raise. No
    more wait than may be in flight on a socket.
    """

    __slots__ = ("_lines",)

    def __init__(self) -> None:
        self._lines: dict[UUID, _Line] = {}

    def __len__(self) -> int:
        return len(self._lines)

    def enter(self, conversation: UUID, start: Start, *, is_send: bool) -> None:
        """Call *start* now or as soon as it is its turn; `leave` is due once it has ended."""
        line = self._lines.get(conversation)
        if line is None:
            line = self._lines[conversation] = _Line()
        elif line.waiting or not (is_send and line.are_sends):
            line.waiting.append((start, is_send))
            return
        line.running += 1
        line.are_sends = is_send
        start()

    def leave(self, conversation: UUID) -> None:
        """Note that a request for *conversation* has ended."""
        line = self._lines[conversation]
        line.running -= 1
        # A request may end while it starts, and so bring us here again: the outer call goes on.
        if line.running or line.is_starting:
            return
        line.is_starting = True
        while line.waiting and (not line.running or (line.are_sends and line.waiting[0][1])):
            start, line.are_sends = line.waiting.pop(0)
            line.running += 1
            start()
        line.is_starting = False
        if not line.running:
            del self._lines[conversation]


class _Line:
    __slots__ = ("are_sends", "is_starting", "running", "waiting")

    def __init__(self) -> None:
        self.running = 0
        self.are_sends = False
        self.is_starting = False
        self.waiting: list[tuple[Start, bool]] = []
