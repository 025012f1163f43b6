"""The laws of the life of a message: from wherever a client begins, it ends with the same."""

from collections.abc import Iterable

from hypothesis import given
from hypothesis import strategies as st

from parlour.entrypoints.client.models import Draft, Event
from parlour.entrypoints.client.needs import Need, needs
from parlour.entrypoints.client.reducer import apply
from parlour.entrypoints.client.state import State
from tests.support.chat_log import AT, ME, OTHER, START, WHERE, Frame, here, pushed
from tests.support.message_life import Log, lives, run


def begun(log: Log, upto: int, page_at: int | None = None) -> State:
    """Return a client that knows the head at *upto* and a page that was read then, or later."""
    state = apply(START, {"type": "heads", "heads": [log.head(upto)]})
    page = log.page(upto if page_at is None else page_at)
    return apply(state, {**page, "type": "page", "upto": upto})


def told(state: State, frames: Iterable[Frame], log: Log) -> State:
    """Tell a client events; it asks for the head where it has to."""
    for frame in frames:
        before, state = state, apply(state, frame)
        if Need("head", WHERE) in needs(frame, before, state):
            state = apply(state, {"type": "heads", "heads": [log.head(here(state).tail.applied)]})
    return state


def messages(state: State) -> list[Event]:
    return [event for event in here(state).events if event.seq]


def fresh(log: Log) -> State:
    return begun(log, len(log.events))


@given(lives(), st.data())
def test_a_page_and_the_live_events_after_it_equal_the_present(
    log: Log, data: st.DataObject
) -> None:
    upto = data.draw(st.integers(0, len(log.events)))
    page_at = data.draw(st.integers(upto, len(log.events)))
    state = told(begun(log, upto, page_at), map(pushed, log.events[upto:]), log)

    assert messages(state) == messages(fresh(log))
    assert here(state).head == here(fresh(log)).head


@given(lives(), st.data())
def test_a_page_and_the_log_read_later_equal_the_present(log: Log, data: st.DataObject) -> None:
    upto = data.draw(st.integers(0, len(log.events)))
    page_at = data.draw(st.integers(upto, len(log.events)))
    read: Frame = {"type": "events", "conversation": WHERE, "events": log.read(upto)}
    state = told(begun(log, upto, page_at), [read], log)

    assert messages(state) == messages(fresh(log))
    assert here(state).head == here(fresh(log)).head


@given(lives(), st.data())
def test_a_message_never_goes_back_while_what_led_to_it_is_told(
    log: Log, data: st.DataObject
) -> None:
    upto = data.draw(st.integers(0, len(log.events)))
    state = begun(log, upto, len(log.events))
    present = {event.seq: event for event in messages(fresh(log))}
    for event in data.draw(st.sampled_from((log.events, log.read(0))))[upto:]:
        state = apply(state, pushed(event))
        paged = [message for message in messages(state) if message.offset <= upto]
        assert paged == [present[message.seq] for message in paged]


@given(lives())
def test_a_message_that_was_recalled_since_takes_no_change_told_before_it(log: Log) -> None:
    state = begun(log, 0)
    for event in log.read(0):
        state = apply(state, pushed(event))
        shown = {message.seq: message for message in messages(state)}
        for seq, message in log.messages.items():
            if "recalled" in message and seq in shown:
                assert shown[seq].data.keys() == {"kind", "body", "recalled"}
            elif seq in shown:
                assert shown[seq].data["revision"] == message["revision"]


@given(lives(), st.data())
def test_events_that_come_again_change_nothing(log: Log, data: st.DataObject) -> None:
    state = told(begun(log, 0), map(pushed, log.events), log)
    again = log.events[data.draw(st.integers(0, len(log.events))) :]

    assert told(state, map(pushed, again), log) == state


@given(lives(), st.data())
def test_an_older_page_takes_part_in_what_came_since_it_was_read(
    log: Log, data: st.DataObject
) -> None:
    upto = data.draw(st.integers(0, len(log.events)))
    first = data.draw(st.integers(1, 5))
    state = apply(START, {"type": "heads", "heads": [log.head(upto)]})
    page = log.page(upto)
    newest = [each for each in page["messages"] if each["seq"] >= first]
    if not newest:
        return  # there is nothing before which a page could be
    state = apply(state, {**page, "messages": newest, "type": "page", "upto": upto})
    read_at = data.draw(st.integers(upto, len(log.events)))
    told_first = data.draw(st.integers(upto, len(log.events)))
    state = told(state, map(pushed, log.events[upto:told_first]), log)
    older = [each for each in log.page(read_at)["messages"] if each["seq"] < first]
    frame: Frame = {"type": "older", "conversation": WHERE, "as_of": read_at, "messages": older}
    state = told(apply(state, frame), map(pushed, log.events[told_first:]), log)

    assert messages(state) == messages(fresh(log))


