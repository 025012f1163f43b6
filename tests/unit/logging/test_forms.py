"""Console lines for people and JSON lines for programs."""

from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from parlour.adapters.config.settings_logging import LoggingSettings as Section
from parlour.adapters.logging import LoggingSubsystem, log, start
from tests.unit.logging.conftest import objects, run


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


class TestForms:
    def start(self, closing: list[LoggingSubsystem], stream: StringIO, **changes: Any) -> str:
        closing.append(start(Section(**changes), stream=stream))
        log.warning("hello", seq=1)
        closing[0].close()
        return stream.getvalue()

    def test_a_terminal_gets_colours(
        self, closing: list[LoggingSubsystem], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.delenv("NO_COLOR", raising=False)
        monkeypatch.setenv("TERM", "xterm")

        written = self.start(closing, Terminal())

        assert "\x1b[33mwarning" in written

    def test_a_terminal_without_colours_gets_none(
        self, closing: list[LoggingSubsystem], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("NO_COLOR", "1")

        assert "warning  hello  seq=1  parlour\n" in self.start(closing, Terminal())

    def test_a_service_gets_json(self, closing: list[LoggingSubsystem]) -> None:
        (line,) = objects(self.start(closing, StringIO()))

        assert (line["level"], line["event"], line["seq"]) == ("warning", "hello", 1)

    def test_the_format_can_be_chosen(self, closing: list[LoggingSubsystem]) -> None:
        assert objects(self.start(closing, Terminal(), format="json"))

    def test_the_console_format_can_be_chosen(self, closing: list[LoggingSubsystem]) -> None:
        written = self.start(closing, StringIO(), format="console")

        assert "warning  hello  seq=1  parlour\n" in written

    def test_stream_and_file_have_formats_of_their_own(
        self, closing: list[LoggingSubsystem], path: Path
    ) -> None:
        written = self.start(closing, Terminal(), file=path)

        assert "hello" in written
        assert objects(path.read_text())[0]["event"] == "hello"
        assert closing[0].written == 2

    def test_the_stream_is_chosen_by_the_settings(self) -> None:
        done = run('start(LoggingSettings(stream="stdout")); log.warning("here")')

        assert objects(done.stdout)[0]["event"] == "here"
        assert done.stderr == ""
