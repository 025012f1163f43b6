"""The server restarts, or dies, in the middle of a conversation: no line is lost or doubled."""

import re
import threading
from collections.abc import Callable

import pytest

from tests.e2e.cli.conftest import Sit
from tests.support.chat_processes import ChatProcess, Server

pytestmark = pytest.mark.usefixtures("people")

LINES = 60


def numbers(terminal: ChatProcess, who: str) -> list[int]:
    """Return the numbers of the lines of *who* that a terminal showed, in order."""
    shown = (re.search(rf" {who}: line (\d+);", line) for line in terminal.spoken.lines)
    return [int(found[1]) for found in shown if found]


@pytest.mark.parametrize("go", [Server.stop, Server.kill], ids=["stops", "is-killed"])
def test_a_conversation_continues_after_a_restart_of_the_server(
    server: Server, sit: Sit, go: Callable[[Server], object]
) -> None:
    alice, bob = sit("alice", "--to", "bob"), sit("bob", "--to", "alice")
    alice.sees("-- bob --")
    bob.sees("-- alice --")
    middle = threading.Event()

    def talk() -> None:
        for number in range(LINES):
            alice.type(f"line {number};")
            bob.type(f"line {number};")
            if number == LINES // 3:
                middle.set()
            # The typing goes on while the server is away: half of it before, half after.
            threading.Event().wait(0.02)

    typing = threading.Thread(target=talk)
    typing.start()
    assert middle.wait(30)
    go(server)
    alice.sees("the connection is lost")
    server.start()
    typing.join(30)
    for terminal, other in ((alice, "bob"), (bob, "alice")):
        terminal.sees(f"{other}: line {LINES - 1};")
        terminal.sees(f"✓ sent: line {LINES - 1};")
    alice.sees("the connection is back")

    assert numbers(alice, "bob") == list(range(LINES))
    assert numbers(bob, "alice") == list(range(LINES))
    assert all(alice.spoken.count(f"sent: line {number};") == 1 for number in range(LINES))


def test_a_killed_client_sends_its_queued_lines_when_it_is_started_again(
    server: Server, sit: Sit
) -> None:
    alice, bob = sit("alice", "--to", "bob"), sit("bob", "--to", "alice")
    alice.sees("-- bob --")
    bob.sees("-- alice --")
    server.kill()
    alice.sees("the connection is lost")
    alice.type("line 1;")
    alice.type("line 2;")
    alice.sees("… sending: line 2;")
    alice.kill()

    server.start()
    again = sit("alice", "--to", "bob")
    bob.sees("alice: line 2;")
    again.sees("alice: line 2;")
    assert numbers(bob, "alice") == [1, 2]
    assert numbers(again, "alice") == [1, 2]


def test_unsent_lines_are_kept_and_reported_at_the_end(server: Server, sit: Sit) -> None:
    alice = sit("alice", "--to", "bob", "--wait", "1")
    alice.sees("-- bob --")
    server.kill()
    alice.sees("the connection is lost")
    alice.type("line 7;")
    alice.sees("… sending: line 7;")

    assert alice.end() == 1
    alice.sees("1 unsent: kept here, and sent when you come back")
    server.start()
    bob = sit("bob", "--tail", "--to", "alice", "--last", "5")
    sit("alice")
    bob.sees("alice: line 7;")


def test_a_reader_that_was_disconnected_misses_nothing(server: Server, sit: Sit) -> None:
    bob = sit("bob", "--to", "alice")
    bob.sees("-- alice --")
    server.stop()
    bob.sees("the connection is lost")
    server.start()
    alice = sit("alice", "--to", "bob")
    alice.sees("-- bob --")
    for number in range(5):
        alice.type(f"line {number};")
    alice.sees("✓ sent: line 4;")

    bob.sees("alice: line 4;")
    assert numbers(bob, "alice") == list(range(5))
