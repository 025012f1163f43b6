"""Logging starts once, takes every line there is, and never stops the service."""

import asyncio
import errno
import gzip
import json
import logging
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any, cast

import attrs
import pytest
import sqlalchemy

from adapters.config.settings_logging import Logging as Section
from adapters.config.settings_logging import Rotation
from adapters.logging import AlreadyStarted, CannotLog, Logging, get_logger, log, start
from adapters.logging.file import LogFile
from adapters.logging.intake import Intake
from adapters.logging.tracebacks import Traceback
from tests.support.waiting import eventually


def run(program: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """Run a program that has `policy(**changes)` for the settings of logging."""
    prelude = """
import logging, os, sys
from pathlib import Path
from adapters.config.settings import Logging
from adapters.config.settings_logging import Rotation
from adapters.logging import bind, bound, get_logger, log, start
"""
    return subprocess.run(
        [sys.executable, "-c", prelude + program],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        env={**os.environ, **environ},
    )


def objects(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


class Unreadable:
    def __str__(self) -> str:
        raise RuntimeError


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def closing() -> Iterator[list[Logging]]:
    started: list[Logging] = []
    yield started
    for each in started:
        each.close()


class TestStart:
    def test_the_same_settings_again_give_the_running_log(
        self, running: Logging, policy: Section
    ) -> None:
        assert start(attrs.evolve(policy, level="debug")) is running

    def test_other_settings_are_refused_and_change_nothing(
        self, running: Logging, policy: Section, lines: Any
    ) -> None:
        with pytest.raises(AlreadyStarted, match="close it first"):
            start(attrs.evolve(policy, queue=500))
        log.info("still there")

        assert [line["event"] for line in lines()] == ["still there"]

    def test_many_threads_start_one_log(self, policy: Section, closing: list[Logging]) -> None:
        threads = [
            threading.Thread(target=lambda: closing.append(start(policy))) for _ in range(8)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        log.error("once")
        assert closing[0].flush()

        assert len({id(each) for each in closing}) == 1
        assert policy.file is not None
        assert len(policy.file.read_text().splitlines()) == 1

    def test_a_file_that_cannot_be_opened_is_named(self, tmp_path: Path, policy: Section) -> None:
        (tmp_path / "file").touch()
        path = tmp_path / "file" / "parlour.log"

        with pytest.raises(CannotLog, match=r"parlour.log cannot be opened: Not a directory"):
            start(attrs.evolve(policy, file=path))

        assert threading.active_count() == 1 or not any(
            thread.name.startswith("log ") for thread in threading.enumerate()
        )

    def test_a_disk_that_is_full_already_stops_no_start(
        self, policy: Section, closing: list[Logging], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def refuse(*_: object) -> int:
            raise OSError(errno.ENOSPC, "No space left on device")

        with monkeypatch.context() as full:
            full.setattr(LogFile, "open", refuse)
            closing.append(start(policy))
            log.warning("lost")
            assert closing[0].flush()
        log.warning("back")
        assert closing[0].flush()

        assert policy.file is not None
        back, report = objects(policy.file.read_text())
        assert (back["event"], report["event"]) == ("back", "log lines were dropped")
        assert report["dropped"] == 1

    def test_after_a_close_another_log_can_start(
        self, policy: Section, closing: list[Logging]
    ) -> None:
        first = start(policy)
        log.warning("first")
        first.close()
        closing.append(start(attrs.evolve(policy, queue=500, level="debug")))
        first.close()
        log.debug("second")
        closing[0].close()

        assert policy.file is not None
        written = objects(policy.file.read_text())
        assert [line["event"] for line in written] == ["first", "second"]


class TestBeforeAndAfter:
    def test_warnings_go_to_standard_error_for_people(self) -> None:
        done = run(
            """
log.info("not wanted yet")
log.warning("not started\\nyet", port=8000, password="canary")
running = start(Logging(stream="off"))
log.error("while it runs")
running.close()
get_logger("parlour.db").error("after the end", seq=1)
logging.getLogger("parlour.sql").warning("by the standard library")
"""
        )

        assert done.stdout == ""
        assert [row[13:] for row in done.stderr.splitlines()] == [
            r"warning  not started\nyet  port=8000  password=[hidden]  parlour",
            "error    after the end  seq=1  parlour.db",
            "warning  by the standard library  parlour.sql",
        ]


class TestForms:
    def start(self, closing: list[Logging], stream: StringIO, **changes: Any) -> str:
        closing.append(start(Section(**changes), stream=stream))
        log.warning("hello", seq=1)
        closing[0].close()
        return stream.getvalue()

    def test_a_terminal_gets_colours(
        self, closing: list[Logging], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.delenv("NO_COLOR", raising=False)
        monkeypatch.setenv("TERM", "xterm")

        written = self.start(closing, Terminal())

        assert "\x1b[33mwarning" in written

    def test_a_terminal_without_colours_gets_none(
        self, closing: list[Logging], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("NO_COLOR", "1")

        assert "warning  hello  seq=1  parlour\n" in self.start(closing, Terminal())

    def test_a_service_gets_json(self, closing: list[Logging]) -> None:
        (line,) = objects(self.start(closing, StringIO()))

        assert (line["level"], line["event"], line["seq"]) == ("warning", "hello", 1)

    def test_the_form_can_be_said(self, closing: list[Logging]) -> None:
        assert objects(self.start(closing, Terminal(), format="json"))

    def test_the_form_for_people_can_be_said(self, closing: list[Logging]) -> None:
        written = self.start(closing, StringIO(), format="console")

        assert "warning  hello  seq=1  parlour\n" in written

    def test_stream_and_file_each_get_their_form(self, closing: list[Logging], path: Path) -> None:
        written = self.start(closing, Terminal(), file=path)

        assert "hello" in written
        assert objects(path.read_text())[0]["event"] == "hello"
        assert closing[0].written == 2

    def test_the_stream_is_chosen_by_the_settings(self) -> None:
        done = run('start(Logging(stream="stdout")); log.warning("here")')

        assert objects(done.stdout)[0]["event"] == "here"
        assert done.stderr == ""


class TestOnePipe:
    def test_takes_the_lines_of_libraries(self, running: Logging, lines: Any) -> None:
        running.levels.set("sqlalchemy.engine", "info")
        greedy = logging.getLogger("uvicorn.error")
        greedy.warning("served %d", 3)
        engine = sqlalchemy.create_engine("sqlite://", hide_parameters=False)
        with engine.connect() as connection:
            connection.execute(sqlalchemy.text("SELECT :said"), {"said": "canary"})
        engine.dispose()
        logging.getLogger("redis.connection").error("lost", exc_info=ConnectionError("gone"))

        written = lines()
        by_logger = {line["logger"] for line in written}
        assert by_logger == {"uvicorn.error", "sqlalchemy.engine.Engine", "redis.connection"}
        assert any(line["event"] == "SELECT ?" for line in written)
        assert "canary" not in json.dumps(written)
        assert "ConnectionError: gone" in written[-1]["exception"]

    def test_takes_the_place_of_handlers_that_libraries_bring(self) -> None:
        done = run(
            """
import uvicorn.config, logging.config
logging.config.dictConfig(uvicorn.config.LOGGING_CONFIG)
start(Logging(level="info", levels={"uvicorn": "info"}))
logging.getLogger("uvicorn.error").info("served")
values = ("127.0.0.1:1", "GET", "/v1/ws?token=canary", "1.1", 101)
logging.getLogger("uvicorn.access").info('%s - "%s %s HTTP/%s" %d', *values)
"""
        )

        assert [line["event"] for line in objects(done.stderr)] == [
            "served",
            '127.0.0.1:1 - "GET /v1/ws?token=[hidden] HTTP/1.1" 101',
        ]
        assert done.stdout == ""

    def test_takes_warnings_and_exceptions_that_nobody_caught(self) -> None:
        done = run(
            """
import gc, threading, warnings
start(Logging())
warnings.warn("mind the gap")
thread = threading.Thread(target=lambda: [][0], name="lane 1")
thread.start()
thread.join()
class Careless:
    def __del__(self): raise ValueError("in passing")
Careless()
raise RuntimeError("the end")
"""
        )

        warned, in_thread, unraisable, uncaught = objects(done.stderr)
        assert done.returncode == 1
        assert (warned["logger"], "mind the gap" in warned["event"]) == ("py.warnings", True)
        assert (in_thread["thread"], in_thread["level"]) == ("lane 1", "error")
        assert "IndexError" in in_thread["exception"]
        assert "ValueError: in passing" in unraisable["exception"]
        assert (uncaught["level"], uncaught["event"]) == ("critical", "uncaught exception")
        assert uncaught["exception"].endswith("RuntimeError: the end")

    def test_an_interrupt_is_left_to_python(self) -> None:
        done = run("start(Logging()); raise KeyboardInterrupt")

        assert "KeyboardInterrupt" in done.stderr
        assert "uncaught" not in done.stderr

    async def test_takes_what_the_event_loop_complains_of(
        self, running: Logging, lines: Any
    ) -> None:
        asyncio.get_running_loop().call_exception_handler(
            {"message": "Task exception was never retrieved", "exception": ValueError("lost")}
        )

        (line,) = lines()
        assert line["logger"] == "asyncio"
        assert "ValueError: lost" in line["exception"]

    def test_other_adapters_use_the_standard_library_with_fields(
        self, running: Logging, lines: Any
    ) -> None:
        logging.getLogger("parlour.sql").warning("slow", extra={"ms": 12.5, "token": "x"})
        logging.getLogger("redis").warning("x", extra={"ms": 1})

        ours, library = lines()
        assert (ours["ms"], ours["token"]) == (12.5, "[hidden]")
        assert "ms" not in library

    def test_other_handlers_still_see_our_lines(
        self, running: Logging, caplog: pytest.LogCaptureFixture
    ) -> None:
        get_logger("parlour.hub").bind(node="a").warning("closed", seq=1)

        assert caplog.record_tuples == [("parlour.hub", logging.WARNING, "closed")]
        assert "WARNING" in caplog.text

    def test_a_template_that_does_not_fit_is_written_as_it_is(
        self, running: Logging, lines: Any
    ) -> None:
        # Straight to our handler: pytest's own would fail the test for the first of them.
        (ours,) = [each for each in logging.getLogger().handlers if isinstance(each, Intake)]
        messages = [("%d of %d", (1,)), (ValueError("an object"), ()), (Unreadable(), ())]
        for message, values in messages:
            ours.handle(logging.LogRecord("redis", logging.WARNING, "", 0, message, values, None))
        log.warning(cast("str", 7))

        assert [line["event"] for line in lines()] == [
            *("%d of %d", "an object", "<unreadable Unreadable>", "7")
        ]


class TestExceptions:
    def test_are_told_with_their_causes_and_places(self, running: Logging, lines: Any) -> None:
        try:
            try:
                int("x")
            except ValueError as error:
                raise RuntimeError("outer") from error
        except RuntimeError:
            get_logger("parlour.hub").exception("failed", seq=1)

        (line,) = lines()
        assert line["level"] == "error"
        assert "test_subsystem.py" in line["exception"]
        assert "The above exception was the direct cause" in line["exception"]
        assert line["exception"].endswith("RuntimeError: outer")

    def test_a_deep_or_long_one_is_cut_and_keeps_its_end(
        self, running: Logging, lines: Any
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

    def test_one_that_cannot_be_read_is_named(self) -> None:
        def refuse(_: object) -> str:
            raise RuntimeError

        mute = type("Mute", (Exception,), {"__str__": refuse})()
        odd = type("Odd", (Exception,), {"__notes__": property(refuse)})()
        strange = _raised_in_code_without_readable_source()

        told = [Traceback((type(error), error, None)).tell() for error in (mute, odd)]
        told.append(Traceback((type(strange), strange, strange.__traceback__)).tell())

        assert "Mute: <exception str() failed>" in told[0]
        assert told[1:] == ["Odd (unreadable)", "ZeroDivisionError (unreadable)"]

    def test_without_one_there_is_no_traceback(self, running: Logging, lines: Any) -> None:
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


class TestTheServiceGoesOn:
    def test_with_a_full_disk(self, policy: Section, closing: list[Logging]) -> None:
        stream = StringIO()
        closing.append(
            start(attrs.evolve(policy, file=Path("/dev/full"), stream="stderr"), stream=stream)
        )
        for number in range(50):
            log.warning("line", seq=number)
            assert closing[0].flush()
        assert closing[0].flush()

        assert closing[0].dropped == 50
        complaints = [line for line in objects(stream.getvalue()) if line["level"] == "error"]
        assert len(complaints) == 1
        assert "log output does not work" in complaints[0]["event"]
        assert complaints[0]["error"] == "OSError: [Errno 28] No space left on device"
        assert len(objects(stream.getvalue())) == 51

    def test_with_a_full_disk_and_no_other_output(self) -> None:
        done = run('start(Logging(file=Path("/dev/full"), stream="off")); log.warning("lost")')

        assert done.returncode == 0
        assert "log output does not work" in done.stderr
        assert "No space left on device" in done.stderr

    def test_with_a_terminal_that_stands_still(self, closing: list[Logging]) -> None:
        read, write = os.pipe()
        with os.fdopen(read, "rb") as reader, os.fdopen(write, "w") as stream:
            closing.append(start(Section(queue=200), stream=stream))
            began = time.monotonic()
            for number in range(5000):
                log.warning("line", seq=number, filling="x" * 100)
            called = time.monotonic() - began
            assert closing[0].dropped > 0

            drained = threading.Thread(target=reader.read, daemon=True)
            drained.start()
            assert closing[0].flush(30)
            closing[0].close()
            stream.close()
            drained.join(30)

        assert called < 5
        assert closing[0].dropped + closing[0].written >= 5000

    def test_with_a_stream_that_was_closed(self, closing: list[Logging], path: Path) -> None:
        stream = StringIO()
        closing.append(start(Section(file=path), stream=stream))
        stream.close()

        log.warning("x")
        eventually(lambda: len(path.read_text().splitlines()) == 2)

        written = objects(path.read_text())
        assert [line["event"][:10] for line in written] == ["x", "log output"]

    def test_with_handlers_that_signals_interrupt(self) -> None:
        """A signal handler that logs, while its own thread is inside a call that logs."""
        done = run(
            """
import signal
running = start(Logging(file=Path(os.environ["FILE"]), stream="off", queue=1000000))
signal.signal(signal.SIGALRM, lambda *_: log.warning("from the handler"))
signal.setitimer(signal.ITIMER_REAL, 0.001, 0.0005)
for number in range(20000):
    log.warning("from the loop", seq=number)
signal.setitimer(signal.ITIMER_REAL, 0)
running.close()
print(running.dropped)
""",
            FILE="/dev/null",
        )

        assert (done.stdout, done.stderr) == ("0\n", "")


class TestEnd:
    def test_a_program_that_ends_has_written_every_line(self, path: Path) -> None:
        done = run(
            """
start(Logging(file=Path(os.environ["FILE"]), stream="off", queue=100000))
for number in range(20000):
    log.warning("x", seq=number)
""",
            FILE=str(path),
        )

        assert done.stderr == ""
        assert [line["seq"] for line in objects(path.read_text())] == list(range(20000))

    def test_processes_share_a_file_through_forks_and_rotation(self, path: Path) -> None:
        done = run(
            """
rotation = Rotation(by="size", size=8192, gzip=False, keep=10000)
path = Path(os.environ["FILE"])
running = start(Logging(file=path, stream="off", rotation=rotation, queue=100000))
log.warning("parent", seq=-1)
children = []
for name in range(3):
    child = os.fork()
    if child == 0:
        for seq in range(500):
            log.warning("child", name=name, seq=seq)
            if seq % 20 == 0: running.flush()
        running.close()
        os._exit(0)
    children.append(child)
print([os.waitpid(child, 0)[1] for child in children])
""",
            FILE=str(path),
        )

        assert (done.stdout, done.stderr) == ("[0, 0, 0]\n", "")
        kept = sorted(path.parent.glob("parlour-*.log"))
        assert len(kept) > 5
        written = [line for file in [*kept, path] for line in objects(file.read_text())]
        for name in range(3):
            assert [line["seq"] for line in written if line.get("name") == name] == list(
                range(500)
            )


class TestOperation:
    def test_a_reload_changes_levels(self, running: Logging, policy: Section, lines: Any) -> None:
        running.reload(attrs.evolve(policy, level="error"))
        log.warning("not seen")
        running.reload(attrs.evolve(policy, level="error", levels={"parlour.hub": "debug"}))
        get_logger("parlour.hub").debug("seen")

        assert [line["event"] for line in lines()] == ["seen"]

    def test_reopen_follows_a_file_moved_away(
        self, running: Logging, path: Path, lines: Any
    ) -> None:
        log.info("before")
        assert running.flush()
        path.rename(path.with_suffix(".1"))
        running.reopen()
        log.info("after")

        assert [line["event"] for line in lines()] == ["after"]

    def test_counts_for_metrics(self, running: Logging, lines: Any) -> None:
        before = running.written
        log.info("one")
        log.info("two")
        lines()

        assert (running.written - before, running.dropped, running.waiting) == (2, 0, 0)

    def test_rotates_and_keeps_by_the_settings(
        self, policy: Section, closing: list[Logging], path: Path
    ) -> None:
        rotation = Rotation(by="size", size=cast("Any", 4096), keep=3, gzip=True)
        closing.append(start(attrs.evolve(policy, rotation=rotation)))
        for number in range(400):
            log.warning("x" * 100, seq=number)
            if number % 20 == 0:
                assert closing[0].flush()
        closing[0].close()

        names = sorted(entry.suffix for entry in path.parent.iterdir())
        assert names == [".gz", ".gz", ".gz", ".log"]

    def test_a_file_that_cannot_be_compressed_is_told(
        self,
        policy: Section,
        closing: list[Logging],
        path: Path,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        def refuse(*_: object, **__: object) -> None:
            raise OSError(errno.ENOSPC, "No space left on device")

        monkeypatch.setattr(gzip, "open", refuse)
        path.with_name("parlour-19730303T094640.000000Z.log").write_bytes(b"left over\n")
        closing.append(start(policy))

        eventually(lambda: "cannot be put aside or compressed" in path.read_text())

        (line,) = objects(path.read_text())
        assert line["error"] == "OSError: [Errno 28] No space left on device"
