"""A node that is stopped while its transaction holds rows: only those rows wait, for seconds."""

import asyncio
import os
import signal
from collections.abc import Sequence
from pathlib import Path
from time import monotonic

from tests.faults.conftest import Start
from tests.support.addresses import Database, RedisSpace
from tests.support.broken_node import FREEZE
from tests.support.concurrency import until
from tests.support.fault_trials import in_thread, stored_seqs
from tests.support.http_client import register_all
from tests.support.nodes import Node, on_mysql
from tests.support.processes import free_port
from tests.support.socket_client import SocketClient, message

PAIRS = 8
BACK = 5.0
"""Seconds within which a conversation goes on whose owner was stopped."""


def is_stopped(node: Node) -> bool:
    return ") T " in Path(f"/proc/{node.pid}/stat").read_text()


def percentile(values: Sequence[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


async def talk(client: SocketClient, room: str, until_: asyncio.Event) -> list[float]:
    """Say one thing after the other; return how long each took."""
    took = []
    while not until_.is_set():
        begun = monotonic()
        answer = await client.say(room, "on and on", seconds=20)
        assert answer["type"] == "ok", answer
        took.append(monotonic() - begun)
        await asyncio.sleep(0.01)
    return took


async def test_a_node_stopped_in_a_transaction_holds_up_its_conversation_alone(
    start: Start, database: Database, redis_space: RedisSpace
) -> None:
    settings = on_mysql(database, redis_space) | {"STORAGE__MYSQL__LOCK_WAIT": "5s"}
    steady = start(settings | {"OPS__PORT": str(free_port())})
    frozen = start(settings, fault="break:freezes")
    people = await register_all(steady.url, *(f"user{number}" for number in range(2 * PAIRS)))
    rooms = [await people[2 * n].open_direct(people[2 * n + 1]) for n in range(PAIRS)]
    locked = rooms[0]
    clients = [await people[2 * n].connect() for n in range(PAIRS)]
    theirs = await people[1].connect(frozen.url)
    ended = asyncio.Event()
    others = [
        asyncio.create_task(talk(client, room, ended))
        for client, room in zip(clients[1:], rooms[1:], strict=True)
    ]
    try:
        await theirs.say(locked, "before")
        await asyncio.sleep(0.5)
        lost = await theirs.begin(message(locked, FREEZE))
        await until(lambda: is_stopped(frozen))
        begun = monotonic()
        held = asyncio.create_task(clients[0].say(locked, "held up", seconds=30))
        await asyncio.sleep(1.5)
        ready = (await in_thread(lambda: steady.ops("/readyz"))).json()
        answer = await held
        waited = monotonic() - begun
        await asyncio.sleep(1.0)
        again = await clients[0].say(locked, "at once again", seconds=5)
    finally:
        ended.set()
        os.kill(frozen.pid, signal.SIGCONT)
    took = [each for every in await asyncio.gather(*others) for each in every]
    late = await theirs.answer(lost, seconds=30)

    assert answer["type"] == "ok", answer
    assert waited < BACK
    assert percentile(took, 0.99) < 1.0, sorted(took)[-20:]
    assert again["seq"] == answer["seq"] + 1
    assert ready["state"] == "degraded"
    assert ready["checks"]["storage"]["refused"] == ["locked"]
    # The stopped node believes nothing that was undone: its message comes after the others.
    assert late["type"] == "ok", late
    assert late["seq"] > again["seq"]
    # No number was left out or given twice.
    stored = stored_seqs(database, set(rooms))
    assert all(numbers == list(range(1, len(numbers) + 1)) for numbers in stored.values())
    assert len(stored[locked]) == late["seq"] == 4
    for client in (*clients, theirs):
        client.abort()
