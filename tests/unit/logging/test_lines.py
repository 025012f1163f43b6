"""A line has time, level, logger and event, in one of two formats; nothing can forge one."""

import json
import re
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parlour.adapters.logging.rendering import console_line, json_line
from parlour.adapters.logging.root_handler import timestamp

HEAD = {
    "time": "2026-01-02T03:04:05.678901Z",
    "level": "info",
    "logger": "parlour.hub",
    "event": "socket closed",
}
# Texts that end lines, move cursors, colour terminals, turn text around or break encoders.
NASTY = [
    "a\nb",
    "a\r\nb",
    "\x1b[2K\x1b[1A",
    "\x9b31m",
    "\x85",
    "\u2028\u2029",
    "\u202egnp.exe",
    "\ud800",
    "\x00\x07\x08\x7f",
    "\x0b\x0c\x1c\x1d\x1e",
    '","level":"critical","x":"',
    "x=1  level=critical",
]
texts = st.one_of(st.sampled_from(NASTY), st.text(max_size=40))


def line(**fields: Any) -> dict[str, Any]:
    return {**HEAD, **fields}


class TestTime:
    def test_is_rfc_3339_in_utc_with_microseconds(self) -> None:
        moment = datetime(2026, 1, 2, 3, 4, 5, 250_000, tzinfo=UTC)

        assert timestamp(moment.timestamp()) == "2026-01-02T03:04:05.250000Z"
        assert re.fullmatch(r"[\d-]{10}T[\d:]{8}\.\d{6}Z", timestamp(0.999_999_9))

    @given(st.floats(min_value=0, max_value=4e9))
    def test_is_right_for_every_time(self, seconds: float) -> None:

        read = datetime.fromisoformat(timestamp(seconds))

        assert read.utcoffset() is not None
        assert abs(read.timestamp() - seconds) < 0.000_002


class TestJson:
    def test_is_one_object_with_the_head_first(self) -> None:
        written = json_line(line(seq=7, ok=True, who=None, parts=[1, "two"]))

        assert written.endswith(b"}\n")
        assert ["time", "level", "logger", "event", "seq", "ok", "who", "parts"] == list(
            json.loads(written)
        )

    @given(
        st.dictionaries(texts, st.one_of(texts, st.lists(texts, max_size=2)), max_size=3), texts
    )
    def test_no_text_forges_a_line(self, fields: dict[str, Any], event: str) -> None:
        written = line(**{"event": event, "logger": event, **{f"f{k}": fields[k] for k in fields}})

        encoded = json_line(written)

        text = encoded.decode()
        assert len(text.splitlines()) == 1
        assert text[:-1].isprintable()
        assert written == json.loads(text)

    def test_keeps_the_letters_of_all_languages_readable(self) -> None:
        assert "héllo 你好 🙂" in json_line(line(event="héllo 你好 🙂")).decode()

    @pytest.mark.parametrize("value", [2**80, {1: 2}, {"a": object()}])
    def test_a_value_that_cannot_be_encoded_is_still_written(self, value: object) -> None:
        assert json.loads(json_line(line(value=value)))["event"] == "socket closed"


class TestConsole:
    def test_has_time_level_event_and_fields(self) -> None:
        written = console_line(line(code=1000, reason="went away", who=None), colours=False)

        assert written == (
            b'03:04:05.678 info     socket closed  code=1000  reason="went away"  who=null'
            b"  parlour.hub\n"
        )

    def test_is_coloured_only_where_asked(self) -> None:
        coloured = console_line(line(code=1), colours=True)

        assert b"\x1b[" in coloured
        plain = re.sub(rb"\x1b\[\d+m", b"", coloured)
        assert plain == console_line(line(code=1), colours=False)

    @given(texts, texts, texts)
    def test_no_text_forges_a_line(self, event: str, name: str, value: str) -> None:
        written = console_line(
            line(**{"event": event, "logger": name, f"n{name}": value}), colours=False
        ).decode()

        assert len(written.splitlines()) == 1
        assert written[:-1].isprintable()

    @pytest.mark.parametrize("value", ["", "x=1  level=critical", 'a" b="c', "back\\slash"])
    def test_no_value_looks_like_two_fields(self, value: str) -> None:
        written = console_line(line(value=value), colours=False).decode()

        assert f"value={json.dumps(value)}  parlour.hub" in written

    def test_every_row_of_a_traceback_has_a_margin(self) -> None:
        forged = "ValueError: x\n03:04:05.678 critical forged  parlour\x1b[2K"

        written = console_line(line(exception=forged), colours=False).decode()

        first, *rest = written[:-1].split("\n")
        assert first.endswith("parlour.hub")
        assert len(rest) == 2
        assert all(row.startswith("    | ") for row in rest)
        assert "\x1b" not in written
