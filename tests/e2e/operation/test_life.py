"""Starting, reloading and stopping a process: signals, the control socket, no loss."""

import asyncio
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest

from parlour.adapters.sql import second_writer_risk
from tests.support.addresses import Database
from tests.support.concurrency import eventually, until
from tests.support.fault_trials import in_thread, log_lines, run_trial
from tests.support.http_client import register_all
from tests.support.nodes import Node, on_mysql
from tests.support.processes import free_port
from tests.support.programs import Program
from tests.support.servers import MariaDbServer, RedisServer

PARLOUR = str(Path(sys.executable).with_name("parlour"))
SLOW_TO_GO = {"SERVER__DRAIN": "20s"}


class Configured(Node):
    """A node with a configuration file and an operators' listener."""

    def __init__(self, settings: Mapping[str, str] | None = None) -> None:
        self.ops_port = free_port()
        super().__init__({"OPS__PORT": str(self.ops_port), **(settings or {})})
        self.file = self.home / "chat.toml"
        self.file.write_text("")

    def command(self) -> tuple[Program, Sequence[str]]:
        program, words = super().command()
        env = {**program.env, "PARLOUR_CONFIG": str(self.file)}
        return Program(program.path, env), words

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run a command of the operator against this node."""
        env = {**os.environ, **self.command()[0].env}
        return subprocess.run(
            [PARLOUR, *words], env=env, capture_output=True, text=True, check=False, timeout=30
        )

    def ops(self, path: str) -> httpx.Response:
        return httpx.get(f"http://127.0.0.1:{self.ops_port}{path}", trust_env=False)

    def signal(self, number: signal.Signals) -> None:
        os.kill(self.pid, number)

    def said(self, event: str) -> list[dict[str, Any]]:
        """Return the lines of this event in the log."""
        return [line for line in log_lines(self) if line.get("event") == event]

    def gone(self, *, seconds: float) -> int:
        """Wait for the end; return the exit code."""
        assert self.process is not None
        return self.process.wait(seconds)


@pytest.fixture
def start() -> Iterator[Callable[..., Configured]]:
    with ExitStack() as running:
        yield lambda settings=None: running.enter_context(Configured(settings))


Start = Callable[..., Configured]


async def test_sighup_reloads_the_configuration_and_a_wrong_one_changes_nothing(
    start: Start,
) -> None:
    node = start()
    node.file.write_text('[access]\nregistration = "closed"\n')
    node.signal(signal.SIGHUP)
    await until(lambda: node.said("configuration reloaded"))
    assert node.said("configuration reloaded")[0]["applied"] == ["access.registration"]
    body = {"handle": "alice", "password": "quiet otters juggle lamps"}
    async with httpx.AsyncClient(base_url=node.url, trust_env=False) as client:
        answer = await client.post("/v1/auth/register", json=body)
        assert answer.status_code == 403
        node.file.write_text('[access]\nregistration = "opened"\n[serve]\nport = 1\n')
        node.signal(signal.SIGHUP)
        await until(lambda: node.said("configuration is wrong, nothing has changed"))
        problems = node.said("configuration is wrong, nothing has changed")[0]["problems"]
        assert len(problems) == 2
        assert all(str(node.file) in problem for problem in problems)
        assert (await client.post("/v1/auth/register", json=body)).status_code == 403


async def test_sighup_reopens_the_log_file(start: Start, tmp_path: Path) -> None:
    file = tmp_path / "parlour.log"
    node = start({"LOGGING__FILE": str(file), "LOGGING__ROTATION__BY": "never"})
    await until(lambda: "serving" in file.read_text())
    file.rename(tmp_path / "parlour.log.1")
    node.signal(signal.SIGHUP)
    await until(lambda: file.exists() and "configuration reloaded" in file.read_text())


async def test_the_command_line_changes_log_levels_and_reloads(
    start: Start,
) -> None:
    node = start()
    (alice,) = await register_all(node.url, "alice")
    shown = node.run("log", "level")
    assert (shown.returncode, "info      parlour" in shown.stdout) == (0, True), shown
    tuned = node.run("log", "level", "debug", "parlour.socket", "--for", "10m")
    assert "debug     parlour.socket  until 20" in tuned.stdout
    traced = node.run("log", "trace", "alice")
    assert f"user {alice.id}" in traced.stdout
    client = await alice.connect()
    await until(lambda: [each for each in node.said("socket opened") if each["user"] == alice.id])
    client.abort()
    node.file.write_text("[limits]\ngroup_members = 7\n[server]\nport = 1\n")
    reloaded = node.run("reload")
    assert reloaded.stdout.splitlines() == ["applied        limits.group_members"]
    # The port is given by the environment, which is stronger than the file.
    unknown = node.run("log", "trace", "nobody")
    assert (unknown.returncode, unknown.stdout) == (1, "")
    await in_thread(node.stop)
    gone = node.run("log", "level")
    assert (gone.returncode, "No node answers" in gone.stderr) == (1, True)


async def test_a_stopping_node_drains_its_clients_unless_signalled_twice(
    start: Start,
) -> None:
    node = start(SLOW_TO_GO)
    (alice,) = await register_all(node.url, "alice")
    client = await alice.connect()
    node.signal(signal.SIGTERM)
    await client.hears("drain", seconds=15)
    assert node.ops("/readyz").json()["state"] == "draining"
    with pytest.raises(OSError, match="onnect"):
        await asyncio.open_connection("127.0.0.1", node.port)
    begun = time.monotonic()
    node.signal(signal.SIGTERM)
    assert await in_thread(lambda: node.gone(seconds=15)) == 0
    assert time.monotonic() - begun < 15
    assert client.close_code in {None, 4001}
    client.abort()


async def test_a_stopping_node_without_clients_does_not_wait(start: Start) -> None:
    node = start(SLOW_TO_GO)
    (alice,) = await register_all(node.url, "alice")
    client = await alice.connect()
    node.signal(signal.SIGTERM)
    await until(lambda: node.said("draining"))
    await client.close()
    assert await in_thread(lambda: node.gone(seconds=15)) == 0


async def test_a_node_that_stops_under_load_loses_no_acknowledged_message(
    start: Start,
) -> None:
    node, took = start({"SERVER__DRAIN": "1s"}), []

    async def fault() -> int:
        await asyncio.sleep(1.0)
        begun, process = time.monotonic(), node.process
        assert process is not None
        await in_thread(node.stop)
        took.append(time.monotonic() - begun)
        assert process.returncode == 0
        await in_thread(node.start)
        return 1

    trial = await run_trial([node.url], fault, seconds=1.0, rate=30.0)
    assert trial.verdict.outcome == "pass", str(trial.verdict)
    assert took[0] < 10


def test_a_second_process_on_the_same_file_is_refused(start: Start) -> None:
    node = start()
    second = node.run("serve", "--port", "0", "--ops-port", "0")
    assert second.returncode == 1
    assert "Another process serves" in second.stderr
    assert "storage.backend = mysql" in second.stderr


def test_a_second_writer_is_warned_of_and_the_service_alone_is_not(
    start: Start,
) -> None:
    node = start()
    added = node.run("user", "list")
    changed = node.run("user", "disable", "nobody")
    checked = node.run("doctor")
    is_risky = second_writer_risk() is not None

    assert node.said("storage warning") == []
    assert "two programs" not in added.stderr
    assert ("two programs" in changed.stderr) == is_risky
    assert ("two programs" in checked.stdout) == is_risky


def test_levels_and_reloads_reach_a_node_on_mysql_without_further_settings(
    start: Start, database: Database
) -> None:
    node = start(on_mysql(database))
    shown = node.run("log", "level", "debug", "parlour.socket")
    node.file.write_text("[limits]\ngroup_members = 9\n")
    reloaded = node.run("reload")

    assert "debug     parlour.socket" in shown.stdout, shown.stderr
    assert reloaded.stdout == "applied        limits.group_members\n", reloaded.stderr


def test_settings_that_risk_messages_are_warnings_at_the_start(
    start: Start, database: Database
) -> None:
    node = start(on_mysql(database))

    def warnings() -> list[str]:
        return [line["warning"] for line in node.said("storage warning")]

    eventually(lambda: any("innodb_flush_method is" in each for each in warnings()))


def test_a_database_without_tables_is_refused(start: Start, database: Database) -> None:
    settings = on_mysql(database)
    with database.connect() as connection, connection.cursor() as cursor:
        cursor.execute("UPDATE schema_version SET version_num = '0000'")
    with pytest.raises(RuntimeError, match="is needed"):
        start(settings)


HANGING = """
import os
import re
from parlour.adapters.config import load
import parlour.entrypoints.server as server
server.STOP_TIMEOUT = 4.0
server.serve(load(None, os.environ, {}).settings)
"""


async def test_a_node_stops_in_time_although_its_database_hangs(
    own_mariadb: MariaDbServer,
) -> None:
    class Hurried(Configured):
        def command(self) -> tuple[Program, Sequence[str]]:
            program, _ = super().command()
            return Program(Path(sys.executable), program.env), [sys.executable, "-c", HANGING]

    with (
        own_mariadb.address.fresh_database() as database,
        Hurried({**on_mysql(database), "STORAGE__MYSQL__LOCK_WAIT": "10m"}) as node,
    ):
        alice, bob = await register_all(node.url, "alice", "bob")
        room = await alice.open_direct(bob)
        client = await alice.connect()
        assert (await client.say(room, "first"))["type"] == "ok"
        own_mariadb.pause()
        try:
            sending = asyncio.create_task(client.say(room, "second"))
            await asyncio.sleep(0.2)
            node.signal(signal.SIGTERM)
            assert await in_thread(lambda: node.gone(seconds=15)) in {0, 1}
        finally:
            own_mariadb.resume()
        sending.cancel()
        client.abort()


async def test_the_canary_probes_database_and_bus_and_fails_without_the_bus(
    start: Start, database: Database, own_redis: RedisServer
) -> None:
    node = start({**on_mysql(database, own_redis.space()), "OPS__CANARY": "1s"})

    def count(name: str) -> float:
        found = re.search(rf"^{name} (\S+)$", node.ops("/metrics").text, re.MULTILINE)
        assert found, name
        return float(found[1])

    await until(lambda: count("parlour_canary_seconds_count") >= 2)
    ready = node.ops("/readyz").json()
    assert (ready["state"], ready["checks"]["canary"]["state"]) == ("ok", "ok")
    assert count('parlour_database_connections_most{pool="writing"}') > 0
    # One lane of commands, and two threads for marks and rows that are locked.
    assert count('parlour_workers{workers="commits"}') == 3
    assert count("parlour_bus_connected") == 1
    await in_thread(own_redis.kill)
    await until(lambda: count("parlour_canary_up") == 0, seconds=40)
    ready = node.ops("/readyz")
    assert (ready.status_code, ready.json()["checks"]["canary"]["state"]) == (200, "degraded")
    assert node.said("canary failed")[0]["stage"] == "bus"
    await in_thread(own_redis.start)
    await until(lambda: count("parlour_canary_up") == 1, seconds=40)
