"""Rate limits outlive Redis: counted by the node alone, or refused, as each limit was made."""

import pytest
import redis

from parlour.adapters.memory import MemoryRateLimiter
from parlour.adapters.redis import open_limiter
from parlour.domain.kernel.errors import Unavailable
from parlour.domain.kernel.limits import Rate
from tests.support.listening import RedisAt
from tests.support.servers import RedisServer

RATE = Rate(per_second=0.01, burst=2)


def test_a_limit_with_a_fallback_is_kept_by_the_node_alone(own_redis: RedisServer) -> None:
    limiter = open_limiter(RedisAt(url=own_redis.url), fallback=MemoryRateLimiter())
    assert limiter.take("alice", RATE) is None
    own_redis.kill()

    assert [limiter.take("alice", RATE) is None for _ in range(4)] == [True, True, False, False]
    limiter.close()


def test_a_limit_without_one_lets_nobody_pass(own_redis: RedisServer) -> None:
    limiter = open_limiter(RedisAt(url=own_redis.url), fallback=None)
    assert limiter.take("alice", RATE) is None
    own_redis.kill()
    for _ in range(3):
        with pytest.raises(Unavailable):
            limiter.take("alice", RATE)
    with pytest.raises(Unavailable):
        limiter.check()
    limiter.close()


def test_nodes_count_together(own_redis: RedisServer) -> None:
    nodes = [open_limiter(RedisAt(url=own_redis.url), fallback=None) for _ in range(2)]

    assert [nodes[n % 2].take("alice", RATE) is None for n in range(4)] == [
        True,
        True,
        False,
        False,
    ]
    for node in nodes:
        node.close()


def test_a_full_bucket_is_not_kept(own_redis: RedisServer) -> None:
    limiter = open_limiter(RedisAt(url=own_redis.url), fallback=None)
    limiter.take("alice", Rate(per_second=0.02, burst=10))
    with redis.Redis.from_url(own_redis.url) as operator:
        (key,) = operator.scan_iter()

        assert 0 < operator.pttl(key) <= 50_000
    limiter.close()
