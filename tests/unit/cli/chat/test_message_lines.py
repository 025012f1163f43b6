"""A message as a terminal shows it: its number, its content by kind, and what happened to it."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parlour.entrypoints.cli.chat.formatting import Delivery, Style
from parlour.entrypoints.cli.chat.message_lines import Reader, message, people_of
from parlour.entrypoints.client.models import Event

AT = "2026-01-02T03:04:05.000000Z"
NAMES = {"me": "alice", "other": "bob", "third": "carol"}
READER = Reader(
    me="me", name=lambda user: NAMES[user], now=datetime(2026, 1, 2, tzinfo=UTC), style=Style()
)


def event(by: str = "other", *, seq: int = 12, **data: Any) -> Event:
    raw = {"kind": "text", "body": {"text": "hello"}, "revision": 1, **data}
    return Event.read_message({"offset": 20, "by": by, "at": AT, "seq": seq, **raw})


def lines(shown: Event, **more: Any) -> list[str]:
    return [line.removeprefix("03:04 ") for line in message(shown, READER, **more).split("\n")]


@pytest.fixture(autouse=True)
def _in_utc(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "UTC")


def test_a_message_has_a_number_by_which_commands_name_it() -> None:
    assert lines(event()) == ["#12 bob: hello"]


def test_marks_say_what_happened_to_a_message() -> None:
    shown = event("me", edited_at=AT, pinned=True)

    assert lines(shown, delivery=Delivery.SENT) == ["#12 alice: hello  📌 (edited)  ✓"]


def test_reactions_stand_below_with_their_counts_and_the_own_one() -> None:
    reactions = [
        {"emoji": "👍", "count": 2, "users": ["me", "third"], "mine": True},
        {"emoji": "❤️", "count": 1, "users": ["third"]},
    ]

    assert lines(event(reactions=reactions)) == ["#12 bob: hello", "    👍 2 (you)  ❤️ 1"]


def test_of_a_recalled_message_who_recalled_it_is_left() -> None:
    shown = event(recalled={"by": "third", "at": AT}, reactions=[], pinned=True, reply_to=3)

    assert lines(shown) == ["#12 bob: (recalled by carol)"]
    assert people_of(shown) == {"other", "third"}


@pytest.mark.parametrize(
    ("quoted", "shown"),
    [
        (event("me", seq=3), "    ↩ #3 alice: hello"),
        (event("me", seq=3, recalled={"by": "me", "at": AT}), "    ↩ #3 alice: (recalled)"),
        (None, "    ↩ #3 a message that is not here"),
    ],
    ids=["shown", "recalled", "not here"],
)
def test_a_reply_stands_below_what_it_replies_to(quoted: Event | None, shown: str) -> None:
    assert lines(event(reply_to=3), quoted=quoted) == [shown, "#12 bob: hello"]


def test_a_forwarded_message_names_its_author() -> None:
    shown = event(forwarded={"by": "third", "at": AT})

    assert lines(shown) == ["#12 bob: ↪ carol: hello"]
    assert people_of(shown) == {"other", "third"}


def test_a_poll_shows_its_options_by_number_with_the_votes_and_the_own_choice() -> None:
    body = {"question": "Tea or coffee?", "options": ["tea", "black coffee"]}
    votes = {"counts": [1, 4], "voters": 5, "mine": [1]}

    assert lines(event(kind="poll", body=body)) == [
        "#12 bob: 📊 Tea or coffee?",
        "    1. tea           0",
        "    2. black coffee  0",
    ]
    assert lines(event(kind="poll", body=body, votes=votes))[1:] == [
        "    1. tea           1",
        "    2. black coffee  4 ✓",
    ]


BUNDLE = {
    "title": "Bob and Carol",
    "items": [
        {"by": "other", "name": "Bob", "at": AT, "kind": "text", "text": "tea?"},
        {"by": "third", "name": "Carol", "at": AT, "kind": "poll"},
    ],
}


@pytest.mark.parametrize(
    ("kind", "body", "shown"),
    [
        ("location", {"latitude": 52.5, "longitude": 13.4}, ["📍 52.5, 13.4"]),
        (
            "location",
            {"latitude": 1, "longitude": 2, "title": "Home", "address": "Main St"},
            ["📍 Home, Main St (1, 2)"],
        ),
        ("contact", {"user": "third"}, ["👤 carol"]),
        (
            "bundle",
            BUNDLE,
            ["🗂️ Bob and Carol", "    03:04 Bob: tea?", "    03:04 Carol: [poll]"],
        ),
        ("weather", {"text": "rain\nsun"}, ["[weather] rain", "    sun"]),
        ("weather", {"degrees": 3}, ["(not supported here: weather)"]),
    ],
    ids=["place", "named place", "contact", "bundle", "kind with a text", "unknown kind"],
)
def test_each_kind_is_shown_in_its_way(kind: str, body: dict[str, Any], shown: list[str]) -> None:
    first, *rest = shown

    assert lines(event(kind=kind, body=body)) == [f"#12 bob: {first}", *rest]


def test_a_long_bundle_is_counted() -> None:
    body = {"title": "All", "items": [BUNDLE["items"][0]] * 23}

    assert lines(event(kind="bundle", body=body))[-1] == "    and 3 more"


VALUES = st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=30))
BODIES = st.dictionaries(
    st.sampled_from(
        ["text", "question", "options", "title", "address", "latitude", "user", "items"]
    ),
    st.one_of(VALUES, st.lists(VALUES, max_size=4)),
)


@given(
    st.sampled_from(["text", "poll", "location", "bundle", "weather\x1b[2J"]),
    BODIES,
    st.text(max_size=8),
)
def test_no_body_whatever_it_holds_breaks_or_controls_the_terminal(
    kind: str, body: dict[str, Any], emoji: str
) -> None:
    reactions = [{"emoji": emoji, "count": 1, "users": []}]
    shown = message(event(kind=kind, body=body, reactions=reactions), READER)

    assert "\x1b" not in shown
    assert all(c == "\n" or c.isprintable() or c.isspace() or ord(c) > 0x9F for c in shown)
    assert all(line.startswith("    ") for line in shown.split("\n")[1:])
