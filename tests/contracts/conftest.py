"""The backends that every contract test runs on."""

import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import attrs
import pytest

from examples.loopback_bus import LoopbackBus
from parlour.adapters import memory, redis
from parlour.domain.kernel.broadcast import Bus
from parlour.domain.kernel.limits import RateLimiter
from parlour.domain.kernel.transaction import Storage, UnitOfWork
from parlour.domain.presence import PresenceStore
from parlour.entrypoints.use_cases import Stores
from tests.support.addresses import Database, MariaDb, RedisSpace
from tests.support.fakes import ManualClock
from tests.support.storages import emptied, migrated, new_sqlite


@pytest.fixture(scope="session")
def mariadb_tables(mariadb: MariaDb) -> Iterator[Database]:
    """A database with tables, for one test after the other."""
    with mariadb.fresh_database() as database, migrated(database):
        yield database


@pytest.fixture(scope="session")
def snapshot_tables(snapshot_mariadb: MariaDb) -> Iterator[Database]:
    """The same on the server that refuses lost updates."""
    with snapshot_mariadb.fresh_database() as database, migrated(database):
        yield database


@pytest.fixture(params=["memory", "sqlite", "mariadb", "mariadb-snapshot"])
def storage(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Storage[Stores]]:
    """An empty storage of each backend."""
    match request.param:
        case "memory":
            with closing(memory.open_storage()) as storage:
                yield storage
        case "sqlite":
            with closing(new_sqlite(tmp_path / "parlour.db")) as storage:
                yield storage
        case backend:
            name = "mariadb_tables" if backend == "mariadb" else "snapshot_tables"
            with emptied(request.getfixturevalue(name)) as storage:
                yield storage


@pytest.fixture
def uow(storage: Storage[Stores]) -> Iterator[UnitOfWork[Stores]]:
    """The unit of work of each backend; the test must give all connections back."""
    yield storage.uow
    assert all(pool.used == 0 for pool in storage.pool_usage().values())


@attrs.frozen
class RedisAddress(redis.RedisSettings):
    """A space on Redis, as the configuration would name it."""

    space: RedisSpace
    cluster: bool = False
    direct: bool = True

    @property
    def url(self) -> str:
        return self.space.url

    @property
    def prefix(self) -> str:
        return self.space.prefix


def redis_settings(request: pytest.FixtureRequest) -> RedisAddress:
    return RedisAddress(request.getfixturevalue("redis_space"))


@pytest.fixture(params=["memory", "redis"])
def presence(request: pytest.FixtureRequest) -> Iterator[PresenceStore]:
    """A presence store of each backend that knows nobody."""
    if request.param == "memory":
        yield memory.open_presence()
        return
    store = redis.open_presence(redis_settings(request))
    yield store
    store.close()


@pytest.fixture(params=["memory", "redis", "redis-by-its-client", "loopback"])
def new_bus(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], Bus]:
    """Make buses of each backend; all of one test are nodes of one service."""
    if request.param == "loopback":  # the example of the documentation
        return lambda: LoopbackBus(tmp_path)
    if request.param == "memory":
        exchange = memory.MemoryExchange()
        return lambda: memory.MemoryBus(exchange)
    space = request.getfixturevalue("redis_space")
    settings = RedisAddress(space, direct=request.param == "redis")
    return lambda: redis.open_bus(settings)


@attrs.frozen
class Limits:
    """A rate limiter and a way to let its time pass."""

    limiter: RateLimiter
    wait: Callable[[timedelta], None]


@pytest.fixture(params=["memory", "redis"])
def limits(request: pytest.FixtureRequest) -> Iterator[Limits]:
    """A rate limiter of each backend."""
    if request.param == "memory":
        clock = ManualClock()
        limiter = memory.MemoryRateLimiter(clock.monotonic)
        yield Limits(limiter, lambda by: (clock.advance(by), None)[1])
        return
    shared = redis.open_limiter(redis_settings(request))
    # The server's own clock counts: time passes as it does.
    yield Limits(shared, lambda by: time.sleep(by.total_seconds()))
    shared.close()
