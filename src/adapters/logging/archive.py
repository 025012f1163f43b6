"""
Rotated log files: named by the time of their last line, compressed, limited in number and size.

Names never change afterwards, so that no file has to be renamed again. Compression takes seconds
and runs in a thread of its own; what a killed process left undone, the next clean-up does.
"""

import fcntl
import gzip
import os
import re
import shutil
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from parlour.adapters.logging.ports import RotationPolicy

_STAMP = "%Y%m%dT%H%M%S.%fZ"
_STAMP_SHAPE = r"\d{8}T\d{6}\.\d{6}Z"


class Archive:
    """The rotated files of one log file."""

    def __init__(
        self, path: Path, rotation: RotationPolicy, *, on_error: Callable[[OSError], None]
    ) -> None:
        self._path = path
        self._rotation = rotation
        self._on_error = on_error
        self._guard = threading.Lock()
        self._thread: threading.Thread | None = None
        self._again = False
        self._is_failing = False
        name, suffix = re.escape(path.stem), re.escape(path.suffix)
        self._shape = re.compile(rf"{name}-{_STAMP_SHAPE}{suffix}(\.gz)?")

    def rotate(self, last_written: float) -> bool:
        """
        Rename the current file, whose lock must be held; return whether that was possible.

        Where it is not, as in a read-only folder, logging continues in the same file.
        """
        moment = datetime.fromtimestamp(last_written, UTC)
        while (target := self._named(moment)).exists() or _packed(target).exists():
            moment += timedelta(microseconds=1)
        try:
            self._path.rename(target)
        except OSError as error:
            self._report(error)
            return False
        self._is_failing = False
        self.clean_up_soon()
        return True

    def rotated_files(self) -> list[Path]:
        """Return the rotated files, the newest first."""
        found = (path for path in self._path.parent.iterdir() if self._shape.fullmatch(path.name))
        return sorted(found, key=lambda path: path.name, reverse=True)

    def clean_up_soon(self) -> None:
        """Compress and delete files in the background."""
        with self._guard:
            self._again = True
            if self._thread is None:
                self._thread = threading.Thread(
                    target=self._clean_up_loop, name="log archive", daemon=True
                )
                self._thread.start()

    def after_fork(self) -> None:
        """Replace the lock, and drop the thread, which exists only in the parent process."""
        self._guard = threading.Lock()
        self._thread = None

    def settle(self, timeout: float) -> None:
        """Wait for the background thread, at most `timeout` seconds."""
        thread = self._thread
        if thread is not None:
            thread.join(timeout)

    def clean_up(self) -> None:
        """
        Compress rotated files, then delete the oldest ones beyond the limits.

        Raises:
            OSError: a file could not be compressed; files were deleted nevertheless.
        """
        failure: OSError | None = None
        if self._rotation.gzip:
            for path in self.rotated_files():
                try:
                    _compress(path)
                except OSError as error:
                    failure = error
        self._prune()
        if failure is not None:
            raise failure

    def _clean_up_loop(self) -> None:
        while True:
            with self._guard:
                if not self._again:
                    self._thread = None
                    return
                self._again = False
            try:
                self.clean_up()
            except OSError as error:
                self._report(error)

    def _report(self, error: OSError) -> None:
        if not self._is_failing:
            self._is_failing = True
            self._on_error(error)

    def _prune(self) -> None:
        room = self._rotation.keep_total
        for index, path in enumerate(self.rotated_files()):
            try:
                room -= path.stat().st_size
                if index >= self._rotation.keep or room < 0:
                    path.unlink()
                    _part(path).unlink(missing_ok=True)
            except FileNotFoundError:
                continue  # another process deleted it

    def _named(self, moment: datetime) -> Path:
        return self._path.with_name(
            f"{self._path.stem}-{moment.strftime(_STAMP)}{self._path.suffix}"
        )


def _packed(path: Path) -> Path:
    return path.with_name(f"{path.name}.gz")


def _part(path: Path) -> Path:
    return path.with_name(f"{path.name.removesuffix('.gz')}.part")


def _compress(path: Path) -> None:
    """Compress a file under its lock, so that only one process does it."""
    if path.suffix == ".gz":
        return
    try:
        source = path.open("rb")
    except FileNotFoundError:
        return
    with source:
        fcntl.flock(source, fcntl.LOCK_EX)
        if not os.fstat(source.fileno()).st_nlink:
            return
        part = _part(path)
        try:
            with (
                open(part, "wb", opener=_private) as raw,
                gzip.open(raw, "wb", compresslevel=6) as target,
            ):
                shutil.copyfileobj(source, target, 256 * 1024)
        except OSError:
            part.unlink(missing_ok=True)
            raise
        part.rename(_packed(path))
        path.unlink()


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
