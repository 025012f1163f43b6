"""Requests of one socket for one conversation take effect in the order of their frames."""

from collections import deque
from collections.abc import Callable
from uuid import UUID

Start = Callable[[], None]


class FrameOrder:
    """Lets sends of one conversation run side by side, and everything else alone.

    Sends share commits and keep their order in their lane; any other request for the conversation
    waits for what came before it, and holds up what comes after.
    """

    __slots__ = ("_lines",)

    def __init__(self) -> None:
        self._lines: dict[UUID, _Line] = {}

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
        line = self._lines.get(conversation)
        if line is None:
            return
        line.running -= 1
        if line.running:
            return
        while line.waiting and (not line.running or (line.are_sends and line.waiting[0][1])):
            start, line.are_sends = line.waiting.popleft()
            line.running += 1
            start()
        if not line.running:
            self._lines.pop(conversation, None)


class _Line:
    __slots__ = ("are_sends", "running", "waiting")

    def __init__(self) -> None:
        self.running = 0
        self.are_sends = False
        self.waiting: deque[tuple[Start, bool]] = deque()
