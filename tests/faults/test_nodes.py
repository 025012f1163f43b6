"""Nodes that are killed, stopped and frozen while messages are sent through them."""

import asyncio
import random

import pytest

from tests.faults.conftest import Start
from tests.support.addresses import Database, RedisSpace
from tests.support.broken_node import CRASHED, CRASHES
from tests.support.fault_trials import (
    HEAL,
    in_thread,
    kill_and_restart,
    run_trial,
    sqlite_integrity,
    stored_seqs,
)
from tests.support.http_client import register_all
from tests.support.nodes import Node, on_mysql


async def some(seconds: float) -> None:
    """Let the talk go on for a while."""
    await asyncio.sleep(seconds)


@pytest.mark.parametrize(
    "times", [2, pytest.param(50, marks=[pytest.mark.soak, pytest.mark.timeout(600)])]
)
async def test_a_node_that_is_killed_at_any_instant_loses_nothing(
    start: Start, times: int
) -> None:
    node = start()

    async def fault() -> int:
        for _ in range(times):
            await some(random.uniform(0.5, 1.5))
            await kill_and_restart(node)
        return times

    trial = await run_trial([node.url], fault, seconds=1.0)

    assert trial.verdict.outcome == "pass", str(trial.verdict)
    node.kill()
    assert sqlite_integrity(node.home / "parlour.db") == "ok"


@pytest.mark.parametrize("point", CRASHES)
async def test_a_node_that_dies_around_a_commit_loses_and_doubles_nothing(
    start: Start, database: Database, redis_space: RedisSpace, point: str
) -> None:
    settings = on_mysql(database, redis_space)
    steady = start(settings)
    doomed = start(settings, fault=f"crash:{point}:15")

    async def fault() -> int:
        assert doomed.process is not None
        crashed = await in_thread(doomed.process.wait)
        await some(0.5)
        return int(crashed == CRASHED)

    trial = await run_trial([steady.url, doomed.url], fault, seconds=1.0, rate=10.0)

    assert trial.verdict.outcome == "pass", str(trial.verdict)
    assert f"crashed at {point}" in doomed.log


@pytest.mark.parametrize(
    "rounds", [1, pytest.param(10, marks=[pytest.mark.soak, pytest.mark.timeout(600)])]
)
async def test_a_rolling_restart_loses_nothing(pair: list[Node], rounds: int) -> None:
    codes = []

    async def fault() -> int:
        for _ in range(rounds):
            for node in pair:
                await some(0.7)
                assert node.process is not None
                process = node.process
                await in_thread(node.restart)
                codes.append(process.returncode)
        return len(codes)

    trial = await run_trial([node.url for node in pair], fault, seconds=1.0)

    assert trial.verdict.outcome == "pass", str(trial.verdict)
    assert set(codes) == {0}


@pytest.mark.parametrize(
    "seconds", [3.0, pytest.param(40.0, marks=[pytest.mark.soak, pytest.mark.timeout(600)])]
)
async def test_a_frozen_node_that_continues_loses_nothing(
    pair: list[Node], seconds: float
) -> None:
    async def fault() -> int:
        await some(0.5)
        pair[0].pause()
        await some(seconds)
        pair[0].resume()
        await some(0.5)
        return 1

    trial = await run_trial([node.url for node in pair], fault, seconds=1.0)

    assert trial.verdict.outcome == "pass", str(trial.verdict)


async def test_two_nodes_write_one_conversation(pair: list[Node], database: Database) -> None:
    trial = await run_trial([node.url for node in pair], seconds=4.0, rate=12.0, sends=100)

    assert trial.verdict.outcome == "pass", str(trial.verdict)
    rooms = {each.args["conversation"] for each in trial.recorder.records if each.f == "page"}
    numbers = stored_seqs(database, rooms)
    assert all(found == list(range(1, len(found) + 1)) for found in numbers.values())
    assert sum(map(len, numbers.values())) >= trial.verdict.acked


async def test_an_event_that_only_a_dead_node_published_is_found_by_the_head_check(
    start: Start, database: Database, redis_space: RedisSpace
) -> None:
    """Rule 5 of the protocol: killed between commit and publish, and nobody sends again."""
    settings = on_mysql(database, redis_space)
    steady, doomed = start(settings), start(settings, fault="crash:before_publish:1")
    alice, bob = await register_all(doomed.url, "alice", "bob")
    room = await alice.open_direct(bob)
    listener = await bob.connect(steady.url)
    sender = await alice.connect()
    answer = await sender.say(room, "my last words")
    assert doomed.process is not None
    crashed = await in_thread(doomed.process.wait)
    heard = await listener.hears("event", seconds=1 + HEAL)
    listener.abort()
    sender.abort()

    assert (answer["type"], crashed) == ("ok", CRASHED)
    assert (heard["seq"], heard["data"]["body"]) == (1, {"text": "my last words"})
