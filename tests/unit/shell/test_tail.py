"""The end of a log as one node sees it."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parlour.entrypoints.shell.signals import Signal, SignalKind
from parlour.entrypoints.shell.tail import MAX_HELD, Tail


def signal(offset: int) -> Signal:
    return Signal(SignalKind.EVENT, str(offset).encode(), offset)


def offsets(signals: list[Signal]) -> list[int]:
    return [each.offset for each in signals]


@pytest.fixture
def tail() -> Tail:
    """A log that is known up to its third event."""
    tail = Tail()
    tail.start(3)
    return tail


class TestTail:
    def test_passes_on_the_next_signal(self, tail: Tail) -> None:
        assert offsets(tail.receive(signal(4))) == [4]
        assert offsets(tail.receive(signal(5))) == [5]

    @pytest.mark.parametrize("offset", [1, 3])
    def test_ignores_repeats(self, tail: Tail, offset: int) -> None:
        assert tail.receive(signal(offset)) == []

    def test_holds_signals_that_come_too_early(self, tail: Tail) -> None:
        assert tail.receive(signal(5)) == []
        assert tail.has_gap
        assert offsets(tail.receive(signal(4))) == [4, 5]
        assert not tail.has_gap

    def test_holds_everything_until_it_starts(self) -> None:
        tail = Tail()
        held = [tail.receive(signal(offset)) for offset in (2, 5, 4, 3)]

        assert held == [[]] * 4
        assert not tail.has_gap
        assert offsets(tail.start(3)) == [4, 5]
        assert not tail.has_gap

    def test_starts_once(self, tail: Tail) -> None:
        tail.start(7)

        assert tail.offset == 3

    def test_prefers_what_the_log_says_to_what_was_held(self, tail: Tail) -> None:
        recalled = Signal(SignalKind.EVENT, b"nothing is left", 6)
        tail.receive(signal(6))
        tail.receive(signal(7))
        tail.replace_held([recalled, signal(8)])
        passed = tail.receive(signal(4)) + tail.receive(signal(5))

        assert [each.frame for each in passed] == [b"4", b"5", b"nothing is left", b"7"]

    def test_takes_the_log_as_complete(self, tail: Tail) -> None:
        tail.receive(signal(6))
        tail.receive(signal(9))

        assert offsets(tail.apply_from_log(signal(5))) == [
            5,
            6,
        ]  # 4 cannot be told, and never comes
        assert offsets(tail.apply_from_log(signal(7))) == [7]
        assert tail.has_gap

    def test_passes_on_held_signals_that_the_log_reaches(self, tail: Tail) -> None:
        tail.receive(signal(5))

        assert offsets(tail.apply_from_log(signal(5))) == [5]
        assert not tail.has_gap

    def test_never_passes_on_what_was_skipped(self, tail: Tail) -> None:
        for offset in (6, 8, 9):
            tail.receive(signal(offset))

        assert offsets(tail.skip_to(7)) == [8, 9]
        assert tail.offset == 9
        assert not tail.has_gap

    def test_does_not_skip_backwards(self, tail: Tail) -> None:
        assert tail.skip_to(1) == []
        assert tail.offset == 3

    def test_holds_a_bounded_number(self, tail: Tail) -> None:
        for offset in range(5, 5 + 2 * MAX_HELD):
            tail.receive(signal(offset))
        passed = tail.receive(signal(4))

        assert not passed  # nothing more is held, be it the one that was missing
        assert offsets(tail.apply_from_log(signal(4))) == []
        assert len(offsets(tail.skip_to(4))) == MAX_HELD


class TestOrder:
    @given(st.data())
    def test_is_that_of_the_log_and_each_comes_once(self, data: Any) -> None:
        """Whatever the bus loses, repeats or reorders, the log makes up for it."""
        end = data.draw(st.integers(1, 12), label="end of the log")
        begin = data.draw(st.integers(0, end), label="where the tail starts")
        hints = data.draw(st.lists(st.integers(1, end), max_size=40), label="hints")
        start_at = data.draw(st.integers(0, len(hints)), label="hints before the start")
        heal_at = data.draw(st.sets(st.integers(0, len(hints))), label="heals before hints")
        tail, passed = Tail(), list[Signal]()

        def heal() -> None:
            if tail.offset is not None:
                for offset in range(tail.offset + 1, end + 1):
                    passed.extend(tail.apply_from_log(signal(offset)))
                passed.extend(tail.skip_to(end))

        for number, offset in enumerate(hints):
            if number == start_at:
                passed += tail.start(begin)
            if number in heal_at:
                heal()
            passed += tail.receive(signal(offset))
        passed += tail.start(begin)
        heal()

        assert offsets(passed) == list(range(begin + 1, end + 1))
        assert tail.offset == end
        assert not tail.has_gap
