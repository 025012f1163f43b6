"""Scripts use the client without a terminal: say, tail, pipes, log-in and log-out."""

import json
import stat
from pathlib import Path

import pytest

from tests.e2e.cli.conftest import Sit
from tests.support.chat_processes import PASSWORD, Server, register, run


@pytest.mark.usefixtures("people")
class TestWithAccounts:
    def test_say_prints_the_number_of_each_message(self, server: Server, home: Path) -> None:
        done = run(server, home, "alice", "--to", "bob", "--say", "one", "--say", "two")

        assert (done.returncode, done.stdout, done.stderr) == (0, "✓ 1\n✓ 2\n", "")

    def test_tail_prints_each_message_once_as_json(
        self, server: Server, home: Path, sit: Sit
    ) -> None:
        run(server, home, "alice", "--to", "bob", "--say", "before", "--say", "last")
        tail = sit("bob", "--tail", "--json", "--last", "1")
        tail.sees('"last"')
        run(server, home, "alice", "--to", "bob", "--say", "grüß \x1b dich".replace("\x1b", "!"))
        # A conversation that begins later is followed as well.
        run(server, home, "carol", "--to", "bob", "--say", "and me")
        tail.sees('"and me"')
        tail.interrupt()

        told = [json.loads(line) for line in tail.spoken.lines if line.startswith("{")]
        assert [(line["handle"], line["seq"], line["text"]) for line in told] == [
            ("alice", 2, "last"),
            ("alice", 3, "grüß ! dich"),
            ("carol", 1, "and me"),
        ]

    def test_a_pipe_is_sent_line_by_line_within_the_rate_limit(
        self, server: Server, home: Path
    ) -> None:
        typed = "".join(f"line {number}\n" for number in range(90))
        done = run(server, home, "alice", "--to", "bob", typed=typed)
        assert done.returncode == 0

        tail = run(server, home, "bob", "--to", "alice", typed="/history 100\n")
        said = [line.partition("alice: ")[2] for line in tail.stdout.splitlines()]
        assert [line for line in said if line] == [
            *(f"line {number}" for number in range(70, 90)),
            *(f"line {number}" for number in range(70)),
        ]

    def test_say_needs_a_recipient(self, server: Server, home: Path) -> None:
        done = run(server, home, "alice", "--say", "hi")

        assert done.returncode == 2
        assert "Say whom to say it to: --to WHO" in done.stderr

    def test_an_unknown_recipient_is_an_error(self, server: Server, home: Path) -> None:
        done = run(server, home, "alice", "--to", "nobody", "--say", "hi")

        assert (done.returncode, done.stderr) == (1, "Error: Nobody has the handle nobody\n")

    def test_tail_prints_nothing_but_messages(self, server: Server, home: Path, sit: Sit) -> None:
        run(server, home, "alice", "--to", "bob", "--say", "before")
        tail = sit("bob", "--tail", "--json", "--to", "alice", "--last", "1")
        tail.sees('"before"')
        alice = sit("alice", "--to", "bob")
        alice.sees("-- bob --")
        alice.type("one")
        tail.sees('"one"')
        server.stop()
        alice.sees("the connection is lost")
        server.start()
        alice.type("two")
        tail.sees('"two"')

        said = [json.loads(line)["text"] for line in tail.spoken.lines]
        assert said == ["before", "one", "two"]

    def test_a_message_unsent_after_the_time_out_is_kept_and_reported(
        self, server: Server, home: Path
    ) -> None:
        run(server, home, "alice", "--to", "bob", "--say", "hi")
        server.kill()
        done = run(server, home, "alice", "--to", "bob", "--say", "hi", "--wait", "0.5")

        assert done.returncode == 1
        assert "No answer within 0.5 s" in done.stderr

    def test_a_pipe_waits_no_longer_than_its_time_out(self, server: Server, home: Path) -> None:
        server.kill()
        done = run(server, home, "alice", "--to", "bob", "--wait", "0.5", typed="hi\n")

        assert (done.returncode, done.stderr) == (1, "Error: No answer within 0.5 s\n")

    def test_logging_out_ends_the_session_of_this_device(
        self, server: Server, home: Path, sit: Sit
    ) -> None:
        other = sit("alice")
        other.sees("connected")
        assert run(server, home, "alice", "--log-out").returncode == 0
        # The same device: its open socket ends, and nothing can be said without a password.
        other.sees("Error: this device was logged out")

        done = run(server, home, "alice", "--to", "bob", "--say", "hi")
        assert done.returncode == 1
        assert "--password-stdin" in done.stderr


def test_a_password_comes_from_a_pipe_once_and_is_not_kept(server: Server, home: Path) -> None:
    secret = ("--password-stdin", "--plain")
    made = run(server, home, "alice", "--register", *secret, typed=f"{PASSWORD}\n/list\n")
    assert (made.returncode, made.stderr) == (0, "")
    assert "No conversations yet" in made.stdout

    kept = next(home.rglob("tokens.json"))
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert PASSWORD not in kept.read_text("utf-8")
    assert run(server, home, "alice", typed="/list\n").returncode == 0


def test_a_wrong_password_and_a_taken_handle_are_reported_in_one_line(
    server: Server, home: Path
) -> None:
    register(server, home, "alice")
    elsewhere = home / "elsewhere"
    secret = ("--password-stdin",)
    wrong = run(server, elsewhere, "alice", *secret, typed="not the password\n")
    assert (wrong.returncode, wrong.stderr) == (1, "Error: Handle or password is wrong\n")

    taken = run(server, elsewhere, "alice", "--register", *secret, typed=f"{PASSWORD}\n")
    assert taken.returncode == 1
    assert taken.stderr == "Error: This handle is taken: choose another one\n"
