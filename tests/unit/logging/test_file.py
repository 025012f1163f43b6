"""One log file, rotated by size or by time."""

import errno
import os
import stat
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from parlour.adapters.config.settings_logging import Rotation
from parlour.adapters.config.units import size
from parlour.adapters.logging.archive import Archive
from parlour.adapters.logging.file import LogFile

DAY = 86_400.0
KIB = 1024
Open = Callable[..., LogFile]


@pytest.fixture
def errors() -> list[str]:
    return []


@pytest.fixture
def open_file(path: Path, errors: list[str]) -> Iterator[Open]:
    opened: list[tuple[LogFile, Archive]] = []

    def open_file(rotation: Rotation, now: Callable[[], float] = lambda: 0.0) -> LogFile:
        archive = Archive(path, rotation, on_error=lambda error: errors.append(str(error)))
        file = LogFile(path, rotation, archive, now=now)
        opened.append((file, archive))
        return file

    yield open_file
    for file, archive in opened:
        file.close()
        archive.settle(30)


def by_size(
    limit: str = "4KiB", *, keep: int = 100, gzip: bool = False, total: str = "1GiB"
) -> Rotation:
    return Rotation(by="size", size=size(limit), keep=keep, keep_total=size(total), gzip=gzip)


def put(file: LogFile, *lines: bytes) -> None:
    waiting = deque(line + b"\n" for line in lines)
    file.write(waiting)
    assert not waiting


def aside(path: Path) -> list[Path]:
    return sorted(entry for entry in path.parent.iterdir() if entry != path)


class TestOpen:
    def test_folders_and_file_get_private_permissions(
        self, tmp_path: Path, open_file: Open
    ) -> None:
        path = tmp_path / "a" / "b" / "parlour.log"
        archive = Archive(path, Rotation(), on_error=lambda error: None)
        file = LogFile(path, Rotation(), archive)
        before = os.umask(0o022)  # the usual one, which lets everybody read
        try:
            put(file, b"x")
        finally:
            os.umask(before)
        file.close()

        modes = [stat.S_IMODE(entry.stat().st_mode) for entry in (path, *path.parents[:2])]
        assert [oct(mode) for mode in modes] == ["0o600", "0o700", "0o700"]

    def test_an_existing_file_is_continued(self, path: Path, open_file: Open) -> None:
        path.write_bytes(b"before\n")

        put(open_file(Rotation(by="never")), b"after")

        assert path.read_bytes() == b"before\nafter\n"


