"""The system's own time and identities."""

import uuid
from datetime import UTC, datetime, timedelta

from parlour.adapters.system import SystemClock, Uuid7
from tests.support.concurrency import results_of, run_in_parallel
from tests.support.fakes import START, ManualClock


class TestSystemClock:
    def test_tells_the_present_moment_in_utc(self) -> None:
        before = datetime.now(UTC)
        now = SystemClock()()

        assert before <= now <= datetime.now(UTC)
        assert now.tzinfo is UTC


class TestUuid7:
    def test_has_the_form_of_the_standard(self) -> None:
        value = Uuid7()()

        assert (value.version, value.variant) == (7, uuid.RFC_4122)

    def test_begins_with_the_time(self) -> None:
        clock = ManualClock()
        value = Uuid7(clock)()

        assert value.int >> 80 == START.timestamp() * 1000 // 1

    def test_grows_with_time(self) -> None:
        clock = ManualClock()
        new_id = Uuid7(clock)
        values = []
        for _ in range(100):
            values.append(new_id())
            clock.advance(timedelta(milliseconds=1))

        assert values == sorted(values)
        assert len({value.int >> 80 for value in values}) == 100

    def test_grows_while_the_clock_stands_or_runs_backwards(self) -> None:
        clock = ManualClock()
        new_id = Uuid7(clock)
        values = [new_id() for _ in range(1_000)]
        clock.advance(-timedelta(days=1))
        values += [new_id() for _ in range(1_000)]

        assert values == sorted(set(values))
        assert all(value.version == 7 and value.variant == uuid.RFC_4122 for value in values)

    def test_flows_over_into_the_next_millisecond(self) -> None:
        new_id = Uuid7(ManualClock())
        first = new_id()
        new_id._last |= (1 << 74) - 1
        second = new_id()

        assert second > first
        assert (second.int >> 80) - (first.int >> 80) == 1
        assert (second.version, second.variant) == (7, uuid.RFC_4122)

    def test_cannot_be_guessed_from_its_neighbour(self) -> None:
        new_id = Uuid7(ManualClock())
        steps = {new_id().int - new_id().int for _ in range(1_000)}

        assert len(steps) == 1_000

    def test_is_made_once_on_every_thread(self) -> None:
        new_id = Uuid7()
        made = results_of(run_in_parallel([lambda: [new_id() for _ in range(2_000)]] * 4))

        assert all(mine == sorted(mine) for mine in made)
        assert len({value for mine in made for value in mine}) == 8_000
