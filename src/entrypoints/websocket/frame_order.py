"""Keeps the requests of one socket for one conversation in frame order (protocol rule 2)."""

from collections.abc import Callable, Collection
from uuid import UUID

Start = Callable[[], None]


class FrameOrder:
    """Lets commands of one conversation run side by side, and every other request alone.

    Commands of all kinds share commits and keep their order in the lane of the conversation. Any
    other request for it (`read`, `sync`, …) waits for what came before it, and what comes after
    waits for it. *start* functions must not raise. No more of them wait than requests may be in
    flight on a socket.
    """

    __slots__ = ("_lines",)

    def __init__(self) -> None:
        self._lines: dict[UUID, _Line] = {}

    def __len__(self) -> int:
        return len(self._lines)

    def enter(self, conversation: UUID, start: Start, *, is_command: bool) -> None:
        """Call *start* now or when its turn comes; call `leave` when the request has ended."""
        line = self._lines.get(conversation)
        if line is None:
            line = self._lines[conversation] = _Line()
        elif line.waiting or not (is_command and line.are_commands):
            line.waiting.append((start, is_command))
            return
        line.running += 1
        line.are_commands = is_command
        start()

    def enter_all(self, conversations: Collection[UUID], start: Start) -> None:
        """Call *start* when the turn of a request that is no command has come in all of these.

        They are different ones; `leave` each of them when the request has ended.
        """
        missing = len(conversations)
        if not missing:
            start()

        def its_turn() -> None:
            nonlocal missing
            missing -= 1
            if not missing:
                start()

        for conversation in conversations:
            self.enter(conversation, its_turn, is_command=False)

    def leave(self, conversation: UUID) -> None:
        """Take note that a request for *conversation* has ended, and start the next."""
        line = self._lines[conversation]
        line.running -= 1
        # A request may end while it starts and re-enter here: the outer call continues.
        if line.running or line.is_starting:
            return
        line.is_starting = True
        while line.waiting and (not line.running or (line.are_commands and line.waiting[0][1])):
            start, line.are_commands = line.waiting.pop(0)
            line.running += 1
            start()
        line.is_starting = False
        if not line.running:
            del self._lines[conversation]


class _Line:
    __slots__ = ("are_commands", "is_starting", "running", "waiting")

    def __init__(self) -> None:
        self.running = 0
        self.are_commands = False
        self.is_starting = False
        self.waiting: list[tuple[Start, bool]] = []
