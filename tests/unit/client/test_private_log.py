"""The private log: own marks and own name, each event applied once."""

import pytest

from parlour.entrypoints.client.models import User
from parlour.entrypoints.client.reducer import apply
from tests.support.chat_log import AT, ME, START, WHERE, Frame, here, known, write


def test_a_private_event_after_a_gap_waits_for_the_sync() -> None:
    log = write(["reply"] * 4)
    moved: Frame = {"kind": "read.moved", "at": AT}
    first: Frame = {**moved, "offset": 7, "data": {"conversation": WHERE, "seq": 1}}
    third: Frame = {**moved, "offset": 9, "data": {"conversation": WHERE, "seq": 3}}
    second: Frame = {**moved, "offset": 8, "data": {"conversation": WHERE, "seq": 2}}
    state = apply(known(log, 4), {"type": "private", "events": [first], "cursor": "7"})
    assert apply(state, {"type": "event.me", **third}) == state

    answer: Frame = {"type": "private", "events": [first, second, third], "cursor": "9"}
    state = apply(state, answer)
    assert (here(state).head.read, state.private_offset, state.cursor) == (3, 9, "9")


def test_the_first_private_event_of_a_connection_waits_for_the_sync() -> None:
    state = known(write(["reply"]), 1)
    pushed_alone: Frame = {"type": "event.me", "offset": 5, "kind": "settings.changed", "at": AT}

    assert apply(state, pushed_alone) == state


def test_a_reset_of_the_private_log_goes_on_at_its_cursor() -> None:
    state = apply(START, {"type": "private", "events": [], "cursor": "1", "reset": False})
    state = apply(state, {"type": "private", "events": [], "cursor": "900", "reset": True})

    assert (state.cursor, state.private_offset) == ("900", 0)


@pytest.mark.parametrize("kind", ["profile.changed", "settings.changed"])
def test_a_changed_own_name_is_taken_from_the_private_log(kind: str) -> None:
    changed: Frame = {"offset": 1, "kind": kind, "at": AT}
    changed |= {"data": {"display_name": "Myself"}}
    state = apply(START, {"type": "private", "events": [changed], "cursor": "1"})

    assert state.me == User(ME, "me", "Myself")


def test_a_repeated_private_event_changes_nothing() -> None:
    def named(offset: int, name: str) -> Frame:
        data = {"display_name": name}
        return {"offset": offset, "kind": "settings.changed", "at": AT, "data": data}

    both: Frame = {"type": "private", "events": [named(1, "Old"), named(2, "New")], "cursor": "2"}
    state = apply(START, both)
    again: Frame = {"type": "private", "events": [named(1, "Old")], "cursor": "2"}

    assert apply(state, again) == state
    assert state.me == User(ME, "me", "New")
