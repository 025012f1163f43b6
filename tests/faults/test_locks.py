"""A locked row, pool or file: callers that need it are refused in time, others continue."""

import asyncio
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from time import monotonic

import pytest

from tests.faults.conftest import Start
from tests.support.addresses import Database
from tests.support.fault_trials import run_trial, sqlite_integrity
from tests.support.http_client import HttpUser, register_all
from tests.support.nodes import Node, on_mysql
from tests.support.socket_client import SocketClient

WAL_LIMIT = 64 << 20

LONG = "字" * 7_500
"""A text that takes 22 KiB of a file."""


async def refused(client: SocketClient, room: str) -> float:
    """Say something that is refused for now; return how long that took."""
    begun = monotonic()
    answer = await client.say(room, "held up", seconds=60)
    assert answer["type"] == "error", answer
    assert answer["code"] in {"unavailable", "overloaded"}
    assert answer["temporary"]
    return monotonic() - begun


async def others_are_served(account: HttpUser, node: Node, room: str) -> None:
    """Read and come in as if nothing were."""
    begun = monotonic()
    assert await account.history(room)
    (await account.connect()).abort()
    assert monotonic() - begun < 25.0


@contextmanager
def locked_row(database: Database, room: str) -> Iterator[None]:
    """Hold the row of a conversation, as a session does that somebody forgot."""
    with closing(database.connect()) as connection, connection.cursor() as cursor:
        cursor.execute("BEGIN")
        id_ = bytes.fromhex(room.replace("-", ""))
        assert cursor.execute("SELECT * FROM conversations WHERE id = %s FOR UPDATE", (id_,)) == 1
        yield
        cursor.execute("ROLLBACK")


async def test_a_pool_exhausted_by_a_locked_row_refuses_and_the_rest_works(
    start: Start, database: Database
) -> None:
    """Two connections, one of them for writing, and it waits for the row."""
    small = {"STORAGE__MYSQL__POOL": "2", "STORAGE__WORKERS": "1", "COMMITS__LANES": "1"}
    node = start(on_mysql(database) | small)
    alice, bob = await register_all(node.url, "alice", "bob")
    room = await alice.open_direct(bob)
    client = await alice.connect()
    first = await client.say(room, "before")
    with locked_row(database, room):
        # This node waits a second for a lock, and tries again.
        assert await refused(client, room) < 25.0
        await others_are_served(bob, node, room)
    last = await client.say(room, "after", seconds=30)
    client.abort()

    assert (first["seq"], last["seq"]) == (1, 2)


@contextmanager
def another_program(file: Path, begin: str) -> Iterator[sqlite3.Connection]:
    """Open the database of a node as another program does, in a transaction."""
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.execute(begin)
        connection.execute("SELECT count(*) FROM messages").fetchone()
        yield connection


@pytest.mark.soak
async def test_a_database_file_locked_by_another_program_refuses_and_recovers(
    start: Start,
) -> None:
    node = start()
    file = node.home / "parlour.db"
    alice, bob = await register_all(node.url, "alice", "bob")
    room = await alice.open_direct(bob)
    client = await alice.connect()
    first = await client.say(room, "before")
    with another_program(file, "BEGIN IMMEDIATE"):
        assert await refused(client, room) < 20.0
        await others_are_served(bob, node, room)
    last = await client.say(room, "after", seconds=30)
    client.abort()

    assert (first["seq"], last["seq"]) == (1, 2)
    assert sqlite_integrity(file) == "ok"


@pytest.mark.soak
async def test_a_wal_kept_by_a_reader_shrinks_once_the_reader_has_gone(
    start: Start,
) -> None:
    """While somebody reads one moment, nothing is moved into the file."""
    node = start()
    file = node.home / "parlour.db"
    wal = node.home / "parlour.db-wal"
    alice, bob = await register_all(node.url, "alice", "bob")
    room = await alice.open_direct(bob)
    client = await alice.connect()
    await client.say(room, "before")

    async def fault() -> int:
        with another_program(file, "BEGIN"):
            while wal.stat().st_size < 2 * WAL_LIMIT:
                assert (await client.say(room, LONG, seconds=30))["type"] == "ok"
            return 1

    trial = await run_trial([node.url], fault, seconds=1.0, sends=20)
    async with asyncio.timeout(30):
        while wal.stat().st_size > WAL_LIMIT:
            await client.say(room, LONG, seconds=30)
    client.abort()

    assert trial.verdict.outcome == "pass", str(trial.verdict)
    assert sqlite_integrity(file) == "ok"
