"""
A log file that several processes may write at once.

Every batch is appended under a lock on the file itself (flock), after a check that the file is
still the one at the path. So no process writes to a file that another has rotated, two never
rotate at once, lines are never mixed or truncated, and a file moved by logrotate is noticed
without a signal.
"""

import fcntl
import os
import stat
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from parlour.adapters.logging.archive import Archive
from parlour.adapters.logging.ports import RotationPolicy

_FLAGS = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NOCTTY


class LogFile:
    """A log file as a sink; rotated by size, by time, or not at all."""

    def __init__(
        self,
        path: Path,
        rotation: RotationPolicy,
        archive: Archive,
        *,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._path = path
        self._rotation = rotation
        self._archive = archive
        self._now = now
        self._fd: int | None = None
        self._is_stale = False

    def open(self) -> int:
        """
        Open the file and return its descriptor; create it and its folder with private permissions.

        Raises:
            OSError: the file cannot be opened.
        """
        if self._fd is None:
            _make_folder(self._path.parent)
            self._fd = os.open(self._path, _FLAGS, 0o600)
        return self._fd

    def write(self, lines: deque[bytes]) -> None:
        while lines:
            with self._locked() as file:
                facts = os.fstat(file)
                if self._is_due(facts, len(lines[0])) and self._archive.rotate(facts.st_mtime):
                    continue
                count = self._fitting(facts, lines)
                _append(file, facts, b"".join(lines[index] for index in range(count)))
            for _ in range(count):
                lines.popleft()

    def reopen(self) -> None:
        self._is_stale = True

    def after_fork(self) -> None:
        # flock belongs to the open file, which parent and child share.
        self._is_stale = True
        self._archive.after_fork()

    def close(self) -> None:
        if self._fd is not None:
            os.close(self._fd)
            self._fd = None

    @contextmanager
    def _locked(self) -> Iterator[int]:
        """Hold the lock of the file that is at the path now."""
        if self._is_stale:
            self._is_stale = False
            self.close()
        while True:
            file = self.open()
            fcntl.flock(file, fcntl.LOCK_EX)
            try:
                if self._is_current(file):
                    yield file
                    return
            finally:
                # Closing is not enough: a forked process may share the lock.
                fcntl.flock(file, fcntl.LOCK_UN)
            self.close()

    def _is_current(self, file: int) -> bool:
        try:
            return os.path.samestat(self._path.stat(), os.fstat(file))
        except FileNotFoundError:
            return False

    def _is_due(self, facts: os.stat_result, coming: int) -> bool:
        if not facts.st_size or not stat.S_ISREG(facts.st_mode):
            return False
        if self._rotation.by == "size":
            return facts.st_size + coming > self._rotation.size
        if self._rotation.by == "time":
            # The period of the last line is known from the file, after a restart, too.
            period = self._rotation.every.total_seconds()
            return facts.st_mtime // period < self._now() // period
        return False

    def _fitting(self, facts: os.stat_result, lines: deque[bytes]) -> int:
        """Return how many lines fit in the file: at least one."""
        if self._rotation.by != "size":
            return len(lines)
        room = self._rotation.size - facts.st_size
        count = 0
        for line in lines:
            room -= len(line)
            if count and room < 0:
                break
            count += 1
        return count


def _append(file: int, facts: os.stat_result, content: bytes) -> None:
    """Write everything or, on a full disk, nothing: half a line would spoil the next one."""
    written = 0
    try:
        while written < len(content):
            written += os.write(file, content[written:])
    except OSError:
        if written and stat.S_ISREG(facts.st_mode):
            os.ftruncate(file, facts.st_size)
        raise


def _make_folder(folder: Path) -> None:
    missing = []
    while not folder.exists():
        missing.append(folder)
        folder = folder.parent
    for path in reversed(missing):
        path.mkdir(mode=0o700, exist_ok=True)
