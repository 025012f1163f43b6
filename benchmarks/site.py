"""The site under test: databases, nodes, and what they have used."""

import contextlib
import json
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import attrs

from benchmarks.processes import cpu_seconds, resident_bytes
from tests.support.servers import MariaDbServer, RedisServer

# The limits that protect a service from its users would protect it from the measurement, too.
OPEN_LIMITS: dict[str, object] = {
    "ops.port": 0,
    "server.port": 0,
    "server.drain": "0s",
    "limits.messages": "1000000/s",
    "limits.conversation_messages": "1000000/s",
    "limits.requests": "1000000/s",
    "limits.connections": "1000000/s",
    "limits.connections_per_address": 0,
    "limits.refusals": "1000000/s",
}


@attrs.define
class Node:
    """A running node: where it is, what was seeded, and its process."""

    process: subprocess.Popen[str]
    url: str
    users: list[dict[str, str]]
    conversations: list[str]

    @property
    def cpu(self) -> float:
        return cpu_seconds(self.process.pid)

    @property
    def memory(self) -> int:
        return resident_bytes(self.process.pid)


@attrs.define
class Site:
    """Nodes that share a storage."""

    nodes: list[Node]
    database: MariaDbServer | None = None
    redis: RedisServer | None = None
    settings: dict[str, object] = attrs.field(factory=dict)

    @property
    def server_cpu(self) -> float:
        return sum(node.cpu for node in self.nodes)

    @property
    def database_cpu(self) -> float:
        process = self.database.process if self.database else None
        return cpu_seconds(process.pid) if process else 0.0

    def count_messages(self) -> int | None:
        """Count what is stored; None where nobody but the node can know."""
        if self.database is not None:
            with self.database.address.connect("bench") as connection, connection.cursor() as rows:
                rows.execute("SELECT COUNT(*) FROM messages")
                return int(rows.fetchone()[0])  # type: ignore[index]
        path = self.settings.get("storage.sqlite.path")
        if path is None:
            return None
        with contextlib.closing(sqlite3.connect(str(path))) as sqlite:
            return int(sqlite.execute("SELECT COUNT(*) FROM messages").fetchone()[0])


@contextlib.contextmanager
def site(
    storage: str,
    wanted: Mapping[str, int],
    *,
    nodes: int = 1,
    extra: Mapping[str, object] | None = None,
) -> Iterator[Site]:
    """Run *nodes* nodes on a fresh `mysql` (with Redis), `sqlite` or `memory` storage."""
    with contextlib.ExitStack() as stack:
        settings = {**OPEN_LIMITS, "storage.backend": storage, **(extra or {})}
        found = Site([], settings=settings)
        if storage == "mysql":
            found.database = stack.enter_context(MariaDbServer(durable=True))
            found.redis = stack.enter_context(RedisServer())
            address = found.database.address
            with address.connect() as connection, connection.cursor() as rows:
                rows.execute("CREATE DATABASE bench")
            settings |= {
                "storage.mysql.host": "127.0.0.1",
                "storage.mysql.port": address.port,
                "storage.mysql.user": address.user,
                "storage.mysql.password": address.password,
                "storage.mysql.database": "bench",
                "bus.backend": "redis",
                "presence.backend": "redis",
                "redis.url": found.redis.url,
            }
        elif storage == "sqlite":
            folder = stack.enter_context(tempfile.TemporaryDirectory())
            settings["storage.sqlite.path"] = str(Path(folder) / "bench.db")
        for number in range(nodes):
            found.nodes.append(_start(stack, settings, wanted if number == 0 else {}))
        yield found


def _start(
    stack: contextlib.ExitStack, settings: dict[str, object], wanted: Mapping[str, int]
) -> Node:
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.node"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    stack.callback(_end, process)
    assert process.stdin is not None
    assert process.stdout is not None
    json.dump({"settings": settings, "seed": dict(wanted)}, process.stdin)
    process.stdin.close()
    line: dict[str, Any] = json.loads(process.stdout.readline())
    return Node(process, line["url"], line.get("users", []), line.get("conversations", []))


def _end(process: subprocess.Popen[str]) -> None:
    process.terminate()
    process.wait(30)
