"""A reconnect storm: many clients are cut off at once, and nobody else has to wait."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, closing
from time import monotonic

import attrs
import pytest

from parlour.entrypoints.shell.service import Service
from tests.faults.conftest import Start
from tests.support.addresses import Database
from tests.support.http_client import HttpUser, register_all
from tests.support.nodes import Node, on_mysql
from tests.support.programs import ROOT
from tests.support.site import serving_with
from tests.support.socket_client import open_socket

QUERIES = 3
"""Statements that one client may cost the database when it comes back."""


@attrs.frozen
class Crowd:
    """Many clients in a process of their own."""

    process: asyncio.subprocess.Process

    async def has_come(self) -> tuple[float, int]:
        """Wait for everybody; return the seconds that it took, and how often they tried."""
        assert self.process.stdout is not None
        answer = json.loads(await self.process.stdout.readline())
        return answer["seconds"], answer["tries"]

    async def comes_back(self) -> tuple[float, int]:
        """Cut everybody off and wait until all are back."""
        assert self.process.stdin is not None
        self.process.stdin.write(b"cut\n")
        return await self.has_come()


@asynccontextmanager
async def crowd_of(accounts: Sequence[HttpUser], size: int, node: Node) -> AsyncIterator[Crowd]:
    """Let a crowd in, on several devices of each account."""
    module = [sys.executable, "-m", "tests.support.many_clients", node.url, str(size)]
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(*module, stdin=pipe, stdout=pipe, cwd=ROOT)
    try:
        assert process.stdin is not None
        tokens = [each.token for each in accounts]
        process.stdin.write(json.dumps(tokens).encode() + b"\n")
        crowd = Crowd(process)
        await crowd.has_come()
        yield crowd
        process.stdin.close()
    except BaseException:
        process.kill()
        raise
    finally:
        await process.wait()


def statements(database: Database) -> int:
    """Return how many statements about rows the server has run so far."""
    with closing(database.connect()) as connection, connection.cursor() as cursor:
        cursor.execute(
            "SHOW GLOBAL STATUS WHERE Variable_name IN"
            " ('Com_select', 'Com_insert', 'Com_update', 'Com_delete')"
        )
        return sum(int(row[1]) for row in cursor.fetchall())


@pytest.mark.parametrize(
    ("crowd", "users"),
    [
        (100, 20),
        pytest.param(2_000, 100, marks=[pytest.mark.soak, pytest.mark.timeout(600)]),
    ],
)
async def test_a_reconnect_storm_is_cheap_and_delays_nobody(
    start: Start, own_database: Database, crowd: int, users: int
) -> None:
    # Everybody comes from one address.
    node = start({**on_mysql(own_database), "LIMITS__CONNECTIONS_PER_ADDRESS": "0"})
    alice, bob, *others = await register_all(
        node.url, "alice", "bob", *map("user-{}".format, range(users))
    )
    room = await alice.open_direct(bob)
    for one, other in zip(others[::2], others[1::2], strict=True):
        await one.open_direct(other)
    async with crowd_of(others, crowd, node) as gone:
        before = statements(own_database)
        seconds, tries = await gone.comes_back()
        spent = statements(own_database) - before
        assert seconds < 60
        # Beside those who came, the node itself looks after its logs once a second.
        assert spent <= QUERIES * tries + 10 * (1 + seconds), f"{spent} for {tries} resumes"

        steady = await alice.connect()
        coming = asyncio.create_task(gone.comes_back())
        waits = []
        while not coming.done():
            asked = monotonic()
            assert (await steady.say(room, "still there", seconds=30))["type"] == "ok"
            waits.append(monotonic() - asked)
        seconds, _ = await coming
        assert seconds < 60
        assert sorted(waits)[int(0.99 * len(waits))] < 1.0
        steady.abort()


async def test_hellos_beyond_the_queue_are_closed_to_try_again() -> None:
    """However many come: what waits for them is bounded, and their turn comes later."""
    services: list[Service] = []
    async with serving_with(services.append) as url:
        (alice,) = await register_all(url, "alice")
        arrivals = services[0].lanes.connects
        most, arrivals._max_waiting = arrivals._max_waiting, 0
        refused = await open_socket(url)
        await refused.begin({"type": "hello", "v": 1, "token": alice.token})
        assert await refused.closed() == (4000, "overloaded")
        arrivals._max_waiting = most
        (await alice.connect()).abort()
