"""Disks that are full for a while: refused messages are not stored, stored ones stay intact."""

import asyncio
import json
import re
from contextlib import closing
from pathlib import Path

import pytest

from tests.faults.conftest import Start
from tests.support.addresses import Database
from tests.support.disks import Disk, KindOfDisk, MountedDisk, kinds_of_disk
from tests.support.fault_trials import in_thread, run_trial, sqlite_integrity, stored_seqs
from tests.support.http_client import register_all
from tests.support.nodes import Node, on_mysql
from tests.support.processes import Server, free_port
from tests.support.servers import MariaDbServer
from tests.support.socket_client import SocketClient

*_others, _best = kinds_of_disk()

on_every_disk = pytest.mark.parametrize(
    "kind", [_best, *(pytest.param(each, marks=pytest.mark.soak) for each in _others)]
)

LONG = "字" * 7_500
"""A text that takes 22 KiB of a disk."""

MOST = 1_500
"""So many of those are more than any of our disks takes."""


SHORT = "字" * 300
"""A text that fits into a page of MariaDB, which may abort where longer ones find no space."""


async def refusals_of(node: Node, disk: Disk, server: Server, text: str = LONG) -> set[str]:
    """Fill the disk of *server* under a talk through *node*; return how sends were refused."""
    alice, bob = await register_all(node.url, "disk-alice", "disk-bob")
    room = await alice.open_direct(bob)
    client = await alice.connect()
    kept = [await client.say(room, "before")]
    disk.fill(server.pid)
    refused: list[str] = []
    while len(refused) < 5 and len(kept) < MOST:
        answer = await client.say(room, text, seconds=30)
        if answer["type"] == "ok":
            kept.append(answer)
        else:
            assert answer["temporary"], answer
            refused.append(answer["code"])
    assert len(refused) == 5
    # Reading goes on all the while.
    read = await alice.history(room, seconds=5.0)
    disk.free(server.pid)
    kept.append(await client.say(room, "there is space again", seconds=30))
    client.abort()

    # What was refused took no number; where it was cut short, "timeout", nobody knows.
    numbers = [answer["seq"] for answer in kept]
    assert numbers == sorted(set(numbers))
    assert numbers[-1] <= len(kept) + refused.count("timeout")
    assert {each["seq"] for each in read} >= set(numbers[:-1])
    return set(refused)


@on_every_disk
async def test_sqlite_on_a_full_disk_refuses_stays_whole_and_recovers(
    start: Start, kind: KindOfDisk
) -> None:
    node = start(kind_of_disk=kind)
    assert node.disk is not None
    disk, codes = node.disk, set[str]()

    async def fault() -> int:
        await asyncio.sleep(0.5)
        codes.update(await refusals_of(node, disk, node))
        return len(codes)

    trial = await run_trial([node.url], fault, seconds=1.0, sends=20)

    assert trial.verdict.outcome == "pass", str(trial.verdict)
    assert codes <= {"unavailable", "timeout"}
    assert sqlite_integrity(node.sees(disk.folder / "parlour.db")) == "ok"


@on_every_disk
async def test_operators_hear_of_a_full_disk_by_log_readiness_and_metrics(
    start: Start, tmp_path: Path, kind: KindOfDisk
) -> None:
    log = tmp_path / "parlour.log"
    settings = {"OPS__PORT": str(free_port()), "LOGGING__FILE": str(log)}
    node = start(settings, kind_of_disk=kind)
    assert node.disk is not None
    alice, bob = await register_all(node.url, "alice", "bob")
    room = await alice.open_direct(bob)
    client = await alice.connect()
    assert (await in_thread(lambda: node.ops("/readyz"))).json()["state"] == "ok"
    node.disk.fill(node.pid)
    refused = 0
    while refused < 20:
        refused += (await client.say(room, LONG, seconds=30))["type"] == "error"
    ready = (await in_thread(lambda: node.ops("/readyz"))).json()
    metrics = (await in_thread(lambda: node.ops("/metrics"))).text
    node.disk.free(node.pid)
    client.abort()

    # A file that may not grow is a disk with errors to SQLite, and fails the commit.
    reason = "disk_full" if isinstance(node.disk, MountedDisk) else "outcome_unknown"
    assert ready["state"] != "ok"
    assert reason in ready["checks"]["storage"]["refused"]
    counted = re.search(rf'parlour_storage_refusals_total{{reason="{reason}"}} (\S+)', metrics)
    assert counted is not None
    assert float(counted[1]) >= refused
    said = [line for line in lines_of(log) if line["event"] == "storage refused work"]
    assert 1 <= len(said) <= 5
    assert {line["reason"] for line in said} == {reason}


