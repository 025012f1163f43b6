"""`parlour chat` on a pseudo-terminal with an emulated screen."""

import fcntl
import os
import pty
import re
import struct
import subprocess
import sys
import termios
import threading
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import pyte

from tests.support.chat_processes import PARLOUR, TIMEOUT, NotInTime, Server, environment

ENTER = "\r"
INTERRUPT = "\x03"
VARIATION_SELECTOR = "\ufe0f"
ROWS, COLUMNS = 100, 120

# Makes the device the controlling terminal, so that a password can be read from it.
TAKE_TERMINAL = (
    "import fcntl, os, sys, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0);"
    "os.execv(sys.argv[1], sys.argv[1:])"
)


class _Screen(pyte.Screen):
    """A screen that answers requests for the cursor position."""

    def __init__(self, columns: int, lines: int, device: int) -> None:
        self._device = device
        super().__init__(columns, lines)

    def draw(self, data: str) -> None:
        # pyte would leave out what follows a variation selector.
        super().draw(data.replace(VARIATION_SELECTOR, ""))

    def write_process_input(self, data: str) -> None:
        os.write(self._device, data.encode())


class PseudoTerminal:
    """A terminal with a program in it; *options* are those of the command."""

    def __init__(self, server: Server, home: Path, options: Sequence[str]) -> None:
        self._master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
        more = {"TERM": "xterm", "PARLOUR_CHAT_SERVER": server.url}
        self._process = subprocess.Popen(
            [sys.executable, "-c", TAKE_TERMINAL, PARLOUR, *options],
            env={**environment(home), **more},
            stdin=slave,
            stdout=slave,
            stderr=slave,
            start_new_session=True,
        )
        os.close(slave)
        self.drawn = b""
        self._screen = _Screen(COLUMNS, ROWS, self._master)
        self._stream = pyte.ByteStream(self._screen)
        self._more = threading.Condition()
        self._reading = threading.Thread(target=self._read, daemon=True)
        self._reading.start()

    @property
    def screen(self) -> str:
        """The text on the screen."""
        with self._more:
            return "\n".join(line.rstrip() for line in self._screen.display).rstrip()

    def types(self, keys: str) -> None:
        """Press keys."""
        os.write(self._master, keys.encode())

    def sees(self, pattern: str, *, seconds: float = TIMEOUT) -> None:
        """Wait until something on the screen matches."""
        with self._more:
            if not self._more.wait_for(lambda: re.search(pattern, self.screen), seconds):
                raise NotInTime(f"{pattern!r} is not on the screen:\n{self.screen}")

    def ends(self) -> int:
        """Wait for the end and return the exit code."""
        return self._process.wait(TIMEOUT)

    def kill(self) -> None:
        """Kill it and close the device."""
        self._process.kill()
        self._process.wait(TIMEOUT)
        self._reading.join(TIMEOUT)
        os.close(self._master)

    def _read(self) -> None:
        # Reading fails with EIO when the last program has ended.
        with suppress(OSError):
            while chunk := os.read(self._master, 65_536):
                with self._more:
                    self.drawn += chunk
                    self._stream.feed(chunk)
                    self._more.notify_all()
