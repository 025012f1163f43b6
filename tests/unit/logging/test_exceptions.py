"""Exceptions are logged with their tracebacks where they can be formatted, by name otherwise."""

from typing import Any

from parlour.adapters.logging import LoggingSubsystem, get_logger, log
from parlour.adapters.logging.tracebacks import Traceback


class TestExceptions:
    def test_are_logged_with_their_causes_and_places(
        self, running: LoggingSubsystem, lines: Any
    ) -> None:
        try:
            try:
                int("x")
            except ValueError as error:
                raise RuntimeError("outer") from error
        except RuntimeError:
            get_logger("parlour.hub").exception("failed", seq=1)

        (line,) = lines()
        assert line["level"] == "error"
        assert "test_exceptions.py" in line["exception"]
        assert "The above exception was the direct cause" in line["exception"]
        assert line["exception"].endswith("RuntimeError: outer")

    def test_a_long_traceback_is_truncated_and_keeps_its_end(
        self, running: LoggingSubsystem, lines: Any
    ) -> None:
        def dig(depth: int) -> None:
            if depth == 0:
                raise ValueError("\n".join(["x" * 5000] * 50) + "\nthe end")
            dig(depth - 1)

        try:
            dig(300)
        except ValueError:
            log.exception("failed")

        (line,) = lines()
        assert line["exception"].endswith("the end")
        assert len(line["exception"]) < 17_000

    def test_one_that_cannot_be_formatted_is_named(self) -> None:
        def refuse(_: object) -> str:
            raise RuntimeError

        mute = type("Mute", (Exception,), {"__str__": refuse})()
        odd = type("Odd", (Exception,), {"__notes__": property(refuse)})()
        strange = _raised_in_code_without_readable_source()

        told = [Traceback((type(error), error, None)).format() for error in (mute, odd)]
        told.append(Traceback((type(strange), strange, strange.__traceback__)).format())

        assert "Mute: <exception str() failed>" in told[0]
        assert told[1:] == ["Odd (unreadable)", "ZeroDivisionError (unreadable)"]

    def test_without_one_there_is_no_traceback(
        self, running: LoggingSubsystem, lines: Any
    ) -> None:
        log.exception("nothing is being handled")

        (line,) = lines()
        assert "exception" not in line


def _raised_in_code_without_readable_source() -> Exception:
    class Loader:
        def get_source(self, name: str) -> str:
            raise RuntimeError(name)

    try:
        code = compile("1 / 0", "strange.py", "exec")
        exec(code, {"__name__": "strange", "__loader__": Loader()})  # noqa: S102 -- a fixed text
    except ZeroDivisionError as error:
        return error
    raise AssertionError