@on_every_disk
async def test_mariadb_on_a_full_disk_refuses_stays_whole_and_recovers(
    start: Start, kind: KindOfDisk
) -> None:
    server = MariaDbServer(["--user=root"])
    # The tables of one database have the disk to themselves; MariaDB's own need more.
    disk = server.disk = kind(server.home / "data" / "parlour")
    with server:
        database = Database(server=server.address, name="parlour")
        with closing(server.address.connect()) as operator, operator.cursor() as cursor:
            cursor.execute("CREATE DATABASE IF NOT EXISTS parlour")
        node = start(on_mysql(database))
        codes = set[str]()

        async def fault() -> int:
            await asyncio.sleep(0.5)
            # Where no file may grow, the largest one has to be reached: that takes long texts.
            text = SHORT if isinstance(disk, MountedDisk) else LONG
            codes.update(await refusals_of(node, disk, server, text))
            return len(codes)

        trial = await run_trial([node.url], fault, seconds=1.0, sends=20)

        assert trial.verdict.outcome == "pass", str(trial.verdict)
        assert codes <= {"unavailable", "timeout"}
        rooms = {each.args["conversation"] for each in trial.recorder.records if each.f == "page"}
        for numbers in stored_seqs(database, rooms).values():
            assert numbers == list(range(1, len(numbers) + 1))
        with closing(database.connect()) as connection, connection.cursor() as cursor:
            cursor.execute("CHECK TABLE messages, conversations, conversation_events")
            assert {row[3] for row in cursor.fetchall()} == {"OK"}
        node.stop()


# A single client sends more than a thousand messages a second here.
UNLIMITED = {
    f"LIMITS__{what}": "1000000/s burst 1000000"
    for what in ("MESSAGES", "CONVERSATION_MESSAGES", "REQUESTS")
}


@on_every_disk
async def test_a_log_without_a_disk_costs_lines_and_nothing_else(
    start: Start, kind: KindOfDisk
) -> None:
    settings = {"STORAGE__BACKEND": "memory", "LOGGING__LEVEL": "debug", **UNLIMITED}
    node = start(settings, kind_of_disk=kind)
    assert node.disk is not None
    log = node.sees(node.disk.folder / "parlour.log")
    alice, bob = await register_all(node.url, "alice", "bob")
    room = await alice.open_direct(bob)
    client = await alice.connect()
    node.disk.fill(node.pid)
    async with asyncio.timeout(100):
        while "log output does not work" not in node.log:
            await says_much(client, room)
        node.disk.free(node.pid)
        while "log lines were dropped" not in {line["event"] for line in lines_of(log)}:
            await says_much(client, room)
    client.abort()


async def says_much(client: SocketClient, room: str) -> None:
    """Say enough for many lines of the log; every word of it is acknowledged."""
    for number in range(50):
        answer = await client.say(room, f"word {number}")
        assert answer["type"] == "ok", answer


def lines_of(log: Path) -> list[dict[str, str]]:
    """Read a log of which every line is whole."""
    whole, _, _ = log.read_text(encoding="utf-8").rpartition("\n")
    return [json.loads(line) for line in whole.splitlines()]
