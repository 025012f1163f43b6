"""Two users change each other's messages in two terminals: processes, sockets, SQLite."""

import re
from contextlib import suppress
from pathlib import Path

import pytest

from tests.e2e.cli.conftest import Sit
from tests.support.chat_processes import ChatProcess, NotInTime, Server

pytestmark = pytest.mark.usefixtures("people")


def talk(sit: Sit, *texts: str) -> tuple[ChatProcess, ChatProcess]:
    """Return Alice and Bob at their terminals, after Alice has said *texts*."""
    alice, bob = sit("alice", "--to", "bob"), sit("bob", "--to", "alice")
    alice.sees("-- bob --")
    bob.sees("-- alice --")
    for number, text in enumerate(texts, 1):
        alice.type(text)
        bob.sees(f"#{number} alice: {re.escape(text)}$")
        alice.sees(f"✓ sent: {re.escape(text)}  #{number}")
    return alice, bob


def test_a_message_is_edited_reacted_to_pinned_and_recalled(sit: Sit) -> None:
    alice, bob = talk(sit, "the meeting is at noon", "see you")
    alice.type("/edit #1 the meeting is at one")
    for terminal in (alice, bob):
        terminal.sees(r"\* alice edited #1: the meeting is at one")
    bob.type("/react 👍")
    alice.sees(r"\* bob reacted 👍 to #2")
    bob.type("/react #1 ❤️")
    alice.sees(r"\* bob reacted ❤️ to #1")
    bob.type("/unreact 👍")
    alice.sees(r"\* bob took 👍 back from #2")
    bob.type("/pin #1")
    alice.sees(r"\* bob pinned #1")
    alice.type("/pins")
    alice.sees("-- 1 pinned --")
    alice.sees(r"#1 alice: the meeting is at one  📌 \(edited\)  ✓$")
    alice.sees("^    ❤️ 1$")

    alice.type("/recall")
    alice.sees(r"recall #2 “see you” for everybody\? y/n")
    alice.type("y")
    bob.sees(r"\* alice recalled #2")
    again = sit("bob", "--to", "alice")
    again.sees(r"#1 alice: the meeting is at one  📌 \(edited\)$")
    again.sees(r"^    ❤️ 1 \(you\)$")
    again.sees(r"#2 alice: \(recalled by alice\)")
    assert again.spoken.count("see you") == 0
    bob.type("/unpin")
    alice.sees(r"\* bob unpinned #1")


def test_a_reply_shows_what_it_replies_to(sit: Sit) -> None:
    alice, bob = talk(sit, "tea or coffee?", "anything else?")
    bob.type("/reply #1 coffee, please")
    alice.sees(r"^    ↩ #1 alice: tea or coffee\?$")
    alice.sees("#3 bob: coffee, please$")
    alice.type("/reply at once")
    bob.sees("^    ↩ #3 bob: coffee, please$")


def test_a_question_that_is_not_answered_with_yes_does_nothing(sit: Sit) -> None:
    alice, bob = talk(sit, "hello")
    alice.type("/recall")
    alice.sees("y/n")
    alice.type("no")
    alice.sees("not done")
    alice.type("still here")
    bob.sees("alice: still here$")
    assert bob.spoken.count("recalled") == 0


def test_what_may_not_be_done_is_said(sit: Sit) -> None:
    alice, bob = talk(sit, "hello")
    bob.type("/edit #1 mine now")
    bob.sees(r"! not sent \(.*\): edit of #1: mine now")
    bob.type("/recall #1")
    bob.type("y")
    bob.sees(r"! not sent \(.*\): recall of #1")
    bob.type("/react #99 👍")
    bob.sees(r"! not sent \(.*\): reaction to #99: 👍")
    bob.type("/edit #1")
    bob.sees(r"! This command is written /edit \[#N\] TEXT")
    alice.type("/unpin")
    alice.sees("! No message here suits: give its number, as in #12")


def test_a_poll_is_made_and_voted_in(sit: Sit) -> None:
    alice, bob = talk(sit)
    alice.type('/poll "Tea or coffee?" tea "black coffee"')
    bob.sees(r"#1 alice: 📊 Tea or coffee\?$")
    bob.sees("^    2. black coffee  0$")
    bob.type("/vote 2")
    alice.sees(r"\* bob voted in #1: tea 0, black coffee 1")
    alice.type("/vote #1 2")
    bob.sees(r"\* alice voted in #1: tea 0, black coffee 2")
    bob.type("/vote none")
    alice.sees(r"\* bob voted in #1: tea 0, black coffee 1")

    again = sit("alice", "--to", "bob")
    again.sees("^    2. black coffee  1 ✓")


def test_messages_are_forwarded_hidden_and_cleared(sit: Sit) -> None:
    alice, bob = talk(sit, "one", "two", "three")
    bob.type("/forward #1 #3 carol")
    bob.sees(r"\* forwarded #1, #3 to carol")
    carol = sit("carol", "--to", "bob")
    carol.sees("#1 bob: ↪ alice: one$")
    carol.sees("#2 bob: ↪ alice: three$")

    alice.type("/hide #2")
    alice.sees(r"\* #2 hidden from you")
    bob.type("that was it")
    alice.sees("bob: that was it")
    again = sit("alice", "--to", "bob")
    again.sees("alice: three")
    assert again.spoken.count("two") == 0
    again.type("/clear")
    again.sees("hide all messages of bob from you, on all your devices")
    again.type("y")
    again.sees("all messages so far are hidden")
    bob.type("a new beginning")
    again.sees("bob: a new beginning")
    last = sit("alice", "--to", "bob")
    last.sees("bob: a new beginning")
    assert last.spoken.count("three") == 0


def test_a_draft_is_on_every_device_until_a_message_is_sent(sit: Sit) -> None:
    alice, _bob = talk(sit, "hello")
    alice.type("/draft dear Bob,")
    alice.sees(r"\* draft kept")
    other = sit("alice")
    other.sees("bob  draft: dear Bob,")
    other.type("/open bob")
    other.sees("your draft: dear Bob,")
    other.type("dear Bob, hello")
    other.sees("✓ sent: dear Bob, hello")
    alice.sees("alice: dear Bob, hello")
    # The draft ends a moment after the message is sent.
    for _ in range(60):
        alice.type("/draft")
        with suppress(NotInTime):
            alice.sees("you have no draft here", seconds=1)
            break
    alice.sees("you have no draft here", seconds=0)


def test_changes_made_offline_are_sent_when_the_service_is_back(
    sit: Sit, server: Server, home: Path
) -> None:
    alice, bob = talk(sit, "first", "second", "third")
    server.stop()
    for terminal in (alice, bob):
        terminal.sees("the connection is lost")
    alice.type("/edit #1 first, better")
    alice.sees("… kept, and sent when the connection is back")
    alice.type("/recall #2")
    alice.type("y")
    bob.type("/react #3 👍")
    bob.type("/pin #3")
    server.start()
    bob.sees(r"\* alice edited #1: first, better")
    bob.sees(r"\* alice recalled #2")
    alice.sees(r"\* bob reacted 👍 to #3")
    alice.sees(r"\* bob pinned #3")

    for who, peer in (("alice", "bob"), ("bob", "alice")):
        fresh = sit(who, "--to", peer)
        fresh.sees(r"#1 alice: first, better \(edited\)")
        fresh.sees(r"#2 alice: \(recalled by alice\)")
        fresh.sees("#3 alice: third  📌")
