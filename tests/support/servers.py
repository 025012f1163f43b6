"""
Private databases for tests: a MariaDB and a Redis of our own.

They start in a fraction of a second, and come back on the same port with the same data.
"""

import contextlib
import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

import pymysql

from tests.support.addresses import MariaDb, RedisSpace
from tests.support.processes import Server
from tests.support.programs import CACHE, Program, find_program


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
