"""The client at a real terminal: typed lines, ticks, completion; and the whole tutorial."""

import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from tests.support.chat_processes import PASSWORD, NotInTime, Server, register
from tests.support.programs import ROOT
from tests.support.pseudo_terminal import ENTER, INTERRUPT, PseudoTerminal

TUTORIAL = ROOT / "docs/tutorial/first-conversation.md"
Sit = Callable[[Sequence[str]], PseudoTerminal]


@pytest.fixture
def sit_at(server: Server, home: Path) -> Iterator[Sit]:
    devices: list[PseudoTerminal] = []

    def sit_down(options: Sequence[str]) -> PseudoTerminal:
        devices.append(PseudoTerminal(server, home, options))
        return devices[-1]

    yield sit_down
    for device in devices:
        device.kill()


def test_a_pending_line_is_above_the_prompt_until_it_is_acknowledged(
    server: Server, home: Path, sit_at: Sit
) -> None:
    register(server, home, "alice", "bob")
    alice = sit_at(["chat", "--as", "alice", "--to", "bob"])
    alice.sees("(?m)^alice → bob>")
    alice.types("hello" + ENTER)
    alice.sees(r"alice: hello  ✓")
    server.kill()
    alice.sees("no connection")
    alice.types("wait for me" + ENTER)
    alice.sees("… wait for me")
    server.start()
    alice.sees(r"alice: wait for me  ✓")

    assert "… wait for me" not in alice.screen
    assert b"\x1b[" in alice.drawn


def test_the_tabulator_completes_commands_and_handles(
    server: Server, home: Path, sit_at: Sit
) -> None:
    register(server, home, "alice", "bob")
    alice = sit_at(["chat", "--as", "alice", "--to", "bob"])
    alice.sees("(?m)^alice → bob>")
    alice.types("/clo\t")
    alice.sees("bob> /close")
    alice.types(ENTER)
    alice.sees("/list shows your conversations")
    alice.types("/open b\t")
    alice.sees("> /open bob")


def test_the_prompt_names_oneself(server: Server, home: Path, sit_at: Sit) -> None:
    register(server, home, "alice", "bob")
    alice = sit_at(["chat", "--as", "alice"])
    alice.sees("(?m)^alice>")
    alice.types("bob" + ENTER)
    alice.sees("(?m)^alice → bob>")


def test_a_text_left_on_the_line_is_there_again_as_a_draft(
    server: Server, home: Path, sit_at: Sit
) -> None:
    register(server, home, "alice", "bob")
    alice = sit_at(["chat", "--as", "alice", "--to", "bob"])
    alice.sees("(?m)^alice → bob>")
    alice.types("hello" + ENTER)
    alice.sees("alice: hello  ✓")
    alice.types("what I wanted to")
    alice.sees("> what I wanted to")
    alice.types(INTERRUPT)
    assert alice.ends() == 0

    again = sit_at(["chat", "--as", "alice", "--to", "bob"])
    again.sees("alice → bob> what I wanted to")
    again.types(" say" + ENTER)
    again.sees("alice: what I wanted to say  ✓")


def test_the_text_of_an_own_message_is_put_on_the_line_to_be_edited(
    server: Server, home: Path, sit_at: Sit
) -> None:
    register(server, home, "alice", "bob")
    alice = sit_at(["chat", "--as", "alice", "--to", "bob"])
    alice.sees("(?m)^alice → bob>")
    alice.types("hello" + ENTER)
    alice.sees("alice: hello  ✓")
    alice.types("/edit" + ENTER)
    alice.sees("> /edit #1 hello")
    alice.types(" bob" + ENTER)
    alice.sees(r"\* alice edited #1: hello bob")


def test_typing_and_presence_are_shown_at_the_bottom(
    server: Server, home: Path, sit_at: Sit
) -> None:
    register(server, home, "alice", "bob")
    alice = sit_at(["chat", "--as", "alice", "--to", "bob"])
    alice.sees("(?m)^alice → bob>")
    alice.types("hello" + ENTER)
    alice.sees("bob offline")
    bob = sit_at(["chat", "--as", "bob", "--to", "alice"])
    alice.sees("bob online")
    bob.sees("(?m)^bob → alice>")
    bob.types("I am about to say")
    alice.sees("typing …")


@pytest.mark.parametrize("keys", [INTERRUPT, "/quit" + ENTER, "\x04"], ids=["^C", "quit", "^D"])
def test_a_chat_ends_without_an_error(server: Server, home: Path, sit_at: Sit, keys: str) -> None:
    register(server, home, "alice")
    alice = sit_at(["chat", "--as", "alice"])
    alice.sees("/list shows your conversations")
    alice.types(keys)

    assert alice.ends() == 0
    assert "Traceback" not in alice.screen


def test_no_colours_and_no_redrawn_lines_for_a_screen_reader(
    server: Server, home: Path, sit_at: Sit
) -> None:
    register(server, home, "alice", "bob")
    alice = sit_at(["chat", "--as", "alice", "--to", "bob", "--plain"])
    alice.sees("-- bob --")
    alice.types("hello\n")
    alice.sees("✓ sent: hello")

    assert b"\x1b" not in alice.drawn


class Reader:
    """Does what the tutorial says, and sees what it shows."""

    def __init__(self, server: Server, sit_at: Sit) -> None:
        self._server = server
        self._sit_at = sit_at
        self._devices: dict[str, PseudoTerminal] = {}

    def follow(self, who: str, lines: Sequence[str], *moments: str) -> None:
        """Follow one block of a person's terminal; a moment says what happens to the service."""
        if "off" in moments:
            self._server.stop()
            self._devices[who].sees("no connection")
        if "on" in moments:
            self._server.start()
        for line in lines:
            self._follow_line(who, line)

    def _follow_line(self, who: str, line: str) -> None:
        if line.startswith("$ parlour "):
            self._devices[who] = self._sit_at(line.split()[2:])
            return
        device = self._devices[who]
        prompt, found, typed = line.partition("> ")
        if found and (" " not in prompt or " → " in prompt):
            self._type(device, typed)
            return
        device.sees(re.sub(r"\d\d:\d\d", r"\\d\\d:\\d\\d", re.escape(line)))
        if line.startswith(("Password", "Repeat")):
            device.types(PASSWORD + ENTER)

    def _type(self, device: PseudoTerminal, typed: str) -> None:
        device.types(typed + ENTER)
        if typed != "/read":
            return
        # Read marks travel a moment after what was read is shown.
        for _ in range(20):
            try:
                device.sees("your last: read by", seconds=1)
                return
            except NotInTime:
                device.types(typed + ENTER)


def test_the_tutorial_shows_the_real_output(server: Server, sit_at: Sit) -> None:
    text = TUTORIAL.read_text("utf-8")
    blocks = re.findall(r"^```console (\w+)((?: \w+)*)\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    assert {who for who, _, _ in blocks} == {"alice", "bob", "carol"}

    reader = Reader(server, sit_at)
    for who, moments, shown in blocks:
        reader.follow(who, shown.splitlines(), *moments.split())
