"""What is typed about messages: which message is meant, and what is sent for it."""

from typing import Any

import pytest

from parlour.entrypoints.client.unstarted import unstarted_id
from tests.support.chat_log import ME, OTHER, WHERE
from tests.support.message_life import run
from tests.support.terminal import Terminal


def poll(*options: str, **more: bool) -> Any:
    return {"kind": "poll", "body": {"question": "Tea?", "options": list(options), **more}}


LOG = (("post", OTHER), ("post", ME), ("post", OTHER), ("post", ME))


async def sit(*commands: tuple[Any, ...], is_live: bool = False) -> Terminal:
    terminal = Terminal(run(*(commands or LOG)), is_live=is_live)
    await terminal.open()
    return terminal


@pytest.mark.parametrize(
    ("line", "asked"),
    [
        ("/reply yes", ("message.send", {"reply_to": 3})),
        ("/reply #1 yes", ("message.send", {"reply_to": 1})),
        ("/edit better", ("message.edit", {"seq": 4, "body": {"text": "better"}, "revision": 1})),
        ("/edit #2 x", ("message.edit", {"seq": 2, "body": {"text": "x"}, "revision": 1})),
        ("/react 👍", ("reaction.set", {"seq": 3, "emoji": "👍", "on": True})),
        ("/react 1 👍", ("reaction.set", {"seq": 1, "emoji": "👍", "on": True})),
        ("/unreact #1 👍", ("reaction.set", {"seq": 1, "emoji": "👍", "on": False})),
        ("/pin", ("pin.set", {"seq": 4, "on": True})),
        ("/unpin #2", ("pin.set", {"seq": 2, "on": False})),
        ("/hide", ("message.hide", {"seqs": [4]})),
        ("/hide #1 2", ("message.hide", {"seqs": [1, 2]})),
        ("/draft not  yet", ("draft.set", {"text": "not  yet"})),
        ("/draft -", ("draft.set", {"text": None})),
        (
            '/poll "Tea?" yes "not now"',
            ("message.send", poll("yes", "not now")),
        ),
        (
            '/poll --many "Tea?" a b',
            ("message.send", poll("a", "b", multiple=True)),
        ),
    ],
)  # fmt: skip
async def test_a_command_becomes_a_request(line: str, asked: tuple[str, Any]) -> None:
    terminal = await sit()
    await terminal.type(line)

    assert terminal.asked == [asked]


@pytest.mark.parametrize(
    ("line", "asked"),
    [
        ("/vote 2", {"seq": 2, "options": [1]}),
        ("/vote #1 1 2", {"seq": 1, "options": [0, 1]}),
        ("/vote none", {"seq": 2, "options": []}),
    ],
)
async def test_a_vote_is_for_options_by_number(line: str, asked: Any) -> None:
    terminal = await sit(("post", OTHER, "poll"), ("post", OTHER, "poll"), ("post", OTHER))
    await terminal.type(line)

    assert terminal.asked == [("poll.vote", asked)]


async def test_the_last_message_that_suits_is_meant() -> None:
    terminal = await sit(*LOG, ("react", ME, 1, "👍"), ("pin", OTHER, 2), ("recall", ME, 4))
    await terminal.type("/unreact 👍", "/unpin", "/edit better")

    assert [fields["seq"] for _, fields in terminal.asked] == [1, 2, 2]


@pytest.mark.parametrize("answer", ["y", "Y", "yes"])
@pytest.mark.parametrize(
    ("line", "question", "asked"),
    [
        ("/recall", "recall #4 “line 4” for everybody? y/n", ("message.recall", {"seq": 4})),
        ("/recall 2", "recall #2 “line 2” for everybody? y/n", ("message.recall", {"seq": 2})),
        (
            "/clear",
            "hide all messages of #Garden from you, on all your devices? y/n",
            ("history.clear", {"up_to": 4}),
        ),
    ],
    ids=["recall", "recall by number", "clear"],
)
async def test_what_cannot_be_undone_is_asked_first(
    line: str, question: str, asked: tuple[str, Any], answer: str
) -> None:
    terminal = await sit()
    await terminal.type(line)
    assert terminal.screen.shown == [question]
    assert terminal.asked == []

    await terminal.type(answer)
    assert terminal.asked == [asked]


