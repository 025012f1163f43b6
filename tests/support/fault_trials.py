"""Runs of the verify workload while a fault is injected, and their verdicts."""

import asyncio
import json
import sqlite3
from collections.abc import Awaitable, Callable, Collection, Sequence
from contextlib import closing
from pathlib import Path
from time import monotonic
from typing import Any

import attrs

from parlour.entrypoints.verify import Expectations, Verdict, judge
from parlour.entrypoints.verify.driver import Plan, drive
from parlour.entrypoints.verify.recorder import Recorder
from tests.support.addresses import Database
from tests.support.nodes import Node

HEAL = 10.0
"""Seconds after the end of a fault in which everybody connected has heard everything."""

SLOWEST = 40.0
"""Seconds after the fault in which enough must have been acknowledged to tell anything."""

Fault = Callable[[], Awaitable[int]]
"""Does something bad and mends it; returns how often it bit."""


@attrs.frozen(kw_only=True)
class Trial:
    """What happened, and what the checker says of it."""

    recorder: Recorder
    verdict: Verdict

    @property
    def broken(self) -> set[str]:
        """The properties that did not hold."""
        return {fault.property for fault in self.verdict.faults}


async def run_trial(
    urls: Sequence[str],
    fault: Fault | None = None,
    *,
    seconds: float = 3.0,
    sends: int = 40,
    heal: float = HEAL,
    rate: float = 6.0,
    reconnects: float = 3.0,
    users: int = 4,
    patience: float = 30.0,
) -> Trial:
    """Let people talk through *urls* while *fault* happens, and judge what they saw."""
    recorder, bites = Recorder(), 0

    async def during() -> None:
        nonlocal bites
        if fault is not None:
            bites = await fault()
        # However busy the machine is: what proves nothing goes on until it proves something.
        deadline = monotonic() + SLOWEST
        while acknowledged(recorder) < sends and monotonic() < deadline:
            await asyncio.sleep(0.1)

    plan = Plan(
        urls=tuple(urls),
        users=users,
        seconds=seconds,
        rate=rate,
        heal=heal,
        reconnects=reconnects,
        patience=patience,
    )
    healed_at = await drive(plan, recorder, during)
    expected = Expectations(
        sends=sends, heal=heal, healed_at=healed_at, faults=bites if fault else None
    )
    return Trial(recorder=recorder, verdict=judge(recorder.records, expected))


def acknowledged(recorder: Recorder) -> int:
    """Count the sends that were acknowledged so far."""
    return sum(each.f == "send" and each.kind == "ok" for each in recorder.records)


async def in_thread(work: Callable[[], Any]) -> Any:
    """Do blocking work beside the talk."""
    return await asyncio.to_thread(work)


async def kill_and_restart(node: Node, *, away: float = 0.3) -> int:
    """Kill a node and begin it again; a bite."""
    await in_thread(node.kill)
    await asyncio.sleep(away)
    await in_thread(node.start)
    return 1


def stored_seqs(database: Database, conversations: set[str]) -> dict[str, list[int]]:
    """Return the numbers of conversations, in order, straight from the database."""
    found: dict[str, list[int]] = {}
    with closing(database.connect()) as connection, connection.cursor() as cursor:
        for conversation in conversations:
            cursor.execute(
                "SELECT seq FROM messages WHERE conversation_id = %s ORDER BY seq",
                (bytes.fromhex(conversation.replace("-", "")),),
            )
            found[conversation] = [row[0] for row in cursor.fetchall()]
    return found


def sqlite_integrity(file: Path) -> str:
    """Ask SQLite whether a file is whole: "ok" where it is."""
    with closing(sqlite3.connect(file)) as connection:
        return str(connection.execute("PRAGMA integrity_check").fetchone()[0])


def log_lines(node: Node) -> list[dict[str, Any]]:
    """Return what a node has logged: the lines that are whole, it may be writing one."""
    whole, _, _ = node.log.rpartition("\n")
    return [json.loads(line) for line in whole.splitlines() if line.startswith("{")]


UNEXPECTED = ("Traceback", "never retrieved", "Packet sequence")
"""An error that nobody expected, a task that nobody waited for, another one's answer on a line."""


def unexpected_errors(log: str, excused: Collection[str] = ()) -> list[str]:
    """Return the lines that say that something went wrong in a way that it never may.

    A line is excused where it holds one of *excused*, the words of what a fault causes rightly.
    """
    return [
        line
        for line in log.splitlines()
        if any(each in line for each in UNEXPECTED) and not any(each in line for each in excused)
    ]
