"""`parlour serve` and `parlour chat` as processes, controlled through pipes."""

import asyncio
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from parlour.entrypoints.cli.chat.account_files import AccountFiles, state_folder
from parlour.entrypoints.client.api import AuthApi
from parlour.entrypoints.client.http import Http
from parlour.entrypoints.client.tokens import Tokens
from tests.support.processes import free_port
from tests.support.storages import create_tables

PARLOUR = str(Path(sys.executable).with_name("parlour"))
PASSWORD = "four words are enough"
TIMEOUT = 60.0
# Starting needs most CPU time: on a busy machine it takes many times as long.
START = 90.0


class NotInTime(AssertionError):
    """The expected output did not appear in time."""


class OutputLines:
    """The output lines of a process, collected by a thread."""

    def __init__(self, stream: IO[bytes]) -> None:
        self.lines: list[str] = []
        self._more = threading.Condition()
        self._ended = False
        threading.Thread(target=self._collect, args=(stream,), daemon=True).start()

    def _collect(self, stream: IO[bytes]) -> None:
        with stream:
            for line in stream:
                with self._more:
                    self.lines.append(line.decode().rstrip("\n"))
                    self._more.notify_all()
        with self._more:
            self._ended = True
            self._more.notify_all()

    def wait_for(self, pattern: str, *, after: int = 0, seconds: float = TIMEOUT) -> str:
        """Return the first line after index *after* that matches; fail after *seconds*."""
        found: list[str] = []

        def seen() -> bool:
            found[:] = [line for line in self.lines[after:] if re.search(pattern, line)]
            return bool(found) or self._ended

        with self._more:
            self._more.wait_for(seen, seconds)
        if not found:
            raise NotInTime(f"{pattern!r} did not come; there was:\n" + "\n".join(self.lines))
        return found[0]

    def count(self, text: str) -> int:
        """Return how many lines contain *text*."""
        with self._more:
            return sum(text in line for line in self.lines)


class Server:
    """One `parlour serve` on SQLite, always on the same port."""

    def __init__(self, folder: Path, *, settings: Sequence[str] = ()) -> None:
        self.folder = folder
        self.port = free_port()
        self.settings = settings
        self.url = f"http://127.0.0.1:{self.port}"
        self.database = folder / "data" / "parlour.db"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start and wait until it is ready."""
        errors = (self.folder / "server.log").open("ab")
        options = [option for pair in self.settings for option in ("--set", pair)]
        self._process = subprocess.Popen(
            [
                *(PARLOUR, "serve", "--port", str(self.port), "--ops-port", "0"),
                *("--set", f"storage.sqlite.path={self.database}", *options),
            ],
            cwd=self.folder,
            stdout=subprocess.PIPE,
            stderr=errors,
        )
        errors.close()
        assert self._process.stdout is not None
        try:
            OutputLines(self._process.stdout).wait_for(re.escape(self.url), seconds=START)
        except NotInTime:
            raise NotInTime((self.folder / "server.log").read_text("utf-8")) from None

    def stop(self) -> int:
        """Terminate it; return its exit code."""
        assert self._process is not None
        self._process.send_signal(signal.SIGTERM)
        return self._process.wait(TIMEOUT)

    def kill(self) -> None:
        """Kill it."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(TIMEOUT)


class ChatProcess:
    """One `parlour chat` process, driven line by line."""

    def __init__(self, server: Server, home: Path, handle: str, *options: str) -> None:
        self.handle = handle
        self._process = subprocess.Popen(
            [PARLOUR, "chat", "--server", server.url, "--as", handle, *options],
            env=environment(home),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        assert self._process.stdout is not None
        self.spoken = OutputLines(self._process.stdout)

    def type(self, line: str) -> None:
        """Type a line."""
        assert self._process.stdin is not None
        self._process.stdin.write(line.encode() + b"\n")
        self._process.stdin.flush()

    def sees(self, pattern: str, *, after: int = 0, seconds: float = TIMEOUT) -> str:
        """Wait for a line that matches."""
        return self.spoken.wait_for(pattern, after=after, seconds=seconds)

    @property
    def mark(self) -> int:
        """The current number of lines."""
        return len(self.spoken.lines)

    def end(self) -> int:
        """End the input and return the exit code."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        return self._process.wait(TIMEOUT)

    def interrupt(self) -> int:
        """Press Ctrl+C and return the exit code."""
        self._process.send_signal(signal.SIGINT)
        return self._process.wait(TIMEOUT)

    def kill(self) -> None:
        """Kill it."""
        self._process.kill()
        self._process.wait(TIMEOUT)
        if self._process.stdin is not None:
            with suppress(OSError):  # a line that nobody was there to read
                self._process.stdin.close()


def environment(home: Path) -> Mapping[str, str]:
    """Return environment variables for which a user's files are below *home*."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
    return {**kept, "HOME": str(home), "XDG_STATE_HOME": str(home / "state"), "TZ": "UTC"}


def run(
    server: Server, home: Path, handle: str, *options: str, typed: str = ""
) -> "subprocess.CompletedProcess[str]":
    """Run `parlour chat` to its end and return what it printed."""
    return subprocess.run(
        [PARLOUR, "chat", "--server", server.url, "--as", handle, *options],
        env=environment(home),
        input=typed,
        capture_output=True,
        text=True,
        timeout=TIMEOUT,
        check=False,
    )


def register(server: Server, home: Path, *handles: str) -> None:
    """Register accounts and store their log-ins below *home*, as `chat --register` does."""
    auth = AuthApi(Http(server.url))

    async def enter(handle: str) -> None:
        account = AccountFiles.at(state_folder(environment(home)), server.url, handle)
        Tokens(account, auth).keep(await auth.register(handle, PASSWORD))

    async def enter_all() -> None:
        await asyncio.gather(*map(enter, handles))

    asyncio.run(enter_all())


@contextmanager
def running_server(folder: Path, *settings: str) -> Iterator[Server]:
    """Run a server whose database has its tables: making them is a fifth of the time it takes."""
    server = Server(folder, settings=settings)
    server.database.parent.mkdir(0o700)
    create_tables(server.database)
    try:
        server.start()
        yield server
    finally:
        server.kill()
