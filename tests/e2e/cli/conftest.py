"""A server for each test and terminals that end with it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support.chat_processes import ChatProcess, Server, register, running_server

Sit = Callable[..., ChatProcess]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """A fresh server; it sends its clients away within half a second when it stops."""
    fast_hashes = ("access.hash_memory=8MiB", "access.hash_time=1")
    with running_server(tmp_path, "server.drain=500ms", *fast_hashes) as running:
        yield running


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Where the people of a test keep their files."""
    folder = tmp_path / "home"
    folder.mkdir()
    return folder


@pytest.fixture
def sit(server: Server, home: Path) -> Iterator[Sit]:
    """Sit somebody down at a terminal: `sit("alice", "--to", "bob")`."""
    sitting: list[ChatProcess] = []

    def sit_down(handle: str, *options: str) -> ChatProcess:
        terminal = ChatProcess(server, home, handle, *options)
        sitting.append(terminal)
        return terminal

    yield sit_down
    for terminal in sitting:
        terminal.kill()


@pytest.fixture
def people(server: Server, home: Path) -> None:
    """Alice, Bob and Carol have accounts and are logged in."""
    register(server, home, "alice", "bob", "carol")
