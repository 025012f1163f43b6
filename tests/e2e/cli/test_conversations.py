"""Two users chat in two terminals, and a third joins them: processes, sockets, SQLite."""

import re
from pathlib import Path

import pytest

from tests.e2e.cli.conftest import Sit
from tests.support.chat_processes import Server, register

pytestmark = pytest.mark.usefixtures("people")


def test_two_users_exchange_messages(sit: Sit) -> None:
    alice, bob = sit("alice", "--to", "bob"), sit("bob", "--to", "alice")
    alice.sees("-- bob --")
    bob.sees("-- alice --")

    alice.type("hello bob")
    bob.sees(r"alice: hello bob$")
    alice.sees("✓ sent: hello bob")
    bob.type("hello alice")
    alice.sees(r"bob: hello alice$")

    assert alice.end() == 0
    assert bob.end() == 0
    assert alice.spoken.count("hello alice") == 1
    assert bob.spoken.count("hello bob") == 1


def test_opening_a_user_creates_nothing_until_the_first_message(sit: Sit) -> None:
    alice, bob = sit("alice", "--to", "bob"), sit("bob")
    alice.sees("-- bob --")
    alice.type("/who")
    alice.sees("presence is known after the first message")
    alice.type("/members")
    alice.sees("alice, member")
    alice.type("/history")
    alice.sees("this is the beginning")
    alice.type("/list")
    alice.sees("No conversations yet")
    bob.sees("No conversations yet")
    mark = bob.mark
    bob.type("/list")
    bob.sees("No conversations yet", after=mark)

    alice.type("hello bob")
    alice.sees("✓ sent: hello bob")
    bob.sees(r"1 alice \(1 new\): hello bob")
    bob.type("1")
    bob.type("hello alice")
    alice.sees("bob: hello alice")
    alice.sees("✓✓ read")
    alice.type("/list")
    alice.sees("1  bob")
    # Both messages stand above already.
    mark = alice.mark
    alice.type("/history")
    alice.sees("this is the beginning", after=mark)
    shown = [line for line in alice.spoken.lines if re.match(r"\d\d:\d\d #\d+ bob: hello", line)]
    assert len(shown) == 1
    assert alice.spoken.count("sent: hello bob") == 1


def test_a_chosen_status_is_stored_and_known_to_other_terminals(sit: Sit) -> None:
    alice, bob = sit("alice", "--to", "bob"), sit("bob", "--to", "alice")
    alice.sees("-- bob --")
    alice.type("hello bob")
    bob.sees(r"alice: hello bob$")
    alice.type("/status")
    alice.sees("you are shown as online")
    alice.type("/status asleep")
    alice.sees("asleep is none of online, busy, invisible")
    alice.type("/status busy in a meeting")
    alice.sees(r"you are shown as busy \(in a meeting\)")
    bob.sees("alice is busy")
    alice.type("/status invisible")
    alice.sees("you are shown as invisible")
    bob.sees("alice is offline")
    assert alice.end() == 0

    again = sit("alice", "--to", "bob")
    again.sees("-- bob --")
    again.type("/status")
    again.sees("you are shown as invisible")
    bob.type("/who")
    bob.sees("alice.*: offline, last seen")


def test_the_first_message_may_be_typed_while_the_other_begins(sit: Sit) -> None:
    alice, bob = sit("alice", "--to", "bob"), sit("bob", "--to", "alice")
    alice.sees("-- bob --")
    bob.sees("-- alice --")
    bob.type("I was first")
    alice.sees("bob: I was first")
    alice.type("so you were")
    bob.sees("alice: so you were")


def test_receipts_of_the_other_user_are_shown(sit: Sit) -> None:
    alice = sit("alice", "--to", "bob")
    alice.sees("-- bob --")
    alice.type("are you there?")
    alice.sees("✓ sent")

    bob = sit("bob")
    bob.sees(r"1  alice 1 new")
    alice.sees("✓✓ received")
    bob.type("1")
    bob.sees("-- new --")
    bob.sees("alice: are you there")
    alice.sees("✓✓ read")

    alice.type("/read")
    alice.sees("your last: read by bob")


def test_presence_of_the_other_user_is_shown(sit: Sit) -> None:
    alice = sit("alice", "--to", "bob")
    alice.type("hello")
    alice.sees(r"\* bob is offline")
    bob = sit("bob")
    alice.sees(r"\* bob is online")
    mark = alice.mark
    bob.end()
    alice.sees(r"\* bob is offline", after=mark)

    alice.type("/who")
    alice.sees("bob: offline, last seen")


def test_a_user_who_looks_like_another_is_pointed_out(
    sit: Sit, server: Server, home: Path
) -> None:
    register(server, home, "b0b")
    alice = sit("alice", "--to", "bob")
    alice.sees("-- bob --")
    alice.type('/group "Garden" bob b0b carol')
    alice.sees("-- #Garden --")
    alice.type("/members")

    alice.sees(r"b0b ! looks like @bob, member")
    alice.sees(r"carol, member")
    alice.type("/open b0b")
    alice.sees(r"! b0b looks like @bob")


