"""What the commands of a page need around them: a folder, a checkout, databases."""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pymysql

from tests.support.document_shell import OwnNetwork
from tests.support.programs import CACHE, ROOT, UNPACKED, Program
from tests.support.servers import MariaDbServer, RedisServer

_NOT_CLONED = shutil.ignore_patterns(
    ".*", "var", "build", "node_modules", "__pycache__", "*.egg-info"
)


def make_checkout(folder: Path) -> None:
    """Copy this checkout to *folder* with an environment that `./dev` takes for installed."""
    shutil.copytree(ROOT, folder, ignore=_NOT_CLONED, symlinks=True, dirs_exist_ok=True)
    (folder / ".cache").symlink_to(CACHE)
    environment = folder / ".venv"
    environment.mkdir()
    for part in ("bin", "include", "lib", "pyvenv.cfg"):
        (environment / part).symlink_to(Path(sys.prefix) / part)
    checksum = subprocess.run(
        ["sh", "-c", "cat pyproject.toml requirements/*.txt | cksum"],
        cwd=folder,
        capture_output=True,
        check=True,
        text=True,
    ).stdout.strip()
    for stamp in (".run", ".dev"):
        (environment / stamp).write_text(f"{folder} {checksum}")
    (environment / ".made").write_text(str(folder))


def environment(home: Path) -> dict[str, str]:
    """Return the variables of a reader who has installed `parlour` and whose home is *home*."""
    programs = [str(Path(sys.executable).parent), os.environ["PATH"], "/usr/sbin"]
    unpacked = [str(UNPACKED / "usr" / part) for part in ("bin", "sbin")]
    libraries = os.environ.get("LD_LIBRARY_PATH")  # of programs that ./dev has unpacked
    return {
        **({"LD_LIBRARY_PATH": libraries} if libraries else {}),
        "HOME": str(home),
        "LANG": "C.UTF-8",
        "PATH": os.pathsep.join([*programs, *unpacked]),
        "USER": "root",
        "VIRTUAL_ENV_DISABLE_PROMPT": "1",
    }


class LocalMariaDb(MariaDbServer):
    """A MariaDB on port 3306 of a network, with the name service that Debian's has."""

    def __init__(self, network: OwnNetwork) -> None:
        super().__init__(["--port=3306", "--skip-name-resolve=0"], durable=True)
        self._network = network
        # The documents create a user `parlour`.
        (self.home / "users.sql").write_text(
            "CREATE USER operator@localhost IDENTIFIED BY 'a-password';\n"
            "GRANT ALL ON *.* TO operator@localhost WITH GRANT OPTION;\n"
        )

    def command(self) -> tuple[Program, list[str]]:
        return _within(self._network, *super().command())

    def execute(self, script: str) -> None:
        """Execute the statements of *script* as a user with all rights."""
        with closing(self._connect()) as connection, connection.cursor() as cursor:
            for statement in filter(None, map(str.strip, script.split(";"))):
                cursor.execute(statement)

    def answers(self) -> bool:
        try:
            # PyMySQL leaves its socket open where nobody listens.
            with socket.socket(socket.AF_UNIX) as probe:
                probe.connect(str(self.unix_socket))
            self._connect().close()
        except (OSError, pymysql.err.OperationalError):
            return False
        return True

    def _connect(self) -> "pymysql.Connection[pymysql.cursors.Cursor]":
        # A socket in a folder is reached from any network.
        return pymysql.connect(
            unix_socket=str(self.unix_socket), user="operator", password="a-password"
        )


class LocalRedis(RedisServer):
    """A Redis on port 6379 of a network."""

    def __init__(self, network: OwnNetwork) -> None:
        super().__init__(["--port", "6379"])
        self._network = network

    def command(self) -> tuple[Program, list[str]]:
        return _within(self._network, *super().command())

    def answers(self) -> bool:
        return self.unix_socket.exists()


def _within(
    network: OwnNetwork, program: Program, arguments: Sequence[str]
) -> tuple[Program, list[str]]:
    if not network.prefix:
        return program, list(arguments)
    # Redis acts by the name it runs under.
    named = ["bash", "-c", 'exec -a "$0" "$@"', arguments[0], str(program.path), *arguments[1:]]
    return Program(Path(network.prefix[0]), program.env), [*network.prefix, *named]


def wait_for_service(network: OwnNetwork, port: int) -> None:
    """Wait until a service answers at *port* of the network."""
    asked = (
        "import http.client, sys\n"
        "asked = http.client.HTTPConnection('127.0.0.1', int(sys.argv[1]), timeout=5)\n"
        "asked.request('GET', '/')\n"
        "asked.getresponse()\n"
    )
    deadline = time.monotonic() + 60
    while True:
        command = [*network.prefix, sys.executable, "-c", asked, str(port)]
        tried = subprocess.run(command, capture_output=True, check=False, text=True)
        if tried.returncode == 0:
            return
        assert time.monotonic() < deadline, f"nothing answers at {port}: {tried.stderr}"
