"""The laws of the reducer: snapshots and events agree, in any order, however often."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parlour.entrypoints.client.reducer import apply
from parlour.entrypoints.client.state import State
from tests.support.chat_log import (
    AT,
    ME,
    OTHER,
    START,
    THIRD,
    WHERE,
    Frame,
    after,
    head,
    here,
    known,
    loaded,
    logs,
    message_view,
    pushed,
    write,
)


def heal(state: State, log: Sequence[Frame], page: int = 3) -> State:
    """Do what the catching up does: ask after the gap until there is none."""
    for _ in range(len(log) + 1):
        gap = here(state).gap
        if gap is None:
            return state
        events = log[gap : gap + page]
        state = apply(state, {"type": "events", "conversation": WHERE, "events": events})
    raise AssertionError("asking does not end")


@given(logs(), st.data())
def test_a_stale_head_and_its_events_equal_a_fresh_head(
    log: list[Frame], data: st.DataObject
) -> None:
    stale = data.draw(st.integers(0, len(log)))
    state = after(map(pushed, log[stale:]), known(log, stale))

    assert here(state).head == here(known(log, len(log))).head


@given(logs(), st.data())
def test_events_in_any_order_with_losses_and_repeats_end_as_the_log(
    log: list[Frame], data: st.DataObject
) -> None:
    start = data.draw(st.integers(0, len(log)))
    told = data.draw(st.lists(st.sampled_from(log[start:]), max_size=60)) if log[start:] else []
    state = after(map(pushed, told), loaded(log, start))
    # The next welcome says where the log ends, so nothing can be missing in silence.
    state = heal(apply(state, {"type": "heads", "heads": [head(log, len(log))]}), log)

    shown = [event.offset for event in here(state).events if event.offset > start]
    assert shown == [event["offset"] for event in log[start:]]
    assert here(state).applied == len(log)
    assert here(state).gap is None
    assert here(state).head == here(known(log, len(log))).head


@given(logs(), st.data())
def test_a_frame_that_comes_twice_changes_nothing_the_second_time(
    log: list[Frame], data: st.DataObject
) -> None:
    state = loaded(log, data.draw(st.integers(0, len(log))))
    for event in data.draw(st.permutations(log)):
        state = apply(state, pushed(event))
        assert apply(state, pushed(event)) == state


@given(logs(), st.data())
def test_history_pages_and_events_never_show_a_message_twice(
    log: list[Frame], data: st.DataObject
) -> None:
    upto = data.draw(st.integers(0, len(log)))
    # The page is read after the head: it may hold messages that are newer.
    messages = [message_view(event) for event in log if event["kind"] == "message.posted"]
    page: Frame = {"type": "page", "conversation": WHERE, "messages": messages, "upto": upto}
    state = after(map(pushed, log[upto:]), apply(known(log, upto), page))

    seqs = [event.seq for event in here(state).events if event.seq]
    assert seqs == list(range(1, len(messages) + 1))


def test_an_event_after_a_gap_waits_for_those_before_it() -> None:
    log = write(["reply"] * 4)
    state = apply(loaded(log, 1), pushed(log[3]))
    assert here(state).gap == 1
    assert [event.seq for event in here(state).events] == [1]

    state = after([pushed(log[1]), pushed(log[2])], state)
    assert here(state).gap is None
    assert [event.seq for event in here(state).events] == [1, 2, 3, 4]


def test_a_head_without_a_log_has_a_gap_too() -> None:
    log = write(["reply"] * 3)
    state = apply(known(log, 1), pushed(log[2]))

    assert here(state).gap == 1


def test_an_acknowledgement_takes_its_place_like_any_other_event() -> None:
    log = write(["reply", "post"])
    ok: Frame = {"type": "posted", "conversation": WHERE, "seq": 2, "offset": 2, "at": AT}
    ok |= {"key": "key-2", "text": "line 2", "replayed": False}

    assert apply(loaded(log, 1), ok) == apply(loaded(log, 1), pushed(log[1]))
    assert apply(apply(loaded(log, 1), ok), pushed(log[1])) == apply(loaded(log, 1), ok)


def test_an_acknowledgement_that_overtakes_an_event_waits_for_it() -> None:
    log = write(["reply", "reply", "post"])
    ok: Frame = {"type": "posted", "conversation": WHERE, "seq": 3, "offset": 3, "at": AT}
    ok |= {"key": "key-3", "text": "line 3", "replayed": False}
    state = apply(loaded(log, 1), ok)
    assert [event.seq for event in here(state).events] == [1]

    state = apply(state, pushed(log[1]))
    assert [event.seq for event in here(state).events] == [1, 2, 3]


def test_an_older_head_changes_nothing() -> None:
    log = write(["reply"] * 5)
    state = loaded(log, 5)

    assert apply(state, {"type": "heads", "heads": [head(log, 3)]}) == state


def test_a_head_that_does_not_know_the_own_read_mark_keeps_it() -> None:
    log = write(["reply"] * 5)
    state = apply(loaded(log, 4), {"type": "read", "conversation": WHERE, "seq": 4})
    state = apply(state, {"type": "heads", "heads": [head(log, 5)]})

    assert here(state).head.unread == 1
    assert here(state).head.read == 4


@pytest.mark.parametrize("read", range(7))
def test_reading_counts_only_what_others_wrote_after_the_mark(read: int) -> None:
    log = write(["reply", "post", "reply", "reply", "post", "reply"])
    state = apply(loaded(log, 6), {"type": "read", "conversation": WHERE, "seq": read})

    assert here(state).head.unread == head(log, 6, read)["unread"]


def test_marks_never_move_back_and_reading_implies_receiving() -> None:
    log = write(["post"] * 3)
    receipt: Frame = {"type": "receipt", "conversation": WHERE, "user": OTHER}
    state = apply(loaded(log, 3), {**receipt, "received": 2, "read": 3})
    assert apply(state, {**receipt, "received": 1, "read": 1}) == state

    mark = here(state).marks[OTHER]
    assert (mark.received, mark.read) == (3, 3)


def test_own_receipts_change_nothing() -> None:
    state = loaded(write(["post"]), 1)
    own: Frame = {"type": "receipt", "conversation": WHERE, "user": ME, "received": 1, "read": 1}

    assert apply(state, own) == state


def test_a_new_member_counts_as_having_read_the_messages_before() -> None:
    log = write(["post", "post", "join"])
    state = apply(loaded(log, 2), pushed(log[2]))

    assert here(state).marks[THIRD].read == 2
    state = apply(state, pushed({**write(["join", "leave"])[1], "offset": 4}))
    assert THIRD not in here(state).marks


def test_older_pages_come_before_what_is_loaded() -> None:
    log = write(["reply"] * 6)
    newest: Frame = {"type": "page", "conversation": WHERE, "upto": 6}
    state = apply(known(log, 6), {**newest, "messages": [message_view(e) for e in log[4:]]})
    older: Frame = {"type": "older", "conversation": WHERE}
    state = apply(state, {**older, "messages": [message_view(e) for e in log[1:5]]})

    assert [event.seq for event in here(state).events] == [2, 3, 4, 5, 6]


def test_a_removed_member_has_left_and_asks_for_nothing_more() -> None:
    log = write(["reply"] * 2)
    gone = {"offset": 3, "kind": "member.removed", "by": OTHER, "at": AT, "data": {"user": ME}}
    assert here(apply(loaded(log, 2), pushed(gone))).left

    left: Frame = {"type": "left", "conversation": WHERE}
    state = apply(apply(loaded(log, 1), {**pushed(log[1]), "offset": 9}), left)
    assert here(state).left
    assert here(state).gap is None


def test_unknown_kinds_are_counted_and_take_their_place_in_the_order() -> None:
    log = write(["new-kind", "reply", "new-kind"])
    state = after(map(pushed, log), loaded(log, 0))

    assert state.skipped == 2
    assert here(state).head.offset == 3


def test_unknown_frames_and_unknown_conversations_change_nothing() -> None:
    event = pushed(write(["reply"])[0])
    assert apply(START, {"type": "weather"}) is START
    assert apply(START, event) is START


def test_a_user_is_typing_until_a_message_or_for_six_seconds() -> None:
    log = write(["reply"])
    typing: Frame = {"type": "typing", "conversation": WHERE, "user": OTHER, "on": True, "now": 10}
    state = apply(loaded(log, 0), typing)
    assert state.typing_in(WHERE, 15.9) == [OTHER]
    assert state.typing_in(WHERE, 16.1) == []

    assert apply(state, {**typing, "on": False}).typing_in(WHERE, 11) == []
    assert apply(state, pushed(log[0])).typing_in(WHERE, 11) == []


def test_a_welcome_forgets_typing_and_presence() -> None:
    presence: Frame = {"type": "presence", "user": OTHER, "state": "online"}
    typing: Frame = {"type": "typing", "conversation": WHERE, "user": OTHER, "on": True, "now": 1}
    state = after([presence, typing], known(write([]), 0))
    state = apply(state, {"type": "welcome", "cursor": "c", "heads": []})

    assert (state.presence, state.typing, state.cursor) == ({}, {}, "c")


def test_a_watched_user_s_new_name_replaces_the_known_one() -> None:
    person = {"id": OTHER, "handle": "bob", "display_name": "Bob"}
    state = apply(known(write([]), 0), {"type": "users", "users": [person]})
    frame = {"type": "profile", "user": OTHER, "display_name": "Robert", "skeletons": ["robert"]}
    named = apply(state, frame)

    assert (named.users[OTHER].name, named.users[OTHER].skeletons) == ("Robert", ("robert",))
    assert apply(state, {"type": "profile", "user": THIRD, "display_name": "Kim"}) == state
