"""Deployments to break: nodes that are processes, on databases and a Redis of their own."""

from collections.abc import Callable, Collection, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest

from tests.support.addresses import Database
from tests.support.disks import KindOfDisk
from tests.support.fault_trials import unexpected_errors
from tests.support.nodes import Node, on_mysql
from tests.support.servers import MariaDbServer, RedisServer

Start = Callable[..., Node]


@pytest.fixture
def start() -> Iterator[Start]:
    """Starts nodes, which end with the test: `start(settings, fault="crash:after_commit:3")`.

    Whatever happens to a node, its log holds no complaint in the end, but for what is `excused`.
    """
    with ExitStack() as running:

        def start_one(
            settings: Mapping[str, str] | None = None,
            *,
            fault: str = "",
            kind_of_disk: KindOfDisk | None = None,
            excused: Collection[str] = (),
        ) -> Node:
            node = Node(settings or {}, fault=fault)
            if kind_of_disk is not None:
                node.use(kind_of_disk(node.home / "disk"))
            running.enter_context(node)
            running.callback(end_without_complaint, node, excused)
            return node

        yield start_one


def end_without_complaint(node: Node, excused: Collection[str] = ()) -> None:
    """End a node; fail where its log says that something went wrong as it never may."""
    node.stop()
    found = unexpected_errors(node.log, excused)
    assert not found, f"{len(found)} complaints:\n" + "\n".join(found[:5])


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
