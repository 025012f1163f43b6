"""Connections and clients for Redis: short time-outs, no silent retries."""

import asyncio
from collections.abc import Sequence
from typing import Any, Protocol, cast

from redis import Redis
from redis.asyncio.connection import AbstractConnection, Connection, parse_url
from redis.backoff import NoBackoff
from redis.cluster import RedisCluster
from redis.exceptions import ConnectionError as NotConnected
from redis.exceptions import RedisClusterException, RedisError
from redis.retry import Retry

ANSWER_SECONDS = 1.0
CONNECT_SECONDS = 2.0
# Sharded channels came with version 7.
_OLDEST = 7

# What a client raises where Redis is away, or is not usable.
FAILURES = (RedisError, RedisClusterException, OSError)

Client = Redis | RedisCluster

Address = tuple[str, int] | None
"""Host and port of a server; None for the configured one, which may be a socket."""


class RedisSettings(Protocol):
    """The settings that this package reads."""

    @property
    def url(self) -> str: ...
    @property
    def prefix(self) -> str: ...
    @property
    def cluster(self) -> bool: ...
    @property
    def direct(self) -> bool: ...


class UnusableServer(RedisError):
    """The server answers and cannot be used: too old, or a replica."""


def open_client(settings: RedisSettings) -> Client:
    """Return a client for worker threads; one for a cluster asks for the topology at once.

    A command is repeated once, on a new connection, where the old one was closed. It is never
    repeated after a time-out, when Redis may still execute it.
    """
    retry = Retry(NoBackoff(), 1, supported_errors=(NotConnected,))
    options: dict[str, Any] = {
        "protocol": 2,
        "socket_timeout": ANSWER_SECONDS,
        "socket_connect_timeout": CONNECT_SECONDS,
        "retry": retry,
        "client_name": "parlour",
    }
    if settings.cluster:
        return RedisCluster.from_url(settings.url, **options)
    return Redis.from_url(settings.url, **options)


def routed_to(client: Client, key: str) -> dict[str, Any]:
    """Return the options that send a command of a pipeline to the server of *key*.

    Without them a pipeline to a cluster asks a server for the keys of every command that is a
    script, and goes on asking one that is dead.
    """
    if isinstance(client, RedisCluster):
        return {"target_nodes": client.get_node_from_key(key)}  # type: ignore[no-untyped-call]
    return {}


class ConnectionFactory:
    """Makes connections for the bus, which have no time-outs of their own."""

    def __init__(self, settings: RedisSettings) -> None:
        options: dict[str, Any] = {**parse_url(settings.url)}
        self._kind: type[AbstractConnection] = options.pop("connection_class", Connection)
        # Channels belong to no database, and these connections to no pool.
        for unused in ("db", "max_connections"):
            options.pop(unused, None)
        self._options = options | {
            "protocol": 2,
            "socket_timeout": None,
            "socket_connect_timeout": CONNECT_SECONDS,
            "client_name": "parlour-bus",
        }
        # An unknown option in the address is an error now, not at the first connection.
        self.connection()

    @property
    def host(self) -> str:
        """The configured host."""
        return str(self._options.get("host", "localhost"))

    def connection(self, address: Address = None) -> AbstractConnection:
        """Return a connection to a server; it is not open yet."""
        where = {} if address is None else dict(zip(("host", "port"), address, strict=True))
        return self._kind(**self._options | where)


async def connect(connection: AbstractConnection) -> None:
    """Open a connection and authenticate."""
    async with asyncio.timeout(CONNECT_SECONDS + ANSWER_SECONDS):
        await connection.connect()  # type: ignore[no-untyped-call]


async def check_server(connection: AbstractConnection) -> None:
    """Check that the server can carry the bus; raise `UnusableServer`.

    A replica carries only the frames of nodes that are connected to it: after a failover some
    nodes would stay connected to the former primary, and hear nothing.
    """
    async with asyncio.timeout(ANSWER_SECONDS):
        await connection.send_command("HELLO", 2, check_health=False)
        reply = cast("Sequence[object]", await connection.read_response())
    found = dict(zip(reply[::2], reply[1::2], strict=True))
    version, role = (cast("bytes", found[key]).decode() for key in (b"version", b"role"))
    if int(version.partition(".")[0]) < _OLDEST:
        raise UnusableServer(f"Redis {_OLDEST} or newer is needed, this is {version}")
    if role != "master":
        raise UnusableServer("this Redis is a replica")