class TestBySize:
    def test_no_file_exceeds_the_size_and_no_line_is_truncated(
        self, path: Path, open_file: Open
    ) -> None:
        file = open_file(by_size())
        written = [f"{number:04} {'x' * 95}".encode() for number in range(300)]

        for start in range(0, 300, 30):
            put(file, *written[start : start + 30])

        files = [*aside(path), path]
        assert len(files) == 8
        assert max(entry.stat().st_size for entry in files) <= 4 * KIB
        assert b"".join(entry.read_bytes() for entry in files).splitlines() == written

    def test_a_line_longer_than_a_file_gets_one_of_its_own(
        self, path: Path, open_file: Open
    ) -> None:
        file = open_file(by_size())

        put(file, b"a", b"b" * 10_000, b"c")

        assert [entry.read_bytes()[:1] for entry in [*aside(path), path]] == [b"a", b"b", b"c"]

    def test_in_a_read_only_folder_the_file_grows_and_one_error_is_logged(
        self, path: Path, open_file: Open, errors: list[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def refuse(self: Path, target: Path) -> Path:
            raise PermissionError(errno.EACCES, "Permission denied")

        # As root, which may do anything, no real folder refuses.
        monkeypatch.setattr(Path, "rename", refuse)
        file = open_file(by_size())

        put(file, *[b"x" * 1000] * 10)

        assert path.stat().st_size == 10_010
        assert errors == ["[Errno 13] Permission denied"]


class TestByTime:
    def rotation(self, every: timedelta) -> Rotation:
        return Rotation(by="time", every=every, gzip=False)

    def test_a_new_period_starts_a_new_file(self, path: Path, open_file: Open) -> None:
        now = [1000 * DAY + 10]
        file = open_file(self.rotation(timedelta(days=1)), lambda: now[0])
        put(file, b"evening")
        os.utime(path, (now[0], now[0]))
        now[0] += DAY - 20
        put(file, b"just before midnight")
        os.utime(path, (now[0], now[0]))
        assert aside(path) == []

        now[0] += 20
        put(file, b"morning")

        (before,) = aside(path)
        assert before.read_bytes() == b"evening\njust before midnight\n"
        assert path.read_bytes() == b"morning\n"
        # Named by its last line: 1972-09-27 is day 1000, and it ended ten seconds before midnight.
        assert before.name == "parlour-19720927T235950.000000Z.log"

    def test_a_restart_knows_the_period_of_the_file(self, path: Path, open_file: Open) -> None:
        path.write_bytes(b"yesterday\n")
        os.utime(path, (5 * DAY - 1, 5 * DAY - 1))

        put(open_file(self.rotation(timedelta(days=1)), lambda: 5 * DAY + 1), b"today")

        assert [entry.read_bytes() for entry in aside(path)] == [b"yesterday\n"]

    def test_an_empty_file_and_a_clock_set_back_change_nothing(
        self, path: Path, open_file: Open
    ) -> None:
        path.touch()
        os.utime(path, (DAY, DAY))
        file = open_file(self.rotation(timedelta(hours=1)), lambda: 9 * DAY)
        put(file, b"x")
        os.utime(path, (20 * DAY, 20 * DAY))
        put(file, b"y")

        assert aside(path) == []


class TestLogrotate:
    def test_a_file_moved_away_is_noticed(self, path: Path, open_file: Open) -> None:
        file = open_file(Rotation(by="never"))
        put(file, b"before")
        path.rename(path.with_suffix(".1"))

        put(file, b"after")

        assert path.with_suffix(".1").read_bytes() == b"before\n"
        assert path.read_bytes() == b"after\n"

    def test_a_truncated_file_is_continued_at_its_start(self, path: Path, open_file: Open) -> None:
        file = open_file(Rotation(by="never"))
        put(file, b"before")
        os.truncate(path, 0)

        put(file, b"after")

        assert path.read_bytes() == b"after\n"

    def test_reopen_opens_the_file_again_once(
        self, path: Path, open_file: Open, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        opened: list[object] = []
        real_open = os.open

        def watched(name: Path, flags: int, mode: int) -> int:
            opened.append(name)
            return real_open(name, flags, mode)

        monkeypatch.setattr(os, "open", watched)
        file = open_file(Rotation(by="never"))
        put(file, b"x")
        put(file, b"x")
        file.reopen()
        put(file, b"y")
        put(file, b"y")

        assert opened == [path, path]
        assert path.read_bytes() == b"x\nx\ny\ny\n"


class TestFullDisk:
    def test_is_an_error_and_the_next_line_tries_again(self) -> None:
        path = Path("/dev/full")
        rotation = by_size()
        archive = Archive(path, rotation, on_error=lambda error: None)
        file = LogFile(path, rotation, archive)
        lines = deque([b"x\n"])

        for _ in range(2):
            with pytest.raises(OSError, match="No space left on device"):
                file.write(lines)

        file.close()
        assert lines == deque([b"x\n"])

    def test_half_a_line_is_removed(self, path: Path) -> None:
        """A limit on the size of files stops a write in its middle, as a full disk does."""
        program = f"""
import os, resource, signal
from collections import deque
from pathlib import Path
from parlour.adapters.config.settings_logging import Rotation
from parlour.adapters.logging.archive import Archive
from parlour.adapters.logging.file import LogFile
path = Path({str(path)!r})
rotation = Rotation(by="never")
file = LogFile(path, rotation, Archive(path, rotation, on_error=print))
file.write(deque([b"a" * 600 + b"\\n"]))
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, resource.RLIM_INFINITY))
lines = deque([b"b" * 600 + b"\\n"])
try:
    file.write(lines)
except OSError as error:
    print(error.errno, len(lines), path.stat().st_size)
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
file.write(lines)
print(len(lines), path.stat().st_size)
"""
        done = subprocess.run(
            [sys.executable, "-c", program], capture_output=True, text=True, check=True
        )

        assert done.stdout == f"{errno.EFBIG} 1 601\n0 1202\n"
        assert path.read_bytes().split() == [b"a" * 600, b"b" * 600]
