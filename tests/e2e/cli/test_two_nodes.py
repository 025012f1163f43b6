"""Two users on two nodes with MariaDB and Redis; only the configuration differs."""

import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.support.addresses import Database, RedisSpace
from tests.support.chat_processes import PARLOUR, ChatProcess, Server, register, running_server


@pytest.fixture
def nodes(database: Database, redis_space: RedisSpace, tmp_path: Path) -> Iterator[list[Server]]:
    """Two nodes that share a database and a Redis."""
    settings = (
        *database.settings,
        "presence.backend=redis",
        "bus.backend=redis",
        f"redis.url={redis_space.url}",
        f"redis.prefix={redis_space.prefix}",
        "server.drain=500ms",
    )
    pairs = [word for pair in settings for word in ("--set", pair)]
    subprocess.run([PARLOUR, "db", "upgrade", *pairs], cwd=tmp_path, check=True)
    with ExitStack() as stack:
        folders = [tmp_path / "one", tmp_path / "two"]
        for folder in folders:
            folder.mkdir()
        yield [stack.enter_context(running_server(folder, *settings)) for folder in folders]


def test_two_users_chat_across_nodes_and_through_the_restart_of_one(
    nodes: list[Server], tmp_path: Path
) -> None:
    one, two = nodes
    register(one, tmp_path, "alice")
    register(two, tmp_path, "bob")
    with ExitStack() as stack:

        def sit(node: Server, handle: str, *options: str) -> ChatProcess:
            terminal = ChatProcess(node, tmp_path, handle, *options)
            stack.callback(terminal.kill)
            return terminal

        alice, bob = sit(one, "alice", "--to", "bob"), sit(two, "bob", "--to", "alice")
        alice.sees("-- bob --")
        bob.sees("-- alice --")
        alice.type("hello from node one")
        bob.sees("alice: hello from node one")
        alice.sees(r"\* bob is online")
        alice.sees("✓✓ read")

        one.stop()
        alice.sees("the connection is lost")
        bob.type("said while node one was away")
        alice.type("written while my node was away")
        one.start()
        alice.sees("bob: said while node one was away")
        bob.sees("alice: written while my node was away")

        assert alice.spoken.count("said while node one was away") == 1
        assert bob.spoken.count("written while my node was away") == 1
