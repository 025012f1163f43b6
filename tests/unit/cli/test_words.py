"""What is shown: nothing that commands the terminal, and the truth about every message."""

from datetime import UTC, datetime, timedelta, timezone

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from parlour.entrypoints.cli.chat import words
from parlour.entrypoints.cli.chat.beside import last_own, status
from parlour.entrypoints.cli.chat.conversation import Conversation
from parlour.entrypoints.cli.chat.link import Phase
from parlour.entrypoints.cli.chat.model import Event, Head, Last, Marks, Person, Presence
from parlour.entrypoints.cli.chat.store import State
from parlour.entrypoints.cli.chat.words import Paint, Tick

NOW = datetime(2026, 1, 2, 12, 0, tzinfo=UTC)
AT = "2026-01-02T03:04:05.000000Z"
PLAIN = Paint(is_on=False)
NAMES = {"me": "alice", "other": "bob", "third": "carol"}
HEAD = Head(conversation="c", kind="direct", title="Bob", members=2, seq=3, offset=4, peer="other")


def name(user: str) -> str:
    return NAMES[user]


def said(text: str, by: str = "other", seq: int = 1) -> Event:
    data = {"kind": "text", "body": {"text": text}}
    return Event(offset=seq, kind="message.posted", by=by, at=AT, data=data, seq=seq)


@given(st.text())
def test_no_text_can_command_the_terminal(text: str) -> None:
    shown = words.safe(text)

    assert all(c == "\n" or c.isprintable() or c.isspace() or ord(c) > 0x9F for c in shown)
    assert "\x1b" not in shown
    assert "\x9b" not in shown


@pytest.mark.parametrize(
    "text", ["\x1b[2J", "a\rb", "\x07", "\u202egnp.exe", "a\u200bb", "\x9b1m"]
)
def test_what_hides_or_reorders_is_shown_as_a_replacement(text: str) -> None:
    assert "\N{REPLACEMENT CHARACTER}" in words.safe(text)


@pytest.mark.parametrize("text", ["grüß dich", "日本語", "👍🏽", "a\u200d👩", "x\ny"])
def test_every_script_is_shown_as_it_is(text: str) -> None:
    assert words.safe(text) == text


def test_a_message_of_many_lines_cannot_pass_for_several_messages() -> None:
    shown = words.message(said("hi\n12:00 carol: I owe you"), name, NOW, PLAIN, None)

    assert shown.splitlines()[1] == "    12:00 carol: I owe you"


def test_an_own_message_carries_its_tick() -> None:
    assert words.message(said("hi", "me"), name, NOW, PLAIN, Tick.SENT).endswith("alice: hi  ✓")


def test_a_time_is_local_and_names_the_day_only_where_it_is_another() -> None:
    east = timezone(timedelta(hours=9))
    assert words.clock(AT, NOW, UTC) == "03:04"
    assert words.clock(AT, NOW + timedelta(days=1), UTC) == "2026-01-02 03:04"
    assert words.clock(AT, NOW, east) == "12:04"


@pytest.mark.parametrize(
    ("marks", "tick"),
    [
        ({}, Tick.SENT),
        ({"other": Marks(2, 0)}, Tick.SENT),
        ({"other": Marks(3, 2)}, Tick.RECEIVED),
        ({"other": Marks(3, 3)}, Tick.READ),
        ({"me": Marks(3, 3)}, Tick.SENT),
    ],
)
def test_a_tick_says_what_the_other_one_has_done(marks: dict[str, Marks], tick: Tick) -> None:
    assert words.tick_of(Conversation(head=HEAD, marks=marks), 3, "me") is tick


def test_in_a_group_a_tick_waits_for_everybody() -> None:
    group = Conversation(
        head=attrs.evolve(HEAD, kind="group", members=3), marks={"other": Marks(3, 3)}
    )
    assert words.tick_of(group, 3, "me") is Tick.SENT

    all_have = attrs.evolve(group, marks={"other": Marks(3, 3), "third": Marks(3, 1)})
    assert words.tick_of(all_have, 3, "me") is Tick.RECEIVED
    assert words.readers(all_have, 3, "me", name) == "read by bob; received by carol"


@pytest.mark.parametrize(
    ("kind", "data", "shown"),
    [
        ("conversation.changed", {"title": "Garden"}, "* bob named the group Garden"),
        ("member.added", {"user": "third", "role": "member"}, "* bob added carol"),
        ("member.removed", {"user": "third", "left": False}, "* bob removed carol"),
        ("member.removed", {"user": "third", "left": True}, "* carol left"),
        ("member.changed", {"user": "third", "role": "admin"}, "* bob made carol admin"),
        ("conversation.created", {"kind": "group", "title": "X"}, "* bob created the group X"),
        ("conversation.created", {"kind": "direct"}, None),
        ("from.the.future", {}, None),
    ],
)
def test_what_happens_is_said_in_words(
    kind: str, data: dict[str, object], shown: str | None
) -> None:
    assert words.note(Event(offset=1, kind=kind, by="other", at=AT, data=data), name) == shown


def test_the_list_shows_who_how_much_is_new_and_the_last_line() -> None:
    head = attrs.evolve(HEAD, unread=2, last=Last("other", AT, "hi\x1b there"))
    line = words.line_of_list(1, Conversation(head=head), name, "me", PLAIN)

    assert line == "  1  bob 2 new  bob: hi\N{REPLACEMENT CHARACTER} there"


@pytest.mark.parametrize(
    ("head", "title"),
    [
        (HEAD, "bob"),
        (attrs.evolve(HEAD, peer="me"), "notes"),
        (attrs.evolve(HEAD, kind="group", title="Summer\ngarden", peer=None), "#Summer garden"),
    ],
)
def test_a_conversation_is_called_by_its_peer_or_its_title(head: Head, title: str) -> None:
    assert words.title(Conversation(head=head), name, "me") == title


def test_colours_wrap_text_only_where_they_are_on() -> None:
    assert PLAIN.alarm("no") == "no"
    assert Paint(is_on=True).alarm("no") == "\x1b[31mno\x1b[0m"
    assert Paint(is_on=True).person("bob") == Paint(is_on=True).person("bob")


def test_a_stranger_is_shown_by_a_part_of_the_id() -> None:
    assert words.namer(State())("0193-abcdef") == "user-abcdef"


def test_the_status_says_who_is_there_who_types_and_how_far_the_last_line_came() -> None:
    conversation = Conversation(
        head=HEAD, events=(said("hi", "me", 3),), applied=4, marks={"other": Marks(3, 0)}
    )
    state = State(
        me=Person("me", "alice", "Alice"),
        people={"other": Person("other", "bob", "Bob")},
        presence={"other": Presence("online", text="at the desk")},
        typing={("c", "other"): 20.0},
        conversations={"c": conversation},
    )
    assert last_own(conversation, "me") == 3

    shown = status(state, conversation, Phase("online"), now=NOW, ticks=15.0)
    assert shown == "bob online (at the desk) · bob typing … · your last: ✓✓ received"
    waits = status(state, conversation, Phase("waiting", 7.4), now=NOW, ticks=15.0)
    assert waits == "no line; the next try is in 7 s"
    assert "connecting" in status(state, None, Phase("connecting"), now=NOW, ticks=15.0)
    assert "/list" in status(state, None, Phase("online"), now=NOW, ticks=15.0)
