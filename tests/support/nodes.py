"""Nodes as processes of their own, which keep their port over a restart."""

import http.client
import os
import sys
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path

import httpx

from tests.support.addresses import Database, RedisSpace
from tests.support.disks import Disk
from tests.support.processes import Server
from tests.support.programs import ROOT, Program
from tests.support.storages import mysql_storage

QUICK = {
    "OPS__PORT": "0",
    "SERVER__DRAIN": "300ms",
    "LIMITS__LOGINS_PER_ACCOUNT": "10000/m",
    "LIMITS__LOGINS_PER_ADDRESS": "10000/m",
    "LIMITS__REGISTRATIONS": "10000/m",
    "ACCESS__HASH_MEMORY": "8MiB",
    "ACCESS__HASH_TIME": "1",
    "DELIVERY__HEAD_CHECK": "1s",
    "LIMITS__MESSAGES": "1000/s burst 1000",
    "LIMITS__CONVERSATION_MESSAGES": "1000/s burst 1000",
    "LIMITS__REQUESTS": "1000/s burst 1000",
    "LIMITS__REFUSALS": "1000/s burst 1000",
}
"""Settings with short intervals and high limits."""


class Node(Server):
    """One `parlour serve`; *fault* names a fault of `broken_node`."""

    def __init__(self, settings: Mapping[str, str], *, fault: str = "") -> None:
        super().__init__()
        self.fault = fault
        self.settings = {
            "SERVER__PORT": str(self.port),
            "STORAGE__SQLITE__PATH": str(self.home / "parlour.db"),
            **QUICK,
            **settings,
        }

    def use(self, disk: Disk) -> None:
        """Store the database on *disk*, and the log, if it has no other file."""
        self.disk = disk
        self.settings["STORAGE__SQLITE__PATH"] = str(disk.folder / "parlour.db")
        self.settings.setdefault("LOGGING__FILE", str(disk.folder / "parlour.log"))

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def ops(self, path: str) -> httpx.Response:
        """Ask the listener for operators, whose port is in the settings."""
        port = self.settings["OPS__PORT"]
        return httpx.get(f"http://127.0.0.1:{port}{path}", trust_env=False, timeout=10)

    def command(self) -> tuple[Program, Sequence[str]]:
        env = {f"PARLOUR__{name}": value for name, value in self.settings.items()}
        python = Path(sys.executable)
        if not self.fault:
            return Program(python.with_name("parlour"), env), ["parlour", "serve"]
        paths = [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
        env |= {"PARLOUR_TEST_FAULT": self.fault, "PYTHONPATH": os.pathsep.join(paths)}
        return Program(python, env), [str(python), "-m", "tests.support.broken_node"]

    def answers(self) -> bool:
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)) as asked:
            try:
                asked.request("GET", "/v1/me")
                return asked.getresponse().status == 401
            except (OSError, http.client.HTTPException):
                return False


def on_mysql(database: Database, space: RedisSpace | None = None) -> dict[str, str]:
    """Create the tables in *database*; return the settings of a node on it, and on Redis."""
    server = database.server
    with closing(mysql_storage(database)) as storage:
        storage.migrate()
    return {
        "STORAGE__BACKEND": "mysql",
        "STORAGE__MYSQL__HOST": server.host,
        "STORAGE__MYSQL__PORT": str(server.port),
        "STORAGE__MYSQL__USER": server.user,
        "STORAGE__MYSQL__PASSWORD": server.password,
        "STORAGE__MYSQL__DATABASE": database.name,
        "STORAGE__MYSQL__LOCK_WAIT": "1s",
        **(on_redis(space) if space else {}),
    }


def on_redis(space: RedisSpace) -> dict[str, str]:
    """Return the settings of nodes that use Redis as their bus."""
    return {
        "BUS__BACKEND": "redis",
        "PRESENCE__BACKEND": "redis",
        "REDIS__URL": space.url,
        "REDIS__PREFIX": space.prefix,
    }
