"""Ids, texts, pages and errors."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parlour.domain.kernel.errors import Conflict, Invalid, Limited, Unavailable
from parlour.domain.kernel.ids import parse_uuid
from parlour.domain.kernel.paging import (
    PageRequest,
    bounded,
    pack_cursor,
    text_of_cursor,
    unpack_cursor,
)
from parlour.domain.kernel.time import rfc3339

SAMPLE = "0193a6b2-5c1d-7e3f-8a4b-5c6d7e8f9a0b"


class TestUuid:
    @given(st.uuids())
    def test_is_read_as_it_is_written(self, value: UUID) -> None:
        assert parse_uuid(str(value), "id") == value
        assert parse_uuid(str(value).upper(), "id") == value
        assert parse_uuid(value.hex, "id") == value

    @pytest.mark.parametrize(
        "raw",
        [
            "",
            SAMPLE[:-1],
            SAMPLE + "0",
            f"{{{SAMPLE[1:-1]}}}",
            "urn:" + SAMPLE.replace("-", ""),
            "{{" + SAMPLE.replace("-", "") + "}}",
            SAMPLE.replace("-", "", 1) + "-",
            SAMPLE[:-1] + "g",
            SAMPLE[:-1] + "é",
            SAMPLE[:-2] + "_0",
            SAMPLE[:-1] + "٣",
        ],
    )
    def test_has_no_other_format(self, raw: str) -> None:
        with pytest.raises(Invalid) as refusal:
            parse_uuid(raw, "user")
        assert refusal.value.field == "user"


class TestPages:
    def test_have_a_size_within_bounds(self) -> None:
        assert [50, 1, 100] == [bounded(limit, 100, 50) for limit in (None, 1, 100)]

    @pytest.mark.parametrize("limit", [0, -1, 101])
    def test_of_another_size_are_refused(self, limit: int) -> None:
        with pytest.raises(Invalid, match="limit must be between 1 and 100"):
            bounded(limit, 100, 50)

    def test_have_a_cursor_where_more_rows_follow(self) -> None:
        page = PageRequest.parse(pack_cursor("b"), 2, text_of_cursor, most=100)

        assert (page.start, page.fetch) == ("b", 3)
        assert page.cut(["c", "d", "e"], pack_cursor) == (("c", "d"), pack_cursor("d"))
        assert page.cut(["c", "d"], pack_cursor) == (("c", "d"), None)
        assert page.cut([], pack_cursor) == ((), None)

    def test_start_at_the_beginning_with_the_default_size(self) -> None:
        assert PageRequest.parse(None, None, text_of_cursor, most=9) == PageRequest(None, 9)
        page = PageRequest.parse(None, None, text_of_cursor, most=9, default=5)
        assert page == PageRequest(None, 5)

    @given(
        st.lists(
            st.text(
                st.characters(exclude_categories=["Cs"], exclude_characters="\n"), max_size=30
            ),
            min_size=1,
            max_size=3,
        )
    )
    def test_are_continued_by_a_cursor(self, parts: list[str]) -> None:
        assert unpack_cursor(pack_cursor(*parts), len(parts)) == parts

    @pytest.mark.parametrize(
        "raw",
        [
            "é",
            "=",
            "a",
            "not base64!",
            pack_cursor("one"),
            pack_cursor("one", "two", "three"),
            pack_cursor("one", "two") + "=",
            pack_cursor("one", "tw") + " ",
            "_w",
            pack_cursor("x" * 400, "two"),
        ],
    )
    def test_are_not_continued_by_anything_else(self, raw: str) -> None:
        with pytest.raises(Invalid) as refusal:
            unpack_cursor(raw, 2, "before")
        assert refusal.value.field == "before"


class TestDomainError:
    def test_has_a_title_and_a_code(self) -> None:
        plain, exact = Conflict(), Conflict("not now")

        assert (plain.code, plain.detail, str(plain)) == ("conflict", None, plain.title)
        assert (exact.code, exact.detail, str(exact)) == ("conflict", "not now", "not now")

    def test_of_a_value_names_the_field(self) -> None:
        assert str(Invalid("is wrong", field="title")) == "title is wrong"
        assert str(Invalid("wrong")) == "wrong"

    def test_that_is_temporary_says_when_to_try_again(self) -> None:
        refusal = Limited(retry_after=timedelta(seconds=2))

        assert refusal.temporary
        assert Unavailable.temporary
        assert not Conflict.temporary
        assert refusal.retry_after == timedelta(seconds=2)


def test_a_time_is_formatted_with_microseconds() -> None:
    assert rfc3339(datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)) == "2026-01-02T03:04:05.000000Z"