@given(lives(), st.data())
def test_a_message_read_by_itself_takes_the_place_of_what_was_known(
    log: Log, data: st.DataObject
) -> None:
    upto = data.draw(st.integers(0, len(log.events)))
    read_at = data.draw(st.integers(0, len(log.events)))
    seq = data.draw(st.integers(1, 5))
    alone = [each for each in log.page(read_at)["messages"] if each["seq"] == seq]
    frame: Frame = {"type": "messages", "conversation": WHERE, "as_of": read_at}
    state = apply(begun(log, upto), {**frame, "messages": alone})
    state = told(state, map(pushed, log.events[upto:]), log)

    assert messages(state) == messages(fresh(log))


def test_nothing_of_a_recalled_message_is_left_in_the_state() -> None:
    log = run(("post", OTHER), ("edit", OTHER, 1), ("react", ME, 1, "👍"), ("recall", OTHER, 1))
    state = told(begun(log, 0), map(pushed, log.events), log)

    (message,) = messages(state)
    assert message.data == {"kind": "", "body": {}, "recalled": {"by": OTHER, "at": AT}}
    assert here(state).head.unread == 0
    last = here(state).head.last
    assert last is not None
    assert (last.excerpt, last.is_recalled) == ("", True)


def test_a_message_that_was_recalled_before_it_was_told_never_counts_as_unread() -> None:
    log = run(("post", OTHER), ("post", OTHER), ("recall", OTHER, 1))
    read: Frame = {"type": "events", "conversation": WHERE, "events": log.read(0)}

    assert here(apply(begun(log, 0), read)).head.unread == 1


def test_a_recalled_message_that_is_not_loaded_makes_the_head_be_asked_for() -> None:
    log = run(("post", OTHER), ("post", OTHER), ("recall", OTHER, 1))
    before = apply(START, {"type": "heads", "heads": [log.head(2)]})
    frame = pushed(log.events[2])
    state = apply(before, frame)

    assert list(needs(frame, before, state)) == [Need("head", WHERE)]


def test_the_own_vote_in_a_secret_poll_is_asked_for() -> None:
    log = run(("post", OTHER, "poll"), ("vote", ME, 1, 0))
    del log.events[1]["data"]["options"]
    before = begun(log, 1)
    frame = pushed(log.events[1])

    assert list(needs(frame, before, apply(before, frame))) == [Need("message", WHERE, seq=1)]


def test_the_text_of_an_edit_that_not_all_members_may_see_is_asked_for() -> None:
    log = run(("post", OTHER), ("edit", OTHER, 1))
    log.events[1]["data"] |= {"kind": "", "body": {}}
    before = begun(log, 1)
    frame = pushed(log.events[1])
    state = apply(before, frame)

    assert list(needs(frame, before, state)) == [
        Need("message", WHERE, seq=1),
        Need("head", WHERE),  # it is the last one
    ]
    assert here(state).find(1) == here(before).find(1)
    assert here(state).head.last == here(before).head.last


def private(offset: int, kind: str, **data: object) -> Frame:
    event = {"offset": offset, "kind": kind, "at": AT, "data": {"conversation": WHERE, **data}}
    return {"type": "private", "events": [event], "cursor": str(offset)}


def test_a_draft_is_that_of_the_last_device_that_changed_it() -> None:
    state = fresh(run(("post", OTHER)))
    state = apply(state, private(1, "draft.changed", text="not yet", reply_to=1))
    assert here(state).head.draft == Draft("not yet", 1)

    assert here(apply(state, private(2, "draft.changed", text=None))).head.draft is None
    head = {**run(("post", OTHER)).head(1), "draft": {"text": "from the head", "at": AT}}
    state = apply(state, {"type": "heads", "heads": [head]})
    assert here(state).head.draft == Draft("from the head")


def test_hidden_and_cleared_messages_are_gone_from_what_is_loaded_and_what_comes() -> None:
    log = run(*[("post", OTHER)] * 5)
    hidden, cleared = (
        private(1, "message.hidden", seqs=[4]),
        private(2, "history.cleared", up_to=2),
    )
    state = apply(apply(fresh(log), hidden), cleared)
    assert [event.seq for event in messages(state)] == [3, 5]

    page = {**log.page(5), "type": "page", "upto": 5}
    assert [event.seq for event in messages(apply(state, page))] == [3, 5]
    early = apply(apply(begun(log, 3), hidden), cleared)
    assert [event.seq for event in messages(told(early, map(pushed, log.events[3:]), log))] == [
        3,
        5,
    ]
    assert list(needs(hidden, state, state)) == [Need("head", WHERE)]
