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
"""Seconds after the end of a fault within which every connected client has received everything."""

SLOWEST = 40.0
"""Maximum seconds to wait after the fault until enough messages are acknowledged for a verdict."""

Fault = Callable[[], Awaitable[int]]
"""Injects a fault and ends it; returns how often it occurred."""


@attrs.frozen(kw_only=True)
class Trial:
    """The recorded history and the verdict of the checker."""

    recorder: Recorder
    verdict: Verdict

    @property
    def broken(self) -> set[str]:
        """The violated properties."""
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
    """Run the verify workload through *urls* while *fault* is injected, and check the history."""
    recorder, bites = Recorder(), 0

    async def during() -> None:
        nonlocal bites
        if fault is not None:
            bites = await fault()
        # On a busy machine, continue until enough messages are acknowledged.
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
    """Count the messages acknowledged so far."""
    return sum(each.f == "send" and each.kind == "ok" for each in recorder.records)


async def in_thread(work: Callable[[], Any]) -> Any:
    """Run a blocking function in a thread."""
    return await asyncio.to_thread(work)


async def kill_and_restart(node: Node, *, away: float = 0.3) -> int:
    """Kill a node and start it again; counts as one fault."""
    await in_thread(node.kill)
    await asyncio.sleep(away)
    await in_thread(node.start)
    return 1


def stored_seqs(database: Database, conversations: set[str]) -> dict[str, list[int]]:
    """Return the seqs of each conversation in order, read from the database."""
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
    """Return the result of SQLite's integrity check: "ok" or the problem."""
    with closing(sqlite3.connect(file)) as connection:
        return str(connection.execute("PRAGMA integrity_check").fetchone()[0])


def log_lines(node: Node) -> list[dict[str, Any]]:
    """Return the complete log lines of a node."""
    whole, _, _ = node.log.rpartition("\n")
    return [json.loads(line) for line in whole.splitlines() if line.startswith("{")]


UNEXPECTED = ("Traceback", "never retrieved", "Packet sequence")
"""Signs of an unhandled exception, a task never awaited, and a mixed-up database answer."""


def unexpected_errors(log: str, excused: Collection[str] = ()) -> list[str]:
    """Return the log lines that report an unexpected error.

    Lines that contain one of *excused* are expected and left out.
    """
    return [
        line
        for line in log.splitlines()
        if any(each in line for each in UNEXPECTED) and not any(each in line for each in excused)
    ]
