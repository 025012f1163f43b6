"""Logging starts once, stops with every line written, and is operated while it runs."""

import errno
import gzip
import threading
from pathlib import Path
from typing import Any, cast

import attrs
import pytest

from parlour.adapters.config.settings_logging import LoggingSettings as Section
from parlour.adapters.config.settings_logging import Rotation
from parlour.adapters.logging import (
    AlreadyStarted,
    CannotLog,
    LoggingSubsystem,
    get_logger,
    log,
    start,
)
from parlour.adapters.logging.file import LogFile
from tests.support.concurrency import eventually
from tests.unit.logging.conftest import objects, run


class TestStart:
    def test_the_same_settings_again_return_the_running_log(
        self, running: LoggingSubsystem, policy: Section
    ) -> None:
        assert start(attrs.evolve(policy, level="debug")) is running

    def test_other_settings_are_refused_and_change_nothing(
        self, running: LoggingSubsystem, policy: Section, lines: Any
    ) -> None:
        with pytest.raises(AlreadyStarted, match="close it first"):
            start(attrs.evolve(policy, queue=500))
        log.info("still there")

        assert [line["event"] for line in lines()] == ["still there"]

    def test_many_threads_start_one_log(
        self, policy: Section, closing: list[LoggingSubsystem]
    ) -> None:
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

    def test_a_full_disk_does_not_prevent_a_start(
        self, policy: Section, closing: list[LoggingSubsystem], monkeypatch: pytest.MonkeyPatch
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
        self, policy: Section, closing: list[LoggingSubsystem]
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
running = start(LoggingSettings(stream="off"))
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


class TestClose:
    def test_a_program_writes_every_line_before_it_exits(self, path: Path) -> None:
        done = run(
            """
start(LoggingSettings(file=Path(os.environ["FILE"]), stream="off", queue=100000))
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
running = start(LoggingSettings(file=path, stream="off", rotation=rotation, queue=100000))
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
        rotated_files = sorted(path.parent.glob("parlour-*.log"))
        assert len(rotated_files) > 5
        written = [line for file in [*rotated_files, path] for line in objects(file.read_text())]
        for name in range(3):
            assert [line["seq"] for line in written if line.get("name") == name] == list(
                range(500)
            )


class TestOperation:
    def test_a_reload_changes_levels(
        self, running: LoggingSubsystem, policy: Section, lines: Any
    ) -> None:
        running.reload(attrs.evolve(policy, level="error"))
        log.warning("not seen")
        running.reload(attrs.evolve(policy, level="error", levels={"parlour.socket": "debug"}))
        get_logger("parlour.socket").debug("seen")

        assert [line["event"] for line in lines()] == ["seen"]

    def test_reopen_creates_a_file_that_was_moved_away(
        self, running: LoggingSubsystem, path: Path, lines: Any
    ) -> None:
        log.info("before")
        assert running.flush()
        path.rename(path.with_suffix(".1"))
        running.reopen()
        log.info("after")

        assert [line["event"] for line in lines()] == ["after"]

    def test_counts_for_metrics(self, running: LoggingSubsystem, lines: Any) -> None:
        before = running.written
        log.info("one")
        log.info("two")
        lines()

        assert (running.written - before, running.dropped, running.waiting) == (2, 0, 0)

    def test_rotates_as_configured(
        self, policy: Section, closing: list[LoggingSubsystem], path: Path
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

    def test_a_file_that_cannot_be_compressed_is_logged(
        self,
        policy: Section,
        closing: list[LoggingSubsystem],
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
