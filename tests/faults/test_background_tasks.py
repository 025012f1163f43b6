"""Background tasks that die, and events that break their handlers."""

import asyncio
import json
import urllib.request
from typing import Any

import pytest

from tests.faults.conftest import Start, end_without_complaint
from tests.support.broken_node import MORTAL, POISON
from tests.support.concurrency import until
from tests.support.fault_trials import in_thread, log_lines, run_trial
from tests.support.http_client import register_all
from tests.support.nodes import Node
from tests.support.processes import free_port

TASKS = {"log_reconciler", "presence", "notifier", "pusher", "sockets", "devices", "canary"}


def readiness(port: int) -> dict[str, Any]:
    """Request `/readyz` of a node."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5) as answer:
        ready: dict[str, Any] = json.load(answer)
        return ready


async def test_every_background_task_is_restarted_after_it_dies(start: Start) -> None:
    ops = free_port()
    settings = {"OPS__PORT": str(ops), "OPS__CANARY": "1s"}
    node = start(settings, fault="break:tasks_die", excused=[MORTAL])

    async def fault() -> int:
        async with asyncio.timeout(90):
            while len(died()) < len(TASKS):
                await asyncio.sleep(0.1)
        ready = await in_thread(lambda: readiness(ops))
        assert ready["checks"]["background_tasks"]["state"] == "degraded"
        return len(died())

    def died() -> set[str]:
        said = [line.get("exception", "") for line in log_lines(node)]
        return {name for name in TASKS for line in said if f"{name} {MORTAL}" in line}

    trial = await run_trial([node.url], fault, seconds=2.0)

    assert trial.verdict.outcome == "pass", str(trial.verdict)
    assert died() == TASKS


async def test_an_error_in_the_log_of_a_node_fails_its_test() -> None:
    """What is excused above is found where nobody excuses it."""
    with Node({"STORAGE__BACKEND": "memory"}, fault="break:tasks_die") as node:
        await until(lambda: MORTAL in node.log)
        with pytest.raises(AssertionError, match="complaints:"):
            end_without_complaint(node)


async def test_an_event_that_cannot_be_delivered_is_skipped_and_others_are_delivered(
    start: Start,
) -> None:
    node = start(fault="break:events_poison", excused=[f"ValueError: {POISON}"])
    alice, bob = await register_all(node.url, "alice", "bob")
    room = await alice.open_direct(bob)
    client = await alice.connect()
    listener = await bob.connect()
    texts = ["one", POISON, "two", POISON, "three"]
    for text in texts:
        assert (await client.say(room, text))["type"] == "ok"
    await listener.until(lambda: listener.texts(room)[-1:] == ["three"], seconds=60)

    assert listener.texts(room) == ["one", "two", "three"]
    # The log holds it: whoever catches up learns of it.
    read = await bob.history(room, seconds=5.0)
    assert [each["body"]["text"] for each in read] == texts
    assert POISON in node.log
    # The work that met it goes on.
    assert (await client.say(room, "four"))["type"] == "ok"
    client.abort()
    listener.abort()
