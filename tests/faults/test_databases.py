"""MariaDB and Redis that are killed, frozen and flushed while messages are sent."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress

import pymysql
import pytest
import redis

from tests.faults.conftest import Start
from tests.support.addresses import Database
from tests.support.fault_trials import acknowledged, in_thread, run_trial, stored_seqs
from tests.support.nodes import Node, on_mysql
from tests.support.servers import MariaDbServer, RedisServer


@pytest.mark.parametrize("away", [1.0, pytest.param(10.0, marks=pytest.mark.soak)])
async def test_a_killed_database_keeps_what_was_acknowledged(
    start: Start, own_mariadb: MariaDbServer, own_database: Database, away: float
) -> None:
    node = start(on_mysql(own_database))

    async def fault() -> int:
        await asyncio.sleep(1.0)
        await in_thread(own_mariadb.kill)
        await asyncio.sleep(away)
        await in_thread(own_mariadb.start)
        await asyncio.sleep(1.0)
        return 1

    trial = await run_trial([node.url], fault, seconds=1.0)

    assert trial.verdict.outcome == "pass", str(trial.verdict)
    rooms = {each.args["conversation"] for each in trial.recorder.records if each.f == "page"}
    numbers = stored_seqs(own_database, rooms)
    assert sum(map(len, numbers.values())) >= trial.verdict.acked


@pytest.mark.parametrize("seconds", [4.0, pytest.param(20.0, marks=pytest.mark.soak)])
async def test_a_frozen_database_delays_nobody_for_long_and_loses_nothing(
    start: Start, own_mariadb: MariaDbServer, own_database: Database, seconds: float
) -> None:
    node = start(on_mysql(own_database))
    slowest = 0.0

    async def look() -> None:
        """Ask what needs no database, as the node's event loop would show if it hung."""
        nonlocal slowest
        loop = asyncio.get_running_loop()
        # The threads of the loop may all be held up by those who ask what needs it.
        with ThreadPoolExecutor(1) as alone:
            while True:
                begun = loop.time()
                assert await loop.run_in_executor(alone, node.answers)
                slowest = max(slowest, loop.time() - begun)
                await asyncio.sleep(0.1)

    async def fault() -> int:
        await asyncio.sleep(0.5)
        looking = asyncio.create_task(look())
        own_mariadb.pause()
        await asyncio.sleep(seconds)
        own_mariadb.resume()
        looking.cancel()
        await asyncio.wait([looking])
        assert looking.cancelled()
        await asyncio.sleep(0.5)
        return 1

    trial = await run_trial([node.url], fault, seconds=1.0, sends=20)

    assert trial.verdict.outcome == "pass", str(trial.verdict)
    # Of a machine that is busy; a loop that hung would take all of that time.
    assert slowest < 0.9 * seconds


class TestRedis:
    """Losing it costs latency and presence, nothing else."""

    async def passes(self, pair: list[Node], fault: object) -> None:
        trial = await run_trial([node.url for node in pair], fault, seconds=1.0)  # type: ignore[arg-type]

        assert trial.verdict.outcome == "pass", str(trial.verdict)

    @pytest.mark.parametrize("away", [1.5, pytest.param(25.0, marks=pytest.mark.soak)])
    async def test_that_is_killed(
        self, pair: list[Node], own_redis: RedisServer, away: float
    ) -> None:
        async def fault() -> int:
            await asyncio.sleep(0.7)
            await in_thread(own_redis.kill)
            await asyncio.sleep(away)
            await in_thread(own_redis.start)
            await asyncio.sleep(0.5)
            return 1

        await self.passes(pair, fault)

    @pytest.mark.parametrize("away", [2.0, pytest.param(12.0, marks=pytest.mark.soak)])
    async def test_that_is_frozen(
        self, pair: list[Node], own_redis: RedisServer, away: float
    ) -> None:
        async def fault() -> int:
            await asyncio.sleep(0.7)
            own_redis.pause()
            await asyncio.sleep(away)
            own_redis.resume()
            await asyncio.sleep(0.5)
            return 1

        await self.passes(pair, fault)

    async def test_that_is_flushed_and_closes_connections_and_is_full(
        self, pair: list[Node], own_redis: RedisServer
    ) -> None:
        killed = 0

        async def fault() -> int:
            nonlocal killed
            with closing(redis.Redis.from_url(own_redis.url, protocol=2)) as operator:
                for _ in range(3):
                    await asyncio.sleep(0.5)
                    operator.flushall()
                    killed += operator.client_kill_filter(_type="pubsub")
                operator.config_set("maxmemory-policy", "noeviction")
                operator.config_set("maxmemory", "1mb")
                await asyncio.sleep(0.5)
                operator.config_set("maxmemory", "0")
            return killed

        await self.passes(pair, fault)
        assert killed >= 2


async def test_messages_get_through_while_connections_are_killed_all_the_time(
    start: Start, own_mariadb: MariaDbServer, own_database: Database
) -> None:
    node = start(on_mysql(own_database))
    killed = 0

    async def fault() -> int:
        nonlocal killed
        with closing(own_mariadb.address.connect()) as operator, operator.cursor() as cursor:
            while killed < 10:
                await asyncio.sleep(0.2)
                cursor.execute(
                    "SELECT id FROM information_schema.processlist"
                    " WHERE db = %s AND id <> CONNECTION_ID()",
                    (own_database.name,),
                )
                for (id_,) in cursor.fetchall():
                    with suppress(pymysql.err.OperationalError):  # it has ended by itself
                        cursor.execute(f"KILL {id_}")
                        killed += 1
        return killed

    trial = await run_trial([node.url], fault, seconds=1.0, sends=15)

    assert trial.verdict.outcome == "pass", str(trial.verdict)
    before = acknowledged(trial.recorder)
    assert before == trial.verdict.acked
