"""A private Redis Cluster for tests: three primaries, and a replica of the first."""

import contextlib
import time
from collections.abc import Callable
from itertools import product
from typing import Any, Self

from redis.connection import Connection
from redis.exceptions import RedisError

from tests.support.processes import free_port
from tests.support.servers import RedisServer

_SLOTS = 16_384
_SECONDS = 60.0


class RedisCluster:
    """A cluster of four servers that replaces a dead primary within seconds."""

    def __init__(self) -> None:
        # The default is the port plus 10,000, which often does not exist.
        self._ports = [free_port() for _ in range(4)]
        options = ["--cluster-enabled", "yes", "--cluster-node-timeout", "2000"]
        options += ["--repl-diskless-sync-delay", "0"]
        self.servers = [
            RedisServer([*options, "--cluster-port", str(port)]) for port in self._ports
        ]

    @property
    def url(self) -> str:
        return self.servers[1].url

    @property
    def primaries(self) -> list[RedisServer]:
        """The initial primaries, in the order of their slots."""
        return self.servers[:3]

    def __enter__(self) -> Self:
        try:
            for server in self.servers:
                server.start()
            self._join()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        with contextlib.ExitStack() as stack:
            for server in self.servers:
                stack.callback(server.close)

    def ask(self, server: RedisServer, *command: str | int) -> Any:
        """Send a command to one server and return its answer."""
        connection = Connection(  # type: ignore[no-untyped-call]
            port=server.port, protocol=2, decode_responses=True
        )
        try:
            connection.send_command(*command)  # type: ignore[no-untyped-call]
            return connection.read_response()
        finally:
            connection.disconnect()  # type: ignore[no-untyped-call]

    def owner(self, slot: int) -> RedisServer | None:
        """Return the server that now has *slot*, according to the live servers."""
        for server in self.servers:
            with contextlib.suppress(RedisError):
                for first, last, primary, *_ in self.ask(server, "CLUSTER", "SLOTS"):
                    if first <= slot <= last:
                        return next(each for each in self.servers if each.port == primary[1])
        return None

    def move(self, slot: int, target: RedisServer) -> None:
        """Move a slot without keys to another primary."""
        name = self.ask(target, "CLUSTER", "MYID")
        for server in (target, *(each for each in self.primaries if each is not target)):
            self.ask(server, "CLUSTER", "SETSLOT", slot, "NODE", name)

    def _join(self) -> None:
        share = _SLOTS // 3
        for number, server in enumerate(self.primaries):
            last = _SLOTS - 1 if number == 2 else (number + 1) * share - 1
            self.ask(server, "CLUSTER", "ADDSLOTSRANGE", number * share, last)
            self.ask(server, "CLUSTER", "SET-CONFIG-EPOCH", number + 1)
        first, replica = self.servers[0], self.servers[3]
        # Each server is told of each other, because gossip would take a second.
        for server, (other, port) in product(
            self.servers, zip(self.servers, self._ports, strict=True)
        ):
            if server is not other:
                self.ask(server, "CLUSTER", "MEET", "127.0.0.1", other.port, port)
        _until(lambda: all(self._knows_all(each) for each in self.servers))
        self.ask(replica, "CLUSTER", "REPLICATE", self.ask(first, "CLUSTER", "MYID"))
        _until(lambda: self.ask(replica, "ROLE")[3] == "connected")
        _until(
            lambda: all("state:ok" in self.ask(each, "CLUSTER", "INFO") for each in self.servers)
        )

    def _knows_all(self, server: RedisServer) -> bool:
        nodes = self.ask(server, "CLUSTER", "NODES").splitlines()
        return len(nodes) == len(self.servers) and not any("handshake" in node for node in nodes)


def _until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + _SECONDS
    while not holds():
        if time.monotonic() > deadline:
            raise RuntimeError("the servers did not become a cluster")
        time.sleep(0.02)
