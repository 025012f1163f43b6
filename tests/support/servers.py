"""
Private servers for tests: processes of our own on free ports, with a folder of their own.

`MariaDbServer` and `RedisServer` start in a fraction of a second, come back on the same port with
the same data, and can be killed and frozen, which is what tests of faults are made of. A watchdog
ends them where the test run itself is killed, so nothing is left running.
"""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

import pymysql

from tests.support.addresses import MariaDb, RedisSpace
from tests.support.disks import Disk
from tests.support.ports import free_port
from tests.support.programs import CACHE, Program, find_program

# A start is the most that a process has to compute: on a busy machine it takes many times as long.
_START_SECONDS = 90.0
_STOP_SECONDS = 30.0
_POLL_SECONDS = 0.02


class Server:
    """A process to start, stop, kill, pause, resume and restart; `with` sees to both ends.

    Where it has a `disk`, that one is full when a test says so.
    """

    def __init__(self, options: Sequence[str] = ()) -> None:
        # A socket's path holds 107 bytes at most: pytest's own folders are too deep.
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
        """Return where a file of the server is, which may see disks that nobody else sees."""
        return Path(f"/proc/{self.pid}/root{path}")

    @property
    def log(self) -> str:
        """Everything that the server has printed since it was made."""
        return (self.home / "log").read_text(errors="replace")

    def command(self) -> tuple[Program, Sequence[str]]:
        """Return the program and its arguments; the first one is the name it runs under."""
        raise NotImplementedError

    def answers(self) -> bool:
        """Return whether the server serves requests now."""
        raise NotImplementedError

    def start(self) -> None:
        """Start and wait until requests are served; raise `RuntimeError` with the log if not."""
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
        """End the server in order; a server that does not obey is killed and that is an error."""
        if self.process is None:
            return
        self.resume()
        self.process.terminate()
        try:
            self.process.wait(_STOP_SECONDS)
        finally:
            self.kill()

    def kill(self) -> None:
        """End the server at once, as a power cut would."""
        for process in (self.process, self._watchdog):
            if process is not None:
                process.kill()
                process.wait()
                if process.stdin is not None:
                    process.stdin.close()
        self.process = self._watchdog = None

    def restart(self) -> None:
        """End the server in order and start it again on the same port and data."""
        self.stop()
        self.start()

    def pause(self) -> None:
        """Freeze the server: connections stay, answers don't come."""
        self._signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Let a frozen server go on."""
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

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _signal(self, number: signal.Signals) -> None:
        if self.process is None:
            raise RuntimeError("the server is not running")
        self.process.send_signal(number)

    def _watch(self, pid: int) -> None:
        # The pipe closes when this process ends, however it ends; then the watchdog bites.
        self._watchdog = subprocess.Popen(
            ["sh", "-c", 'read -r _; kill -KILL "$1"; rm -rf "$2"', "sh", str(pid), self.home],
            stdin=subprocess.PIPE,
            start_new_session=True,
        )


class MariaDbServer(Server):
    """
    A MariaDB with one user who may do everything.

    Every commit reaches the operating system, so an acknowledged row survives `kill`. Only with
    `durable=True` does it reach the disk: for measurements, not for tests.
    """

    def __init__(self, options: Sequence[str] = (), *, durable: bool = False) -> None:
        self.program = find_program(("mariadbd", "mysqld"), package="mariadb-server-core")
        super().__init__(options)
        self.durable = durable
        shutil.copytree(_template(self.program), self.home / "data")
        (self.home / "users.sql").write_text(
            "".join(
                f"CREATE USER IF NOT EXISTS parlour@'{host}' IDENTIFIED BY 'a-password';\n"
                f"GRANT ALL ON *.* TO parlour@'{host}' WITH GRANT OPTION;\n"
                for host in ("%", "localhost")
            )
        )

    @property
    def address(self) -> MariaDb:
        return MariaDb(
            port=self.port,
            user="parlour",
            password="a-password",
            unix_socket=str(self.unix_socket),
        )

    def command(self) -> tuple[Program, Sequence[str]]:
        return self.program, [
            *_mariadbd(self.program, self.home / "data"),
            f"--socket={self.unix_socket}",
            f"--port={self.port}",
            f"--pid-file={self.home / 'pid'}",
            f"--init-file={self.home / 'users.sql'}",
            "--bind-address=127.0.0.1",
            "--skip-name-resolve",
            "--skip-log-bin",
            "--max-connections=500",
            "--innodb-flush-log-at-trx-commit=1",
            *([] if self.durable else ["--innodb-flush-method=nosync"]),
        ]

    def answers(self) -> bool:
        try:
            self.address.connect().close()
        except pymysql.err.OperationalError:
            return False
        return True


class RedisServer(Server):
    """A Redis that keeps nothing over a restart unless `options` say so."""

    def __init__(self, options: Sequence[str] = ()) -> None:
        # Debian ships the server under its checker's name; it acts by the name it runs under.
        names = ("redis-server", "valkey-server", "redis-check-rdb")
        self.program = find_program(names, package="redis-tools")
        super().__init__(options)

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def space(self) -> RedisSpace:
        """Return a part of this server that nobody else uses."""
        return RedisSpace.fresh(self.url)

    def command(self) -> tuple[Program, Sequence[str]]:
        return self.program, [
            "redis-server",
            *("--bind", "127.0.0.1"),
            *("--port", str(self.port)),
            *("--unixsocket", str(self.unix_socket)),
            *("--dir", str(self.home)),
            *("--save", ""),
            *("--appendonly", "no"),
        ]

    def answers(self) -> bool:
        with (
            contextlib.suppress(OSError),
            socket.create_connection(("127.0.0.1", self.port), 1) as s,
        ):
            s.sendall(b"PING\r\n")
            return s.recv(64).startswith((b"+PONG", b"-NOAUTH"))
        return False


def _mariadbd(program: Program, data: Path) -> list[str]:
    return [
        "mariadbd",
        "--no-defaults",
        f"--datadir={data}",
        f"--lc-messages-dir={program.share / 'mysql'}",
        f"--character-sets-dir={program.share / 'mysql' / 'charsets'}",
        "--innodb-log-file-size=16M",
        "--innodb-buffer-pool-size=64M",
        *(["--user=root"] if os.geteuid() == 0 else []),
    ]


def _template(program: Program) -> Path:
    """Return a data folder with the system tables, made once a version and kept in the cache."""
    version = subprocess.run(
        [program.path, "--no-defaults", "--version"],
        env={**os.environ, **program.env},
        capture_output=True,
        check=True,
        text=True,
    ).stdout.split()[2]
    template = CACHE / f"mariadb-{version}"
    if template.is_dir():
        return template
    CACHE.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=CACHE) as folder:
        data = Path(folder) / "data"
        data.mkdir()
        share = program.share / "mysql"
        statements = [
            "CREATE DATABASE mysql;\nUSE mysql;\nSET @auth_root_socket=NULL;\n",
            (share / "mysql_system_tables.sql").read_text(),
            (share / "mysql_system_tables_data.sql").read_text(),
        ]
        made = subprocess.run(
            [*_mariadbd(program, data), "--bootstrap"],
            executable=program.path,
            env={**os.environ, **program.env},
            input="".join(statements).encode(),
            capture_output=True,
            check=False,
        )
        if made.returncode:
            raise RuntimeError(f"MariaDB could not make its tables:\n{made.stderr.decode()}")
        with contextlib.suppress(OSError):  # a neighbour was faster: theirs stands
            data.rename(template)
    return template
