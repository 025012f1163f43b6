"""The gap rule: events are applied in the order of their offsets, each exactly once."""

from hypothesis import given
from hypothesis import strategies as st

from parlour.entrypoints.client.gap import MAX_HELD, GapBuffer


def taken(*offsets: int) -> tuple[GapBuffer[int], list[int]]:
    """Return the position after these events, and the events that were applied, in order."""
    buffer: GapBuffer[int] = GapBuffer()
    applied: list[int] = []
    for offset in offsets:
        buffer, ready = buffer.take(offset, offset)
        applied += ready
    return buffer, applied


def test_an_event_beyond_a_gap_waits_for_those_before_it() -> None:
    buffer, applied = taken(1, 2, 5, 4)
    assert (buffer.applied, buffer.has_gap, applied) == (2, True, [1, 2])

    buffer, ready = buffer.take(3, 3)
    assert (buffer.applied, buffer.has_gap, ready) == (5, False, (3, 4, 5))


def test_what_is_known_otherwise_releases_what_follows_it() -> None:
    buffer, _ = taken(1, 2, 5, 9)

    buffer, ready = buffer.skip_to(4)
    assert (buffer.applied, ready) == (5, (5,))
    buffer, ready = buffer.skip_to(8)
    assert (buffer.applied, ready, buffer.held) == (9, (9,), ())


def test_skipping_to_what_is_known_changes_nothing() -> None:
    buffer, _ = taken(1, 2, 4)

    assert buffer.skip_to(2) == (buffer, ())


def test_so_many_events_are_held_and_no_more() -> None:
    buffer, _ = taken(*range(2, MAX_HELD + 10))
    assert len(buffer.held) == MAX_HELD

    buffer, ready = buffer.take(1, 1)
    assert len(ready) == MAX_HELD + 1
    assert not buffer.has_gap


@given(st.permutations(range(1, 30)), st.lists(st.integers(1, 29), max_size=30))
def test_any_order_with_repeats_applies_each_event_once(
    order: list[int], again: list[int]
) -> None:
    _, applied = taken(*order[:15], *again, *order)

    assert applied == list(range(1, 30))
