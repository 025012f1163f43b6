"""Rotated log files are compressed, and limited in number and size."""

import errno
import fcntl
import gzip
import stat
import threading
from pathlib import Path

import pytest

from parlour.adapters.config.settings_logging import Rotation
from parlour.adapters.config.units import Size
from parlour.adapters.logging.archive import Archive
from tests.support.concurrency import results_of, run_in_parallel


def archive(path: Path, *, gzip: bool = False, keep: int = 100, total: int = 2**30) -> Archive:
    rotation = Rotation(keep=keep, keep_total=Size(total), gzip=gzip)

    def complain(error: OSError) -> None:
        raise AssertionError(error)

    return Archive(path, rotation, on_error=complain)


def rotate(archive: Archive, path: Path, content: bytes, moment: float) -> None:
    path.write_bytes(content)
    path.chmod(0o600)
    assert archive.rotate(moment)


class TestNames:
    def test_contain_the_time_of_the_last_line_and_sort_by_it(self, path: Path) -> None:
        logs = archive(path)
        for moment in (3e8, 1e8, 2e8):
            rotate(logs, path, b"x", moment)
        logs.settle(10)

        assert [entry.name for entry in logs.rotated_files()] == [
            "parlour-19790705T052000.000000Z.log",
            "parlour-19760503T193320.000000Z.log",
            "parlour-19730303T094640.000000Z.log",
        ]

    def test_two_files_of_the_same_time_are_both_kept(self, path: Path) -> None:
        logs = archive(path)
        rotate(logs, path, b"first", 1e8)
        rotate(logs, path, b"second", 1e8)
        logs.settle(10)

        assert [entry.read_bytes() for entry in logs.rotated_files()] == [
            b"second",
            b"first",
        ]

    def test_other_files_are_not_touched(self, path: Path) -> None:
        logs = archive(path, keep=0)
        strangers = ["parlour.db", "parlour-notes.log", "other-19730303T094640.000000Z.log"]
        for name in strangers:
            path.with_name(name).touch()
        rotate(logs, path, b"x", 1e8)
        logs.settle(10)

        assert sorted(entry.name for entry in path.parent.iterdir()) == sorted(strangers)


class TestLimits:
    def test_the_oldest_beyond_the_number_are_deleted(self, path: Path) -> None:
        logs = archive(path, keep=2)
        for number in range(5):
            rotate(logs, path, str(number).encode(), 1e8 + number)
        logs.settle(10)

        assert [entry.read_bytes() for entry in logs.rotated_files()] == [b"4", b"3"]

    def test_the_oldest_beyond_the_total_size_are_deleted(self, path: Path) -> None:
        logs = archive(path, total=5000)
        for number in range(5):
            rotate(logs, path, b"x" * 2000, 1e8 + number)
        logs.settle(10)

        assert len(logs.rotated_files()) == 2

    def test_a_file_that_another_process_deleted_is_no_error(
        self, path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        logs = archive(path, gzip=True)
        gone = path.with_name("parlour-19730303T094640.000000Z.log")
        monkeypatch.setattr(logs, "rotated_files", lambda: [gone])

        logs.clean_up()

        assert list(path.parent.iterdir()) == []


class TestCompression:
    def test_rotated_files_are_compressed_with_private_permissions(self, path: Path) -> None:
        logs = archive(path, gzip=True)
        rotate(logs, path, b"a line\n" * 1000, 1e8)
        logs.settle(10)

        (packed,) = logs.rotated_files()
        assert packed.name == "parlour-19730303T094640.000000Z.log.gz"
        assert gzip.decompress(packed.read_bytes()) == b"a line\n" * 1000
        assert packed.stat().st_size < 200
        assert stat.S_IMODE(packed.stat().st_mode) == 0o600
        assert [packed] == list(path.parent.iterdir())

    def test_an_interrupted_compression_is_completed_by_the_next_process(self, path: Path) -> None:
        plain = path.with_name("parlour-19730303T094640.000000Z.log")
        plain.write_bytes(b"whole\n")
        path.with_name(f"{plain.name}.part").write_bytes(b"half a compressed fi")

        logs = archive(path, gzip=True)
        logs.clean_up()

        (packed,) = path.parent.iterdir()
        assert gzip.decompress(packed.read_bytes()) == b"whole\n"

    def test_two_processes_compress_a_file_once(self, path: Path) -> None:
        names = [f"parlour-19730303T0946{second}.000000Z.log" for second in range(10, 40)]
        for name in names:
            path.with_name(name).write_bytes(name.encode() * 500)

        results_of(run_in_parallel([archive(path, gzip=True).clean_up for _ in range(4)]))

        packed = sorted(path.parent.iterdir())
        assert [entry.name for entry in packed] == [f"{name}.gz" for name in names]
        assert [gzip.decompress(entry.read_bytes()) for entry in packed] == [
            name.encode() * 500 for name in names
        ]

    def test_waits_for_a_process_that_has_the_file_locked(self, path: Path) -> None:
        plain = path.with_name("parlour-19730303T094640.000000Z.log")
        plain.write_bytes(b"x")
        logs = archive(path, gzip=True)
        with plain.open("rb") as held:
            fcntl.flock(held, fcntl.LOCK_EX)
            tidying = threading.Thread(target=logs.clean_up)
            tidying.start()
            tidying.join(0.05)
            assert plain.exists()
            fcntl.flock(held, fcntl.LOCK_UN)
        tidying.join(10)

        assert not plain.exists()

    def test_a_full_disk_keeps_the_plain_file_and_deletes_old_ones(
        self, path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for second in range(10, 14):
            path.with_name(f"parlour-19730303T0946{second}.000000Z.log").write_bytes(b"x")
        logs = archive(path, gzip=True, keep=2)

        def refuse(*_: object, **__: object) -> None:
            raise OSError(errno.ENOSPC, "No space left on device")

        monkeypatch.setattr(gzip, "open", refuse)

        with pytest.raises(OSError, match="No space left on device"):
            logs.clean_up()

        assert len(logs.rotated_files()) == 2
        assert [entry.suffix for entry in path.parent.iterdir()] == [".log", ".log"]
