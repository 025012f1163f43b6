"""The screen, where lines are shown and typed; here the plain one, for pipes."""

import asyncio
import os
import sys
import threading
from collections.abc import AsyncGenerator, Callable, Iterator, Sequence
from contextlib import suppress
from typing import Protocol, TextIO

import attrs

_CHUNK = 4096
_MAX_WAITING = 256


@attrs.frozen
class View:
    """What a screen shows below the lines, where it can: unsent messages, a prompt, a status."""

    prompt: str = "> "
    pending: Sequence[str] = ()
    status: str = ""


class Screen(Protocol):
    """Shows lines and reads them."""

    is_live: bool
    """Whether a `View` is shown; otherwise what matters of it is printed in lines."""

    on_typing: Callable[[], None]

    left_text: str
    """What was typed and not entered when the input ended."""

    def show(self, text: str) -> None:
        """Add lines to what is shown."""
        ...

    def refresh(self, view: View) -> None:
        """Show another view."""
        ...

    def prefill(self, text: str) -> None:
        """Put *text* on the next line that is typed, where that is possible."""
        ...

    def lines(self) -> AsyncGenerator[str, None]:
        """Yield what the user types, line by line, until the end of input."""
        ...


class PlainScreen(Screen):
    """Prints one line after the other and redraws none: for pipes, logs and screen readers."""

    is_live = False
    left_text = ""

    def __init__(self, source: int = 0, out: TextIO | None = None) -> None:
        self._source = source
        self._out = out or sys.stdout
        self.on_typing: Callable[[], None] = lambda: None

    def show(self, text: str) -> None:
        self._out.write(f"{text}\n")
        self._out.flush()

    def refresh(self, view: View) -> None:
        """Do nothing: a plain screen has no part that changes."""

    def prefill(self, text: str) -> None:
        """Do nothing: the terminal has the line that is typed."""

    async def lines(self) -> AsyncGenerator[str, None]:
        loop = asyncio.get_running_loop()
        queue: asyncio.Queue[str | None] = asyncio.Queue()
        free = threading.Semaphore(_MAX_WAITING)

        def read() -> None:
            with suppress(RuntimeError):  # the loop may end before the input does
                for line in read_lines(self._source):
                    free.acquire()
                    loop.call_soon_threadsafe(queue.put_nowait, line)
                loop.call_soon_threadsafe(queue.put_nowait, None)

        # A daemon thread that reads the descriptor itself does not hold up the end of the program.
        threading.Thread(target=read, daemon=True).start()
        while (line := await queue.get()) is not None:
            free.release()
            yield line


def read_lines(source: int) -> Iterator[str]:
    """Yield the lines of a file descriptor as they come; the last one needs no line feed."""
    rest = b""
    while chunk := os.read(source, _CHUNK):
        *whole, rest = (rest + chunk).split(b"\n")
        yield from map(_decode, whole)
    if rest:
        yield _decode(rest)


def _decode(line: bytes) -> str:
    # Bytes that are no text become surrogates, by which the line is refused.
    return line.decode("utf-8", "surrogateescape").removesuffix("\r")
