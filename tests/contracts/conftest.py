"""The backends on which every contract is proved."""

import time
from collections.abc import Callable, Iterator
from datetime import timedelta

import attrs
import pytest

from adapters import memory, redis
from domain.kernel.broadcast import Bus
from domain.kernel.limits import RateLimiter
from domain.kernel.transaction import Storage, UnitOfWork
from domain.presence import PresenceStore
from entrypoints.use_cases import Stores
from tests.support.addresses import RedisSpace
from tests.support.clock import HeldClock


@pytest.fixture(params=["memory"])
def storage(request: pytest.FixtureRequest) -> Iterator[Storage[Stores]]:
    """An empty storage of each backend."""
    storage = memory.open_storage()
    yield storage
    storage.close()


@pytest.fixture
def uow(storage: Storage[Stores]) -> UnitOfWork[Stores]:
    """The unit of work of each backend."""
    return storage.uow


@attrs.frozen
class RedisAt(redis.RedisSettings):
    """A space on Redis, as the configuration would name it."""

    space: RedisSpace
    cluster: bool = False

    @property
    def url(self) -> str:
        return self.space.url

    @property
    def prefix(self) -> str:
        return self.space.prefix


def redis_settings(request: pytest.FixtureRequest) -> RedisAt:
    return RedisAt(request.getfixturevalue("redis_space"))


@pytest.fixture(params=["memory", "redis"])
def presence(request: pytest.FixtureRequest) -> Iterator[PresenceStore]:
    """A presence store of each backend that knows nobody."""
    if request.param == "memory":
        yield memory.open_presence()
        return
    store = redis.open_presence(redis_settings(request))
    yield store
    store.close()


@pytest.fixture(params=["memory", "redis"])
def new_bus(request: pytest.FixtureRequest) -> Callable[[], Bus]:
    """Make buses of each backend; all of one test are nodes of one service."""
    if request.param == "memory":
        exchange = memory.MemoryExchange()
        return lambda: memory.MemoryBus(exchange)
    settings = redis_settings(request)
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
        clock = HeldClock()
        limiter = memory.MemoryRateLimiter(clock.monotonic)
        yield Limits(limiter, lambda by: (clock.advance(by), None)[1])
        return
    shared = redis.open_limiter(redis_settings(request), fallback=None)
    # The server's own clock counts: time passes as it does.
    yield Limits(shared, lambda by: time.sleep(by.total_seconds()))
    shared.close()
