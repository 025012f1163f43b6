"""What is shown: nothing that controls the terminal, and the true state of every message."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from parlour.entrypoints.cli.chat import formatting, notes
from parlour.entrypoints.cli.chat.formatting import Delivery, Style
from parlour.entrypoints.cli.chat.message_lines import Reader, message
from parlour.entrypoints.cli.chat.status_line import status
from parlour.entrypoints.client.connection import Phase
from parlour.entrypoints.client.gap import GapBuffer
from parlour.entrypoints.client.models import (
    ConversationHead,
    Draft,
    Event,
    LastMessage,
    Marks,
    Presence,
    User,
)
from parlour.entrypoints.client.state import Conversation, State

NOW = datetime(2026, 1, 2, 12, 0, tzinfo=UTC)
AT = "2026-01-02T03:04:05.000000Z"
PLAIN = Style(is_on=False)
NAMES = {"me": "alice", "other": "bob", "third": "carol"}
HEAD = ConversationHead(
    conversation="c", kind="direct", title="Bob", members=2, seq=3, offset=4, peer="other"
)

TAIL = GapBuffer[Event](4)


def name(user: str) -> str:
    return NAMES[user]


def shown_message(event: Event, delivery: Delivery | None = None) -> str:
    return message(event, Reader(me="me", name=name, now=NOW, style=PLAIN), delivery)


def said(text: str, by: str = "other", seq: int = 1) -> Event:
    data = {"kind": "text", "body": {"text": text}}
    return Event(offset=seq, kind="message.posted", by=by, at=AT, data=data, seq=seq)


@given(st.text())
def test_no_text_can_control_the_terminal(text: str) -> None:
    shown = formatting.safe(text)

    assert all(c == "\n" or c.isprintable() or c.isspace() or ord(c) > 0x9F for c in shown)
    assert "\x1b" not in shown
    assert "\x9b" not in shown


@pytest.mark.parametrize(
    "text", ["\x1b[2J", "a\rb", "\x07", "\u202egnp.exe", "a\u061cb", "a\u200bb", "\x9b1m"]
)
def test_hiding_and_bidirectional_characters_are_replaced(text: str) -> None:
    assert "\N{REPLACEMENT CHARACTER}" in formatting.safe(text)


@pytest.mark.parametrize("text", ["grüß dich", "日本語", "👍🏽", "a\u200d👩", "x\ny"])
def test_texts_of_every_script_are_shown_unchanged(text: str) -> None:
    assert formatting.safe(text) == text


@pytest.mark.parametrize("character", ["🇩🇪", "👨\u200d👩\u200d👧", "e\u0301", "👍🏽"])
def test_one_line_cuts_no_character_apart(character: str) -> None:
    assert formatting.one_line(f"abc{character}def", 5) == "abc…"
    assert formatting.one_line(f"abc{character}", 3 + len(character)) == f"abc{character}"


@pytest.mark.parametrize(
    ("mentions", "by", "is_marked"),
    [(["me"], "other", True), (["all"], "other", True), (["third"], "other", False),
     ([], "other", False), (["me"], "me", False)],
)  # fmt: skip
def test_a_message_that_mentions_the_user_is_marked(
    mentions: list[str], by: str, is_marked: bool
) -> None:
    event = attrs.evolve(
        said("hi", by), data={"kind": "text", "body": {"text": "hi"}, "mentions": mentions}
    )
    shown = shown_message(event)

    assert (f" @ {NAMES[by]}: hi" in shown) is is_marked


def test_a_message_of_many_lines_cannot_look_like_several_messages() -> None:
    shown = shown_message(said("hi\n12:00 carol: I owe you"))

    assert shown.splitlines()[1] == "    12:00 carol: I owe you"


def test_an_own_message_carries_its_delivery_sign() -> None:
    assert shown_message(said("hi", "me"), Delivery.SENT).endswith("alice: hi  ✓")


def test_a_time_is_local_and_has_the_day_where_it_is_not_today() -> None:
    east = timezone(timedelta(hours=9))
    assert formatting.local_time(AT, NOW, UTC) == "03:04"
    assert formatting.local_time(AT, NOW + timedelta(days=1), UTC) == "2026-01-02 03:04"
    assert formatting.local_time(AT, NOW, east) == "12:04"


@pytest.mark.parametrize(
    ("marks", "delivery"),
    [
        ({}, Delivery.SENT),
        ({"other": Marks(2, 0)}, Delivery.SENT),
        ({"other": Marks(3, 2)}, Delivery.RECEIVED),
        ({"other": Marks(3, 3)}, Delivery.READ),
        ({"me": Marks(3, 3)}, Delivery.SENT),
    ],
)
def test_the_delivery_says_what_the_other_one_has_done(
    marks: dict[str, Marks], delivery: Delivery
) -> None:
    assert (
        formatting.delivery_of(Conversation(head=HEAD, tail=TAIL, marks=marks), 3, "me")
        is delivery
    )


def test_in_a_group_the_delivery_waits_for_all_members() -> None:
    group = Conversation(
        head=attrs.evolve(HEAD, kind="group", members=3), tail=TAIL, marks={"other": Marks(3, 3)}
    )
    assert formatting.delivery_of(group, 3, "me") is Delivery.SENT

    all_have = attrs.evolve(group, marks={"other": Marks(3, 3), "third": Marks(3, 1)})
    assert formatting.delivery_of(all_have, 3, "me") is Delivery.RECEIVED
    assert formatting.readers(all_have, 3, "me", name) == "read by bob; received by carol"


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
        ("message.edited", {"seq": 3, "body": {"text": "a\nb"}}, "* bob edited #3: a b"),
        ("message.edited", {"seq": 3, "body": {}, "recalled": {"by": "me", "at": AT}}, None),
        ("message.recalled", {"seq": 3}, "* bob recalled #3"),
        ("reaction.set", {"seq": 3, "emoji": "👍", "on": True}, "* bob reacted 👍 to #3"),
        ("reaction.set", {"seq": 3, "emoji": "👍", "on": False}, "* bob took 👍 back from #3"),
        ("pin.set", {"seq": 3, "on": True}, "* bob pinned #3"),
        ("pin.set", {"seq": 3, "on": False}, "* bob unpinned #3"),
        ("poll.voted", {"seq": 3, "counts": [2, 0], "voters": 2}, "* bob voted in #3: 1. 2, 2. 0"),
        ("from.the.future", {}, None),
    ],
)
def test_an_event_is_described_in_words(
    kind: str, data: dict[str, object], shown: str | None
) -> None:
    assert notes.note(Event(offset=1, kind=kind, by="other", at=AT, data=data), name) == shown


def test_a_vote_names_the_options_of_the_poll() -> None:
    data = {"kind": "poll", "body": {"question": "Which?", "options": ["tea", "coffee"]}}
    poll = Event(offset=1, kind="message.posted", by="other", at=AT, data=data, seq=3)
    voted = {"seq": 3, "counts": [2, 1], "voters": 3}
    event = Event(offset=2, kind="poll.voted", by="third", at=AT, data=voted)

    assert notes.note(event, name, poll) == "* carol voted in #3: tea 2, coffee 1"


@pytest.mark.parametrize(
    ("changed", "shown"),
    [
        ({"draft": Draft("dear Bob")}, "  1  bob  draft: dear Bob"),
        ({"last": LastMessage("other", AT, "", 3, True)}, "  1  bob  bob: (recalled)"),
    ],
    ids=["draft", "recalled"],
)
def test_the_list_shows_a_draft_and_that_the_last_message_was_recalled(
    changed: dict[str, Any], shown: str
) -> None:
    head = attrs.evolve(HEAD, last=LastMessage("other", AT, "hi"))
    conversation = Conversation(head=attrs.evolve(head, **changed), tail=TAIL)

    assert formatting.list_line(1, conversation, name, "me", PLAIN) == shown


def test_the_list_shows_title_unread_count_and_last_message() -> None:
    head = attrs.evolve(HEAD, unread=2, last=LastMessage("other", AT, "hi\x1b there"))
    line = formatting.list_line(1, Conversation(head=head, tail=TAIL), name, "me", PLAIN)

    assert line == "  1  bob 2 new  bob: hi\N{REPLACEMENT CHARACTER} there"


@pytest.mark.parametrize(
    ("head", "title"),
    [
        (HEAD, "bob"),
        (attrs.evolve(HEAD, peer="me"), "notes"),
        (attrs.evolve(HEAD, kind="group", title="Summer\ngarden", peer=None), "#Summer garden"),
    ],
)
def test_a_conversation_has_the_name_of_its_peer_or_its_title(
    head: ConversationHead, title: str
) -> None:
    assert formatting.title(Conversation(head=head, tail=TAIL), name, "me") == title


def test_colours_wrap_text_only_where_they_are_on() -> None:
    assert PLAIN.error("no") == "no"
    assert Style(is_on=True).error("no") == "\x1b[31mno\x1b[0m"
    assert Style(is_on=True).handle("bob") == Style(is_on=True).handle("bob")


def test_an_unknown_user_is_shown_by_a_part_of_the_id() -> None:
    assert formatting.handle_lookup(State())("0193-abcdef") == "user-abcdef"


def test_the_status_shows_presence_typing_and_delivery() -> None:
    conversation = Conversation(
        tail=TAIL, head=HEAD, events=(said("hi", "me", 3),), log=TAIL, marks={"other": Marks(3, 0)}
    )
    state = State(
        me=User("me", "alice", "Alice"),
        users={"other": User("other", "bob", "Bob")},
        presence={"other": Presence("online", text="at the desk")},
        typing={("c", "other"): 20.0},
        conversations={"c": conversation},
    )
    assert formatting.last_own(conversation, "me") == 3

    shown = status(state, conversation, Phase("online"), now=NOW, ticks=15.0)
    assert shown == "bob online (at the desk) · bob typing … · your last: ✓✓ received"
    waits = status(state, conversation, Phase("waiting", 7.4), now=NOW, ticks=15.0)
    assert waits == "no connection; the next try is in 7 s"
    assert "connecting" in status(state, None, Phase("connecting"), now=NOW, ticks=15.0)
    assert "/list" in status(state, None, Phase("online"), now=NOW, ticks=15.0)


def test_a_name_that_looks_like_that_of_another_user_is_told() -> None:
    users = (
        User("1", "bob", "Robert", ("bob", "robert")),
        User("2", "b0b", "Eve", ("bob", "eve")),
        User("3", "carol", "R\u043ebert", ("carol", "robert"), mixed_alphabets=True),
        User("4", "dave", "Dave", ("dave",)),
        User("5", "erin", "Erin"),
    )
    state = State(users={user.id: user for user in users})

    warnings = {user.handle: formatting.name_warning(state, user.id) for user in users}
    assert warnings == {
        "bob": "looks like @b0b, @carol",
        "b0b": "looks like @bob",
        "carol": "looks like @bob, mixes alphabets",
        "dave": "",
        "erin": "",
    }
    assert formatting.name_warning(state, "unknown") == ""