def test_a_new_member_of_a_group_sees_only_later_messages(sit: Sit) -> None:
    alice, bob, carol = sit("alice"), sit("bob"), sit("carol")
    for terminal in (alice, bob, carol):
        terminal.sees("connected")
    alice.type('/group "Summer garden" bob')
    alice.sees("-- #Summer garden --")
    bob.sees(r"\* you are in #Summer garden now: /open 1")
    bob.type("/open 1")
    bob.sees("-- #Summer garden --")
    alice.type("before carol")
    bob.sees("alice: before carol")

    alice.type("/add carol")
    bob.sees(r"\* alice added carol")
    carol.sees("you are in #Summer garden now")
    carol.type('/open "summer garden"')
    carol.sees("-- #Summer garden --")
    bob.type("welcome")
    for terminal in (alice, carol):
        terminal.sees("bob: welcome")
    carol.type("thank you")
    for terminal in (alice, bob):
        terminal.sees("carol: thank you")

    bob.type("/members")
    assert [bob.sees(f"^{who}, ").split(", ")[1] for who in ("alice", "bob", "carol")] == [
        "owner",
        "member",
        "member",
    ]
    carol.type("/leave")
    alice.sees(r"\* carol left")
    carol.sees("you left #Summer garden")
    assert carol.spoken.count("before carol") == 0


def test_a_mention_that_is_typed_tells_the_member(sit: Sit) -> None:
    alice, bob = sit("alice"), sit("bob")
    for terminal in (alice, bob):
        terminal.sees("connected")
    alice.type("/group Garden bob")
    alice.sees("-- #Garden --")
    bob.sees(r"\* you are in #Garden now: /open 1")
    bob.type("/open 1")
    bob.sees("-- #Garden --")
    alice.type("@bob.How are you?")
    bob.sees(r"@ alice: @bob\.How are you\?")
    alice.type("see video.example/@bob")
    bob.sees("[0-9] alice: see video")
    bob.type("@all: tea")
    alice.sees("[0-9] bob: @all: tea")


def test_messages_of_others_are_announced_in_one_line(sit: Sit) -> None:
    alice, bob = sit("alice"), sit("bob", "--to", "alice")
    alice.sees("connected")
    bob.sees("-- alice --")
    bob.type("psst")
    alice.sees(r"· 1 bob \(1 new\): psst")

    # With nobody open, a single word says whom to open: a handle or the number.
    alice.type("1")
    alice.sees("bob: psst")


def test_numbers_of_the_list_stay_with_their_conversations(sit: Sit) -> None:
    alice, bob, carol = sit("alice"), sit("bob", "--to", "alice"), sit("carol", "--to", "alice")
    bob.type("from bob")
    alice.sees(r"1 bob \(1 new\): from bob")
    carol.type("from carol")
    alice.sees(r"2 carol \(1 new\): from carol")
    alice.type("/list")
    alice.sees(r"2  carol")
    # Bob is the last changed again, and keeps his number.
    bob.type("again")
    alice.sees(r"1 bob \(2 new\): again")
    mark = alice.mark
    alice.type("/list")
    alice.sees(r"2  carol", after=mark)
    alice.type("/open 1")
    alice.sees("-- bob --")


def test_history_goes_back_to_the_beginning(sit: Sit) -> None:
    alice = sit("alice", "--to", "bob")
    alice.sees("-- bob --")
    for number in range(1, 61):
        alice.type(f"line {number};")
    alice.sees("✓ sent: line 60;")

    bob = sit("bob", "--to", "alice")
    bob.sees("alice: line 60;")
    assert bob.spoken.count("line 40;") == 0
    bob.type("/history 30")
    bob.sees("until here")
    bob.type("/history 100")
    bob.sees("10 earlier")
    mark = bob.mark
    bob.type("/history")
    bob.sees("this is the beginning", after=mark)

    shown = [line for line in bob.spoken.lines if "alice: line" in line]
    numbers = [int(re.findall(r"line (\d+);", line)[0]) for line in shown]
    assert numbers == [*range(41, 61), *range(11, 41), *range(1, 11)]


def test_errors_are_shown_and_the_chat_continues(sit: Sit) -> None:
    alice = sit("alice")
    alice.sees("connected")
    for typed, said in (
        ("/open nobody", "! Nobody has the handle nobody"),
        ("/open #nothing", "! You are in no group called #nothing"),
        ("/frobnicate", "! /frobnicate is no command"),
        ("a line for nobody", "! Open a conversation first"),
        ("/members", "! Open a conversation first"),
    ):
        alice.type(typed)
        alice.sees(re.escape(said))
    alice.type("/open bob")
    alice.sees("-- bob --")
    alice.type("x" * 9000)
    alice.sees("! not sent")
    alice.type("short")
    alice.sees("✓ sent: short")

    assert alice.end() == 0


def test_help_lists_the_commands_and_quit_ends_the_chat(sit: Sit) -> None:
    alice = sit("alice")
    alice.sees("connected")
    alice.type("/help")
    alice.sees("/group NAME HANDLE")
    alice.type("/quit")

    assert alice.end() == 0
