"""The terminal, or whatever stands behind standard output and standard error."""

from collections import deque
from typing import TextIO


class Stream:
    """
    A text stream as a sink.

    It is written as text, so that a stream put in its place (a test, a shell) works as well.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, lines: deque[bytes]) -> None:
        self._stream.write(b"".join(lines).decode(errors="replace"))
        self._stream.flush()
        lines.clear()

    def reopen(self) -> None:
        """Nothing to do: a stream has no name to be opened by."""

    def revive(self) -> None:
        """Nothing to do: parent and child write to the same stream."""

    def close(self) -> None:
        """Leave the stream open: it belongs to the process."""
