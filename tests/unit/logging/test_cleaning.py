"""Every value can be logged, quickly and with bounded length."""

import uuid
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import Enum, IntEnum, StrEnum
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import attrs
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from parlour.adapters.logging.cleaning import MAX_LENGTH, add_fields


def clean(**fields: object) -> dict[str, Any]:
    line: dict[str, Any] = {}
    add_fields(line, fields)
    return line


class Colour(Enum):
    RED = "red"


class Code(IntEnum):
    GONE = 7


class Role(StrEnum):
    OWNER = "owner"


@attrs.frozen
class Head:
    seq: int
    title: str


class Unreadable:
    def __repr__(self) -> str:
        raise RuntimeError("no")


class Shy:
    def __getattr__(self, name: str) -> object:
        raise RuntimeError(name)

    def __repr__(self) -> str:
        return "Shy()"


class TestKinds:
    @pytest.mark.parametrize(
        ("value", "written"),
        [
            (True, True),
            (None, None),
            (7, 7),
            (1.5, 1.5),
            ("x", "x"),
            (2**70, "<integer of 71 bits>"),
            (uuid.UUID(int=1), "00000000-0000-0000-0000-000000000001"),
            (datetime(2026, 1, 2, tzinfo=UTC), "2026-01-02 00:00:00+00:00"),
            (timedelta(seconds=1), "0:00:01"),
            (Decimal("1.50"), "1.50"),
            (Path("/tmp/x"), "/tmp/x"),  # noqa: S108 -- only a name
            (ip_address("::1"), "::1"),
            (Colour.RED, "red"),
            (Code.GONE, "GONE"),
            (Role.OWNER, "owner"),
            (b"\xff\x00", "<2 bytes>"),
            (ValueError("no"), "ValueError: no"),
            (Head(seq=1, title="x"), {"seq": 1, "title": "x"}),
            (["a", ("b", 1)], ["a", ["b", 1]]),
            ({1: {"a": None}}, {"1": {"a": None}}),
            (Unreadable(), "<unreadable Unreadable>"),
            (Shy(), "Shy()"),
            ([Unreadable(), 1], ["<unreadable Unreadable>", 1]),
        ],
        ids=lambda value: type(value).__name__,
    )
    def test_are_converted_to_plain_values(self, value: object, written: object) -> None:
        assert clean(value=value) == {"value": written}

    def test_a_field_named_like_a_standard_one_gets_an_underscore(self) -> None:
        assert list(clean(time=1, level=2, logger=3, event=4, exception=5)) == [
            *("time_", "level_", "logger_", "event_", "exception_")
        ]

    def test_a_value_that_changes_afterwards_does_not_change_the_line(self) -> None:
        members = ["alice"]
        line = clean(members=members)

        members.append("mallory")

        assert line == {"members": ["alice"]}


class TestBounds:
    def test_a_long_text_is_truncated_and_says_so(self) -> None:
        (written,) = clean(name="x" * 1_000_000).values()

        assert written == f"{'x' * MAX_LENGTH}… ({1_000_000 - MAX_LENGTH} more)"

    @pytest.mark.parametrize(
        "value",
        [
            ["x" * 900] * 100_000,
            {str(number): "x" * 100 for number in range(100_000)},
            [[[[["deep" * 100] * 100] * 100] * 100] * 100],
            {"k" * 1_000_000: 1},
            list(range(1_000_000)),
            [{}] * 1_000_000,
        ],
        ids=["long", "wide", "deep", "name", "numbers", "empty"],
    )
    def test_a_huge_collection_is_truncated(self, value: object) -> None:
        assert len(msgspec.json.encode(clean(value=value))) < 4 * MAX_LENGTH

    def test_a_collection_that_contains_itself_is_truncated(self) -> None:
        loop: list[object] = []
        loop.append(loop)

        assert clean(loop=loop) == {"loop": [[[["…"]]]]}

    def test_a_long_name_is_truncated(self) -> None:
        assert [len(name) for name in clean(**{"n" * 1_000_000: 1})] == [64]

    def test_the_number_of_fields_is_bounded(self) -> None:
        line = clean(**{f"f{number}": 1 for number in range(1000)})

        assert len(line) < 64
        assert line["more_fields"] is True

    @given(
        st.recursive(
            st.one_of(
                st.none(), st.booleans(), st.integers(), st.floats(), st.text(), st.binary()
            ),
            lambda inner: st.one_of(
                st.lists(inner), st.dictionaries(st.text(), inner), st.tuples(inner, inner)
            ),
            max_leaves=30,
        )
    )
    def test_no_value_raises(self, value: object) -> None:
        assert "value" in clean(value=value)
