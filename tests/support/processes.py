"""
Private servers for tests: processes of our own on free ports, with a folder of their own.

They can be killed and frozen, which is what tests of faults are made of. A watchdog ends them
where the test run itself is killed, so nothing is left running.
"""

import fcntl
import os
import random
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Self

from tests.support.disks import Disk
from tests.support.programs import Program

# Starting needs most CPU time: on a busy machine it takes many times as long.
_START_SECONDS = 90.0
_STOP_SECONDS = 30.0
_POLL_SECONDS = 0.02


class Server:
    """A process to start, stop, kill, pause, resume and restart; `with` starts and removes it.

    Where it has a `disk`, that one is full when a test says so.
    """

    def __init__(self, options: Sequence[str] = ()) -> None:
        # The path of a Unix socket has at most 107 bytes: pytest's folders are too deep.
        self.home = Path(tempfile.mkdtemp(prefix="parlour-", dir="/tmp"))
        self.port = free_port()
        self.options = tuple(options)
        self.disk: Disk | None = None
        self.process: subprocess.Popen[bytes] | None = None
        self._watchdog: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        assert self.process is not None
        return self.process.pid

    @property
    def unix_socket(self) -> Path:
        return self.home / "socket"

    def sees(self, path: Path) -> Path:
        """Return the path of a file of the server, which may be on a disk that only it sees."""
        return Path(f"/proc/{self.pid}/root{path}")

    @property
    def log(self) -> str:
        """Everything that the server has printed."""
        return (self.home / "log").read_text(errors="replace")

    def command(self) -> tuple[Program, Sequence[str]]:
        """Return the program and its arguments; the first is the process name."""
        raise NotImplementedError

    def answers(self) -> bool:
        """Return whether the server answers requests."""
        raise NotImplementedError

    def start(self) -> None:
        """Start and wait until it answers; raise `RuntimeError` with the log if it does not."""
        program, arguments = self.command()
        if self.disk is not None:
            program, arguments = self.disk.under(program, arguments)
        with (self.home / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [*arguments, *self.options],
                executable=program.path,
                env={**os.environ, **program.env},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.home,
                start_new_session=True,  # Ctrl+C is for the tests, which then end us in order
            )
        self._watch(self.process.pid)
        deadline = time.monotonic() + _START_SECONDS
        while not self.answers():
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.kill()
                raise RuntimeError(f"{arguments[0]} did not start:\n{self.log[-4000:]}")
            time.sleep(_POLL_SECONDS)

    def stop(self) -> None:
        """Terminate the server; one that does not end in time is killed, which is an error."""
        if self.process is None:
            return
        self.resume()
        self.process.terminate()
        try:
            self.process.wait(_STOP_SECONDS)
        finally:
            self.kill()

    def kill(self) -> None:
        """Kill the server."""
        for process in (self.process, self._watchdog):
            if process is not None:
                process.kill()
                process.wait()
                if process.stdin is not None:
                    process.stdin.close()
        self.process = self._watchdog = None

    def restart(self) -> None:
        """Terminate the server and start it again with the same port and data."""
        self.stop()
        self.start()

    def pause(self) -> None:
        """Stop the process (SIGSTOP): connections stay open without answers."""
        self._signal(signal.SIGSTOP)
        # One of its threads may still answer until all have stopped.
        os.waitid(os.P_PID, self.pid, os.WSTOPPED | os.WEXITED | os.WNOWAIT)

    def resume(self) -> None:
        """Continue a paused server."""
        self._signal(signal.SIGCONT)

    def close(self) -> None:
        """Stop, and remove the data."""
        try:
            self.stop()
        finally:
            shutil.rmtree(self.home, ignore_errors=True)

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _signal(self, number: signal.Signals) -> None:
        if self.process is None:
            raise RuntimeError("the server is not running")
        self.process.send_signal(number)

    def _watch(self, pid: int) -> None:
        # The pipe closes when this process ends in any way; then the watchdog kills the server.
        self._watchdog = subprocess.Popen(
            ["sh", "-c", 'read -r _; kill -KILL "$1"; rm -rf "$2"', "sh", str(pid), self.home],
            stdin=subprocess.PIPE,
            start_new_session=True,
        )


# Below the range for outgoing connections: nobody else gets the port while a server is down,
# and no client connects to itself.
_PORTS = range(10_000, 32_000)
_taken: set[int] = set()
# One byte for each port, locked until this process ends.
_locks = (Path(tempfile.gettempdir()) / f"parlour-ports-{os.getuid()}").open("ab")


def free_port() -> int:
    """Return a loopback TCP port, reserved for this process."""
    while True:
        port = random.choice(_PORTS)
        if port in _taken:
            continue
        with suppress(OSError), socket.socket() as probe:
            fcntl.lockf(_locks, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, port)
            _taken.add(port)
            probe.bind(("127.0.0.1", port))
            return port
