"""Deployments to break: nodes that are processes, on databases and a Redis of their own."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest

from tests.support.addresses import Database
from tests.support.nodes import Node, on_mysql
from tests.support.servers import MariaDbServer, RedisServer

Start = Callable[..., Node]


@pytest.fixture
def start() -> Iterator[Start]:
    """Starts nodes, which end with the test: `start(settings, fault="crash:after_commit:3")`."""
    with ExitStack() as running:
        yield lambda settings=None, **more: running.enter_context(Node(settings or {}, **more))


@pytest.fixture
def own_database(own_mariadb: MariaDbServer) -> Iterator[Database]:
    """A database on a server that the test may kill; it goes with its server."""
    with own_mariadb.address.fresh_database() as database:
        yield database


@pytest.fixture
def pair(database: Database, own_redis: RedisServer, start: Start) -> list[Node]:
    """Two nodes on one database, with a Redis between them that the test may kill."""
    settings = on_mysql(database, own_redis.space())
    with ThreadPoolExecutor(2) as threads:
        return list(threads.map(start, [settings] * 2))
