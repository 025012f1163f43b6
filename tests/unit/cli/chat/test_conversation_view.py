"""What the view adds to the screen: each change once, by the number of its message."""

from parlour.entrypoints.client.sender import SendFailed
from tests.support.chat_log import ME, OTHER, THIRD, WHERE
from tests.support.message_life import run
from tests.support.terminal import Terminal


async def test_what_happens_to_a_message_is_a_line_of_its_own() -> None:
    terminal = Terminal(run(("post", OTHER), ("post", ME, "poll")))
    await terminal.open()

    assert await terminal.see(
        ("edit", OTHER, 1),
        ("react", THIRD, 1, "👍"),
        ("react", THIRD, 1, "👍"),
        ("pin", ME, 1),
        ("vote", OTHER, 2, 1),
        ("recall", OTHER, 1),
    ) == [
        "* bob edited #1: text 2 of 1",
        "* carol reacted 👍 to #1",
        "* carol took 👍 back from #1",
        "* alice pinned #1",
        "* bob voted in #2: tea 0, coffee 1",
        "* bob recalled #1",
    ]


async def test_a_message_that_changed_before_it_was_shown_is_shown_as_it_is() -> None:
    terminal = Terminal(run(("post", OTHER)))
    await terminal.open()
    lines = await terminal.see(
        ("post", OTHER), ("edit", OTHER, 2), ("react", THIRD, 2, "👍"), ("react", THIRD, 1, "👍")
    )

    assert lines == ["#2 bob: text 2 of 2 (edited)", "    👍 1", "* carol reacted 👍 to #1"]


async def test_a_quoted_message_that_is_not_loaded_is_asked_for() -> None:
    log = run(("post", OTHER), ("post", OTHER), ("post", OTHER))
    terminal = Terminal(log, keep=1)
    await terminal.open()
    log.post(ME)
    log.events[-1]["data"]["reply_to"] = 1
    terminal.tell({"type": "event", "conversation": WHERE, **log.events[-1]})
    await terminal.view.finish()

    assert terminal.screen.shown == ["    ↩ #1 bob: line 1", "#4 alice: line 4  ✓"]


async def test_an_edit_that_not_all_members_may_see_is_shown_with_its_text() -> None:
    log = run(("post", OTHER))
    terminal = Terminal(log)
    await terminal.open()
    log.edit(OTHER, 1)
    event = log.events[-1]
    untold = {**event, "data": {**event["data"], "kind": "", "body": {}}}
    terminal.tell({"type": "event", "conversation": WHERE, **untold})
    await terminal.view.finish()

    assert terminal.screen.shown == ["* bob edited #1: text 2 of 1"]


async def test_changes_that_wait_are_above_the_line_that_is_typed() -> None:
    terminal = Terminal(run(("post", OTHER), ("post", ME)), is_live=True)
    await terminal.open()
    await terminal.type("hello", "/edit #2 better", "/react #1 👍", "/pin #1", "/draft later")
    await terminal.view.finish()

    assert terminal.screen.view.pending == [
        "… hello",
        "… edit of #2: better",
        "… reaction to #1: 👍",
        "… pin of #1",
        "… draft: later",
    ]


async def test_a_refused_change_is_told_with_its_message() -> None:
    terminal = Terminal(run(("post", OTHER)))
    await terminal.open()
    await terminal.type("/edit #1 mine now")
    (unsent,) = terminal.client.outbox.unsent()
    terminal.client.on_failed(SendFailed(unsent, "You may not"))

    assert terminal.screen.shown[-1] == "! not sent (You may not): edit of #1: mine now"
