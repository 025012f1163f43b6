"""Where Redis is and how it is spoken to: short time-outs, no silent repetition."""

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

# What a client raises where Redis is away, or not what it should be.
FAILURES = (RedisError, RedisClusterException, OSError)

Client = Redis | RedisCluster

Address = tuple[str, int] | None
"""Host and port of a server; None for the configured one, however it is reached."""


class RedisSettings(Protocol):
    """The part of the configuration that this package reads."""

    @property
    def url(self) -> str: ...
    @property
    def prefix(self) -> str: ...
    @property
    def cluster(self) -> bool: ...


class Unsuitable(RedisError):
    """The server answers, and cannot be used."""


def open_client(settings: RedisSettings) -> Client:
    """Return a client for worker threads. One for a cluster asks it for its shape at once.

    A command is repeated once, on a new connection, where the old one was closed; never after a
    time-out, when Redis may still be busy with it.
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


def at_home(client: Client, key: str) -> dict[str, Any]:
    """Return the options that send a command of a pipeline to where *key* is at home.

    A pipeline to a cluster would find that out by asking a server, for every command that is a
    script, and go on asking one that is dead.
    """
    if isinstance(client, RedisCluster):
        return {"target_nodes": client.get_node_from_key(key)}  # type: ignore[no-untyped-call]
    return {}


class ConnectionFactory:
    """Makes connections of the bus: each is greeted, and has no time-outs but its user's own."""

    def __init__(self, settings: RedisSettings) -> None:
        options: dict[str, Any] = {**parse_url(settings.url)}
        self._kind: type[AbstractConnection] = options.pop("connection_class", Connection)
        # Channels belong to no database, and these connections to no pool.
        for foreign in ("db", "max_connections"):
            options.pop(foreign, None)
        self._options = options | {
            "protocol": 2,
            "socket_timeout": None,
            "socket_connect_timeout": CONNECT_SECONDS,
            "client_name": "parlour-bus",
        }
        # An option that nobody knows is an error of the configuration: now, not while it runs.
        self.connection()

    @property
    def host(self) -> str:
        """The configured host."""
        return str(self._options.get("host", "localhost"))

    def connection(self, address: Address = None) -> AbstractConnection:
        """Return a connection to a server, not open yet."""
        where = {} if address is None else dict(zip(("host", "port"), address, strict=True))
        return self._kind(**self._options | where)


async def connect(connection: AbstractConnection) -> None:
    """Open a connection and log in."""
    async with asyncio.timeout(CONNECT_SECONDS + ANSWER_SECONDS):
        await connection.connect()  # type: ignore[no-untyped-call]


async def greet(connection: AbstractConnection) -> None:
    """Make sure that the server can carry a bus; raise `Unsuitable`.

    A replica carries the frames only of those who happen to talk to it: after a failover some
    nodes would go on to talk to the former primary, and not notice.
    """
    async with asyncio.timeout(ANSWER_SECONDS):
        await connection.send_command("HELLO", 2, check_health=False)
        reply = cast("Sequence[object]", await connection.read_response())
    found = dict(zip(reply[::2], reply[1::2], strict=True))
    version, role = (cast("bytes", found[key]).decode() for key in (b"version", b"role"))
    if int(version.partition(".")[0]) < _OLDEST:
        raise Unsuitable(f"Redis {_OLDEST} or newer is needed, this is {version}")
    if role != "master":
        raise Unsuitable("this Redis is a replica")
