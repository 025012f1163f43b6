"""The load of `send` on ejabberd, with its archive in the same MariaDB, for comparison.

What is alike: pairs of users, messages in flight, the text, a database that flushes every commit,
the load client beside the servers. What differs is what each product makes of it: ejabberd
archives a message for both sides, Parlour numbers it and tells other nodes of it.
"""

import json
import re
import socket
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import attrs

from benchmarks.driving import drive
from benchmarks.processes import cpu_seconds
from benchmarks.xmpp_client import PASSWORD, RESOURCE
from tests.support.processes import Server
from tests.support.programs import Missing, Program
from tests.support.servers import MariaDbServer

_ERLANG = Path("/usr/bin/erl")
_SCHEMA = Path("/usr/share/ejabberd/sql/mysql.sql")
_CONFIG = """
hosts: [localhost]
loglevel: 2
listen:
  - {{port: {port}, ip: "127.0.0.1", module: ejabberd_c2s, shaper: none, access: all}}
auth_method: [sql]
default_db: sql
sql_type: mysql
sql_server: "127.0.0.1"
sql_port: {database.port}
sql_database: bench
sql_username: {database.user}
sql_password: {database.password}
acl: {{}}
modules:
  mod_mam: {{default: always}}
  mod_stream_mgmt: {{}}
"""


class Ejabberd(Server):
    """Debian's ejabberd, with accounts and archive in a MariaDB."""

    def __init__(self, database: MariaDbServer) -> None:
        if not (_ERLANG.exists() and _SCHEMA.exists()):
            raise Missing("this needs the Debian packages ejabberd and erlang-p1-mysql")
        super().__init__()
        libraries = next(Path("/usr/lib").glob("*-linux-gnu/ejabberd-*")).parent
        config = self.home / "ejabberd.yml"
        config.write_text(_CONFIG.format(port=self.port, database=database.address))
        self._env = {
            "ERL_LIBS": str(libraries),
            "EJABBERD_CONFIG_PATH": str(config),
            "EJABBERD_LOG_PATH": str(self.home / "ejabberd.log"),
            "HOME": str(self.home),
        }

    def command(self) -> tuple[Program, Sequence[str]]:
        spool = f'"{self.home / "mnesia"}"'
        return Program(_ERLANG, self._env), [
            "erl",
            "-noinput",
            "-mnesia",
            "dir",
            spool,
            "-s",
            "ejabberd",
        ]

    def answers(self) -> bool:
        with suppress(OSError):
            socket.create_connection(("127.0.0.1", self.port), 1).close()
            return True
        return False


@attrs.define
class Site:
    """One ejabberd on one MariaDB, with the processor time of both."""

    server: Ejabberd
    database: MariaDbServer

    @property
    def server_cpu(self) -> float:
        return cpu_seconds(self.server.pid)

    @property
    def database_cpu(self) -> float:
        return cpu_seconds(self.database.pid)

    def count_messages(self) -> int:
        """Count the archived messages; each is archived once for each side."""
        with self.database.address.connect("bench") as connection, connection.cursor() as rows:
            rows.execute("SELECT COUNT(*) FROM archive")
            return int(rows.fetchone()[0]) // 2  # type: ignore[index]


@contextmanager
def site(users: int) -> Iterator[Site]:
    """Run it with so many accounts: u0, u1, and so on."""
    with MariaDbServer(durable=True) as database:
        with database.address.connect() as connection, connection.cursor() as rows:
            rows.execute("CREATE DATABASE bench")
            rows.execute("USE bench")
            schema = re.sub("^--.*$", "", _SCHEMA.read_text(), flags=re.MULTILINE)
            for statement in filter(str.strip, schema.split(";")):
                rows.execute(statement)
            accounts = [(f"u{number}", PASSWORD) for number in range(users)]
            rows.executemany("INSERT INTO users (username, password) VALUES (%s, %s)", accounts)
        with Ejabberd(database) as server:
            yield Site(server, database)


def measure(*, users: int, window: int, seconds: float = 8) -> dict[str, Any]:
    """Let *users* chat in pairs, *window* messages in flight each; return one run's figures."""
    with site(users) as found:
        sockets = [
            {
                "url": found.server.port,
                "token": f"u{number}",
                "conversation": f"u{number ^ 1}@localhost/{RESOURCE}",
            }
            for number in range(users)
        ]
        return drive(
            found, sockets, window=window, seconds=seconds, client="benchmarks.xmpp_client"
        )


if __name__ == "__main__":
    print(json.dumps(measure(users=int(sys.argv[1]), window=int(sys.argv[2])), indent=1))
