"""The rate limiter in Redis: nodes count together, and an outage is said at once."""

import pytest
import redis

from parlour.adapters.redis import open_limiter
from parlour.domain.kernel.errors import Unavailable
from parlour.domain.kernel.limits import Rate
from tests.support.redis_bus import RedisAddress
from tests.support.servers import RedisServer

RATE = Rate(per_second=0.01, burst=2)


def test_raises_while_redis_is_away(own_redis: RedisServer) -> None:
    limiter = open_limiter(RedisAddress(url=own_redis.url))
    assert limiter.take("alice", RATE) is None
    own_redis.kill()
    for _ in range(3):
        with pytest.raises(Unavailable):
            limiter.take("alice", RATE)
    with pytest.raises(Unavailable):
        limiter.check()
    limiter.close()


def test_nodes_count_together(own_redis: RedisServer) -> None:
    nodes = [open_limiter(RedisAddress(url=own_redis.url)) for _ in range(2)]

    assert [nodes[n % 2].take("alice", RATE) is None for n in range(4)] == [
        True,
        True,
        False,
        False,
    ]
    for node in nodes:
        node.close()


def test_a_full_bucket_is_not_kept(own_redis: RedisServer) -> None:
    limiter = open_limiter(RedisAddress(url=own_redis.url))
    limiter.take("alice", Rate(per_second=0.02, burst=10))
    with redis.Redis.from_url(own_redis.url) as operator:
        (key,) = operator.scan_iter()

        assert 0 < operator.pttl(key) <= 50_000
    limiter.close()