@pytest.mark.parametrize("answer", ["n", "", "/list", "hello"])
async def test_every_other_answer_is_no_and_nothing_else(answer: str) -> None:
    terminal = await sit()
    await terminal.type("/recall", answer)

    assert terminal.asked == []
    assert terminal.screen.shown[-1] == "not done"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("/reply", "! This command is written /reply [#N] TEXT"),
        ("/reply #1", "! This command is written /reply [#N] TEXT"),
        ("/edit", "! This command is written /edit [#N] TEXT"),
        ("/pin first", "! first is not the number of a message, as in #12"),
        ("/pin #0", "! #0 is not the number of a message, as in #12"),
        ("/unpin", "! No message here suits: give its number, as in #12"),
        ("/vote 1", "! No message here suits: give its number, as in #12"),
        ("/vote #1", "! Say which options: their numbers, or none"),
        ("/poll Tea? yes", "! A poll has a question and 2 to 12 options"),
    ],
)
async def test_what_is_missing_is_said(line: str, said: str) -> None:
    terminal = await sit()
    await terminal.type(line)

    assert terminal.screen.shown == [said]
    assert terminal.asked == []


async def test_messages_are_forwarded_by_number_or_the_last_one() -> None:
    terminal = await sit()
    await terminal.type("/forward #1 #3 garden", "/forward #Garden")

    assert terminal.asked == [
        ("message.forward", {"from": WHERE, "seqs": [1, 3]}),
        ("message.forward", {"from": WHERE, "seqs": [4]}),
    ]
    assert "* forwarded #1, #3 to #Garden" in terminal.screen.shown


async def test_the_present_text_is_put_on_the_line_to_be_edited() -> None:
    terminal = await sit(is_live=True)
    await terminal.type("/edit")

    assert terminal.screen.next_line == "/edit #4 line 4"


async def test_a_draft_is_shown_put_on_the_line_and_ended_by_a_message() -> None:
    terminal = Terminal(run(*LOG), is_live=True)
    data = {"conversation": WHERE, "text": "dear Bob"}
    event = {"offset": 1, "kind": "draft.changed", "at": "", "data": data}
    terminal.tell({"type": "private", "events": [event], "cursor": "1"})
    await terminal.open()
    assert terminal.screen.next_line == "dear Bob"

    await terminal.type("/draft")
    assert terminal.screen.shown == ["your draft: dear Bob"]
    await terminal.type("dear Bob, hello")
    assert terminal.asked == [("message.send", {}), ("draft.set", {"text": None})]


@pytest.mark.parametrize("left", ["", "  ", "/recall"])
async def test_a_command_or_nothing_left_on_the_line_is_no_draft(left: str) -> None:
    terminal = await sit()
    terminal.view.keep_draft(left)
    assert terminal.asked == []

    terminal.view.keep_draft("what I wanted to")
    assert terminal.asked == [("draft.set", {"text": "what I wanted to"})]


async def test_pinned_messages_are_listed_with_what_they_are_now() -> None:
    terminal = await sit(*LOG, ("pin", OTHER, 1), ("edit", OTHER, 1))
    await terminal.type("/pins")

    assert terminal.screen.shown == ["-- 1 pinned --", "#1 bob: text 2 of 1  📌 (edited)"]


@pytest.mark.parametrize("line", ["/draft later", "/pin #1", "/react #1 👍", "/clear", "/reply x"])
async def test_nothing_is_changed_where_nothing_was_said(line: str) -> None:
    terminal = await sit()
    terminal.tell({"type": "unstarted", "user": OTHER})
    terminal.view.conversation = unstarted_id(OTHER)
    await terminal.type(line)

    assert terminal.asked == []
    assert terminal.screen.shown == ["! Nothing was said here yet"]
