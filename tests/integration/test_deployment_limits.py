"""Log-ins are limited for the whole deployment, and by each node alone while Redis is away."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import attrs
import httpx
import pytest
import redis.asyncio as redis

from parlour.adapters.config.settings_backends import Redis
from parlour.adapters.config.values import Url
from parlour.domain.kernel.limits import Rate
from tests.support.servers import RedisServer
from tests.support.shared_backends import sharing
from tests.support.site import PLENTY, SETTINGS, Site, serving

TEN_A_DAY = Rate(10 / 86_400, burst=10)


@pytest.fixture
async def nodes(own_redis: RedisServer) -> AsyncIterator[list[Site]]:
    """Two nodes that share a storage and count log-ins in one Redis."""
    settings = attrs.evolve(
        SETTINGS,
        redis=Redis(url=Url(own_redis.url)),
        limits=attrs.evolve(
            SETTINGS.limits,
            backend="redis",
            logins_per_account=TEN_A_DAY,
            logins_per_address=PLENTY,
        ),
    )
    with sharing(settings) as shared:
        async with AsyncExitStack() as running:
            found = [await running.enter_async_context(serving(shared)) for _ in range(2)]
            found[0].person("alice")
            yield found


async def guess(client: httpx.AsyncClient, node: Site, handle: str = "alice") -> int:
    """Try to log in with a wrong password; return the status."""
    body = {"handle": handle, "password": "no such word"}
    answer = await client.post(f"http://127.0.0.1:{node.port}/v1/auth/login", json=body)
    return answer.status_code


async def counted_in_redis(
    client: httpx.AsyncClient, nodes: list[Site], server: RedisServer
) -> None:
    """Try to log in as strangers until each node counts in Redis."""
    async with asyncio.timeout(30), redis.Redis.from_url(server.url) as counted:
        for node in nodes:
            while not await counted.exists(f"parlour:rate:login:account:probe{node.port}"):
                await guess(client, node, f"probe{node.port}")


async def test_ten_wrong_log_ins_on_two_nodes_are_limited_as_on_one(nodes: list[Site]) -> None:
    async with httpx.AsyncClient() as client:
        tried = [await guess(client, nodes[n % 2]) for n in range(10)]
        after = [await guess(client, node) for node in nodes]

    assert tried == [401] * 10
    assert after == [429, 429]


async def test_while_redis_is_away_each_node_limits_by_what_it_counted_itself(
    nodes: list[Site], own_redis: RedisServer
) -> None:
    async with httpx.AsyncClient() as client:
        for n in range(6):
            assert await guess(client, nodes[n % 2]) == 401
        own_redis.kill()
        alone = [[await guess(client, node) for _ in range(9)] for node in nodes]

    # Three of ten were used at each node.
    assert alone == [[401] * 7 + [429] * 2] * 2


async def test_nodes_count_together_again_when_redis_is_back(
    nodes: list[Site], own_redis: RedisServer
) -> None:
    async with httpx.AsyncClient() as client:
        assert await guess(client, nodes[0]) == 401
        own_redis.kill()
        assert await guess(client, nodes[0]) == 401
        own_redis.start()
        await counted_in_redis(client, nodes, own_redis)
        tried = [await guess(client, nodes[n % 2]) for n in range(10)]

        assert tried == [401] * 10
        assert await guess(client, nodes[0]) == 429
        assert await guess(client, nodes[1]) == 429


async def test_a_redis_that_hangs_delays_no_request(
    nodes: list[Site], own_redis: RedisServer
) -> None:
    async with httpx.AsyncClient() as client:
        assert await guess(client, nodes[0]) == 401
        own_redis.pause()
        began = time.monotonic()
        guessing = asyncio.create_task(guess(client, nodes[0]))
        for _ in range(10):
            await client.get(f"http://127.0.0.1:{nodes[0].port}/")
        others = time.monotonic() - began

        assert not guessing.done()
        assert others < 0.4
        assert await guessing == 401
        assert time.monotonic() - began < 2
        own_redis.resume()
