"""Durations, sizes and rates are written as people write them."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parlour.adapters.config.units import (
    duration,
    format_duration,
    format_rate,
    format_size,
    rate,
    size,
)
from parlour.domain.kernel.limits import Rate


class TestDuration:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("250ms", timedelta(milliseconds=250)),
            ("15m", timedelta(minutes=15)),
            ("1h30m", timedelta(hours=1, minutes=30)),
            ("30d", timedelta(days=30)),
            ("2w", timedelta(weeks=2)),
            ("0s", timedelta()),
        ],
    )
    def test_is_read_with_its_unit(self, text: str, expected: timedelta) -> None:
        assert expected == duration(text)

    @pytest.mark.parametrize(
        "text", ["", "15", "m", "15 m", "-5s", "1.5h", "5x", "15M", "9" * 30 + "d"]
    )
    def test_is_refused_where_it_is_malformed(self, text: str) -> None:
        with pytest.raises(ValueError, match="must be a duration"):
            duration(text)

    @given(st.timedeltas(min_value=timedelta(), max_value=timedelta(days=36_500)))
    def test_is_the_same_after_formatting_and_reading(self, value: timedelta) -> None:
        assert value == duration(format_duration(value))


class TestRate:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("20/s burst 60", Rate(20, burst=60)),
            ("20/s, burst 60", Rate(20, burst=60)),
            ("10/m", Rate(10 / 60, burst=10)),
            ("3/h", Rate(3 / 3600, burst=3)),
            ("1000/d burst 5", Rate(1000 / 86_400, burst=5)),
        ],
    )
    def test_is_read_with_its_period_and_burst(self, text: str, expected: Rate) -> None:
        assert expected == rate(text)

    @pytest.mark.parametrize("text", ["", "20", "20/w", "-1/s", "1.5/s", "20/s 60", "1/s burst"])
    def test_is_refused_where_it_is_malformed(self, text: str) -> None:
        with pytest.raises(ValueError, match="must be a rate"):
            rate(text)

    @pytest.mark.parametrize("text", ["0/s", "1/s burst 0"])
    def test_is_refused_where_it_never_allows_anything(self, text: str) -> None:
        with pytest.raises(ValueError, match="must allow something"):
            rate(text)

    @given(st.integers(1, 1_000_000), st.sampled_from("smhd"), st.integers(1, 1_000_000))
    def test_is_the_same_after_formatting_and_reading(
        self, count: int, unit: str, burst: int
    ) -> None:
        value = rate(f"{count}/{unit} burst {burst}")

        assert value == rate(format_rate(value))

    @pytest.mark.parametrize("text", ["20/s burst 60", "10/m", "90/m", "3/h burst 1", "7/d"])
    def test_is_shown_as_it_was_written(self, text: str) -> None:
        assert text == format_rate(rate(text))


class TestSize:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [("512B", 512), ("64KiB", 65_536), ("64KB", 64_000), ("1 MiB", 2**20), ("2gib", 2**31)],
    )
    def test_is_read_with_its_unit(self, text: str, expected: int) -> None:
        assert expected == size(text)

    @pytest.mark.parametrize("text", ["", "64", "KiB", "-1KiB", "1.5MiB", "64 kibibytes"])
    def test_is_refused_where_it_is_malformed(self, text: str) -> None:
        with pytest.raises(ValueError, match="must be a size"):
            size(text)

    @given(st.integers(min_value=0, max_value=2**50))
    def test_is_the_same_after_formatting_and_reading(self, value: int) -> None:
        assert value == size(format_size(value))

    @pytest.mark.parametrize(("value", "text"), [(65_536, "64KiB"), (1_000_000, "1MB"), (7, "7B")])
    def test_is_shown_in_the_largest_unit_that_holds_it_exactly(
        self, value: int, text: str
    ) -> None:
        assert text == format_size(value)
