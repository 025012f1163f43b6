"""A reader at a shell: types the commands of a page and reads what they print."""

import fcntl
import os
import pty
import re
import select
import shutil
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Self

import psutil

from tests.support.chat_processes import PASSWORD
from tests.support.pseudo_terminal import TAKE_TERMINAL

TIMEOUT = 60.0
ROWS, COLUMNS = 50, 200

# The prompt: the exit code of the last command between two characters that nothing else prints.
_PROMPT = "\x1e$?\x1e"
_AT_PROMPT = re.compile(rb"\x1e(\d+)\x1e\Z")
# Questions at a terminal, and what is typed.
_ANSWERS = (
    (re.compile(rb"(?:\A|[\r\n])(?:Password|New password|Repeat)[^\r\n?]*: ?\Z"), PASSWORD),
    (re.compile(rb"\? \[y/N\]: ?\Z"), "y"),
)

# Sets the loopback interface up (SIOCSIFFLAGS) and keeps the namespace until its input ends.
_LOOPBACK = (
    "import fcntl, socket, struct, sys\n"
    "with socket.socket() as s: fcntl.ioctl(s, 0x8914, struct.pack('16sh14x', b'lo', 0x41))\n"
    "print('up', flush=True)\n"
    "sys.stdin.read()"
)


class OwnNetwork:
    """A network of its own, so that the ports that the documents name are free.

    Where the machine allows no network namespaces, it is the network of the machine.
    """

    def __init__(self) -> None:
        self.prefix: Sequence[str] = ()
        self._holder: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        unshare, nsenter = shutil.which("unshare"), shutil.which("nsenter")
        if not (unshare and nsenter):
            return self
        rights = [] if os.geteuid() == 0 else ["--user", "--map-root-user"]
        self._holder = subprocess.Popen(
            [unshare, "--net", *rights, sys.executable, "-c", _LOOPBACK],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        assert self._holder.stdout is not None
        if self._holder.stdout.readline() == b"up\n":
            enter = [] if os.geteuid() == 0 else ["--user", "--preserve-credentials"]
            self.prefix = (nsenter, f"--target={self._holder.pid}", "--net", *enter)
        return self

    def __exit__(self, *_: object) -> None:
        if self._holder is not None:
            self._holder.communicate()


class Terminal:
    """One terminal with a bash that runs in *folder*."""

    def __init__(self, network: OwnNetwork, folder: Path, env: Mapping[str, str]) -> None:
        self._master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
        bash = shutil.which("bash") or "/bin/bash"
        program = [*network.prefix, bash, "--norc", "--noprofile", "--noediting", "-i"]
        self._process = subprocess.Popen(
            [sys.executable, "-c", TAKE_TERMINAL, *program],
            cwd=folder,
            env={**env, "PS1": _PROMPT, "PS2": "", "TERM": "dumb", "NO_COLOR": "1"},
            stdin=slave,
            stdout=slave,
            stderr=slave,
            start_new_session=True,
        )
        os.close(slave)
        self.is_free = True
        self._read_until(_AT_PROMPT)
        self.run("stty -echo")

    def run(self, command: str) -> tuple[int, str]:
        """Type a command and wait for its end; return the exit code and the output."""
        os.write(self._master, command.encode() + b"\n")
        output = self._read_until(_AT_PROMPT)
        match = _AT_PROMPT.search(output)
        assert match is not None
        return int(match[1]), _text(output[: match.start()])

    def start(self, command: str, ready: str) -> str:
        """Type a command that goes on, and wait until it prints *ready*."""
        self.is_free = False
        os.write(self._master, command.encode() + b"\n")
        return _text(self._read_until(re.compile(ready.encode())))

    def interrupt(self) -> tuple[int, str]:
        """Press Ctrl+C and wait for the end of what runs."""
        os.write(self._master, b"\x03")
        output = self._read_until(_AT_PROMPT)
        self.is_free = True
        match = _AT_PROMPT.search(output)
        assert match is not None
        return int(match[1]), _text(output[: match.start()])

    def close(self) -> None:
        """End everything that runs in it."""
        running = psutil.Process(self._process.pid).children(recursive=True)
        for process in running:
            with suppress(psutil.NoSuchProcess):
                process.send_signal(signal.SIGTERM)
        _, alive = psutil.wait_procs(running, timeout=10)
        for process in alive:
            process.kill()
        self._process.kill()
        self._process.wait(TIMEOUT)
        os.close(self._master)

    def _read_until(self, pattern: re.Pattern[bytes]) -> bytes:
        read, deadline = b"", time.monotonic() + TIMEOUT
        while not pattern.search(read):
            left = deadline - time.monotonic()
            assert left > 0, f"{pattern.pattern!r} did not come; there was:\n{_text(read)}"
            if not select.select([self._master], [], [], left)[0]:
                continue
            try:
                read += os.read(self._master, 65_536)
            except OSError:
                raise AssertionError(f"the shell ended:\n{_text(read)}") from None
            for question, answer in _ANSWERS:
                if question.search(read):
                    os.write(self._master, answer.encode() + b"\n")
                    read += b"\n"
        return read


def _text(output: bytes) -> str:
    return output.decode(errors="replace").replace("\r", "")


def shown_pattern(line: str) -> str:
    """Return a pattern for a line that a page shows: other numbers, ids and spaces match too."""
    text = re.sub(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22,}", "\x01", line.strip())
    text = re.sub(r"\w+@\w[\w.-]*", "\x03", text)
    text = re.sub(r"\d[\d,.]*(?<=\d)|\d", "\x02", text)
    text = re.escape(text).replace("\\\x01", "\x01").replace("\\\x02", "\x02")
    text = re.sub(r"(?:\\ )+", " +", text).replace("…", ".*")
    text = text.replace("\x01", "[0-9a-f-]{36}").replace("\x02", r"\d[\d,.]*")
    return text.replace("\x03", r"\S+@\S+")


def differs(shown: Sequence[str], printed: str) -> str | None:
    """Compare what a page shows with what was printed; return what differs, or None.

    A line with `…` alone stands for any lines.
    """
    lines = [line.rstrip() for line in printed.splitlines() if line.strip()]
    patterns = [
        r"(?:.*\n)*" if line.strip() == "…" else rf" *{shown_pattern(line)} *\n"
        for line in shown
        if line.strip()
    ]
    if re.fullmatch("".join(patterns), "".join(f"{line}\n" for line in lines)):
        return None
    return "\n".join(["the page shows:", *shown, "", "the program printed:", *lines])
